import { ARRAY_VALUE, BYTES_VALUE, KEY, KVLIST_VALUE, MAX_VALUE_DEPTH, STRING_VALUE, VALUE } from "./any-value.ts";
import { type Cut, cutOut } from "./cut-out.ts";
import { type Field, type OtlpSignal, REQUESTS, type Shape } from "./shapes.ts";
import { LENGTH, next, openWire, tagOf, type Wire } from "./wire.ts";

/** What a record may be. Lengths are in bytes. */
export interface RecordLimits {
  /** Of one span, log record or data point with all that is in it. */
  readonly maxRecordBytes: number;
  /** Of one record, resource, scope, span event or link. */
  readonly maxAttributes: number;
  readonly maxKeyBytes: number;
  /** Of one string or bytes value; a log's body too. */
  readonly maxValueBytes: number;
  /** Of spans, span events and metrics. */
  readonly maxNameBytes: number;
}

export const DEFAULT_LIMITS: RecordLimits = {
  maxRecordBytes: 512 * 1024,
  maxAttributes: 1024,
  maxKeyBytes: 1024,
  maxValueBytes: 256 * 1024,
  maxNameBytes: 4096,
};

/** A request that was walked. */
export interface Validated {
  /** The request itself, or a copy without the records that were refused. */
  readonly payload: Uint8Array;
  /** How many records the payload holds: spans, log records or data points. */
  readonly records: number;
  readonly refused: {
    readonly records: number;
    /** Why the first one was; "" when none was. */
    readonly message: string;
  };
}

/** Walks a serialized Export*ServiceRequest. Throws `invalid_argument` when it is malformed. */
export type Validate = (request: Uint8Array) => Validated;

interface Walk {
  readonly wire: Wire;
  readonly limits: RecordLimits;
  /** What is wrong with the record or group at hand. */
  violation: string;
  /** The first violation of all. */
  reason: string;
  records: number;
  refused: number;
  readonly cuts: Cut[];
}

/**
 * Makes the walker of a signal. It reads structure, counts and limits without decoding anything. A record beyond the
 * limits is cut out while its neighbours stay; something wrong with a resource, a scope or a metric takes all of its
 * records. Unknown fields pass.
 */
export function createValidate(signal: OtlpSignal, limits: RecordLimits = DEFAULT_LIMITS): Validate {
  const shape = REQUESTS[signal];
  return (request) => {
    const wire = openWire(request);
    const walk: Walk = { wire, limits, violation: "", reason: "", records: 0, refused: 0, cuts: [] };
    walkMessage(walk, shape, request.length);
    const { records, refused, cuts, reason } = walk;
    return {
      payload: cuts.length === 0 ? request : cutOut(request, cuts),
      records: records - refused,
      refused: { records: refused, message: refused === 0 ? "" : refusal(refused, reason) },
    };
  };
}

function refusal(count: number, reason: string): string {
  return count === 1 ? reason : `${count} records were refused, the first because: ${reason}`;
}

/**
 * Walks the message from the wire's position to `end`. Afterwards `violation` says what is wrong with the message
 * itself; records and groups in it have dealt with their own.
 */
function walkMessage(walk: Walk, shape: Shape, end: number): void {
  const { wire, limits } = walk;
  const { fields } = shape;
  let attributes = 0;
  let seen = 0;
  for (let from = wire.pos, tag = next(wire, end); tag !== 0; from = wire.pos, tag = next(wire, end)) {
    const field = fields[tag >>> 3];
    if (field === undefined || (tag & 7) !== field.wireType) continue;
    const after = wire.pos;
    switch (field.kind) {
      case "attribute":
        attributes += 1;
        walkKeyValue(walk, after, 0);
        break;
      case "message":
        wire.pos = wire.start;
        walkMessage(walk, field.shape, after);
        break;
      case "record":
        walkRecord(walk, field.shape, from, after);
        break;
      case "group":
        walkGroup(walk, field.shape, from, after);
        break;
      case "value":
        walkAnyValue(walk, after, 0);
        break;
      default:
        seen |= checkScalar(walk, field, after - wire.start);
    }
    wire.pos = after;
  }
  if (attributes > limits.maxAttributes) {
    violate(walk, `a ${shape.name} has ${attributes} attributes, want at most ${limits.maxAttributes}`);
  }
  if ((seen & shape.required) !== shape.required) violate(walk, shape.requirement);
}

/** Returns the bit of a required field that is as it must be. */
function checkScalar(walk: Walk, field: Extract<Field, { kind: "name" | "id" }>, length: number): number {
  if (field.kind === "id") {
    if (length === field.bytes) return field.bit;
    violate(walk, `${field.name} has ${length} bytes, want ${field.bytes}`);
    return 0;
  }
  if (length > walk.limits.maxNameBytes) {
    violate(walk, `${field.name} has ${length} bytes, want at most ${walk.limits.maxNameBytes}`);
  }
  return length > 0 ? field.bit : 0;
}

function walkRecord(walk: Walk, shape: Shape, from: number, after: number): void {
  const { wire, limits } = walk;
  const outer = walk.violation;
  walk.violation = "";
  walk.records += 1;
  if (after - from > limits.maxRecordBytes) {
    violate(walk, `a ${shape.name} has ${after - from} bytes, want at most ${limits.maxRecordBytes}`);
  }
  wire.pos = wire.start;
  walkMessage(walk, shape, after);
  if (walk.violation !== "") {
    walk.refused += 1;
    walk.cuts.push({ start: from, end: after });
  }
  walk.violation = outer;
}

/** A group that is itself in order loses only the records that are not; else all of its records go with it. */
function walkGroup(walk: Walk, shape: Shape, from: number, after: number): void {
  const { wire, records, refused, cuts } = walk;
  const outer = walk.violation;
  const cutsBefore = cuts.length;
  walk.violation = "";
  wire.pos = wire.start;
  walkMessage(walk, shape, after);
  if (walk.violation !== "") {
    walk.refused = refused + (walk.records - records);
    cuts.length = cutsBefore;
    cuts.push({ start: from, end: after });
  }
  walk.violation = outer;
}

const ARRAY_VALUES = tagOf(1, LENGTH);

function walkKeyValue(walk: Walk, end: number, depth: number): void {
  const { wire, limits } = walk;
  wire.pos = wire.start;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    const after = wire.pos;
    if (tag === KEY) {
      const length = after - wire.start;
      if (length > limits.maxKeyBytes)
        violate(walk, `an attribute's key has ${length} bytes, want at most ${limits.maxKeyBytes}`);
    } else if (tag === VALUE) {
      walkAnyValue(walk, after, depth);
      wire.pos = after;
    }
  }
}

function walkAnyValue(walk: Walk, end: number, depth: number): void {
  const { wire, limits } = walk;
  if (depth > MAX_VALUE_DEPTH) {
    violate(walk, `a value is nested deeper than ${MAX_VALUE_DEPTH}`);
    return;
  }
  wire.pos = wire.start;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    const after = wire.pos;
    if (tag === STRING_VALUE || tag === BYTES_VALUE) {
      const length = after - wire.start;
      if (length > limits.maxValueBytes)
        violate(walk, `a value has ${length} bytes, want at most ${limits.maxValueBytes}`);
    } else if (tag === ARRAY_VALUE || tag === KVLIST_VALUE) {
      walkList(walk, tag, after, depth + 1);
      wire.pos = after;
    }
  }
}

/** Of an ArrayValue the values, of a KeyValueList the pairs: both are field 1. */
function walkList(walk: Walk, listTag: number, end: number, depth: number): void {
  const { wire } = walk;
  wire.pos = wire.start;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    if (tag !== ARRAY_VALUES) continue;
    const after = wire.pos;
    if (listTag === ARRAY_VALUE) walkAnyValue(walk, after, depth);
    else walkKeyValue(walk, after, depth);
    wire.pos = after;
  }
}

function violate(walk: Walk, violation: string): void {
  if (walk.violation === "") walk.violation = violation;
  if (walk.reason === "") walk.reason = violation;
}
