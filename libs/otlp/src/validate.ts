import { cutOut } from "./cut-out.ts";
import { NOTHING_REFUSED, type Refused, type RefusedCut, refusedOf } from "./refused.ts";
import { type Field, type OtlpSignal, REQUESTS, type Shape } from "./shapes.ts";
import { checkValue, type ValueLimits, walkAttributes } from "./validate-attributes.ts";
import { ANY_TIME, checkTime, halvesOf, type TimeWindow, type WindowHalves } from "./validate-time.ts";
import { type RefusalReason, type Refusing, violate } from "./violation.ts";
import { endOfVarint, malformed, next, openWire, type Wire } from "./wire.ts";

/** What a record may be. Lengths are in bytes. */
export interface RecordLimits extends ValueLimits {
  /** Of one span, log record or data point with all that is in it. */
  readonly maxRecordBytes: number;
  /** Of one record, resource, scope, span event or link. */
  readonly maxAttributes: number;
  /** Of spans, span events and metrics. */
  readonly maxNameBytes: number;
  /** Of a resource or scope, times its records: they all get a copy of it. */
  readonly maxSharedBytes: number;
}

export const DEFAULT_LIMITS: RecordLimits = {
  maxRecordBytes: 512 * 1024,
  maxAttributes: 1024,
  maxKeyBytes: 1024,
  maxValueBytes: 256 * 1024,
  maxNameBytes: 4096,
  maxSharedBytes: 128 * 1024 * 1024,
};

/** By what a request's records are judged. */
export interface RecordRules {
  readonly limits: RecordLimits;
  /** Left out: any time will do. */
  readonly times?: TimeWindow;
}

/** A request that was walked. */
export interface Validated {
  /** The request itself, or a copy without the records that were refused. */
  readonly payload: Uint8Array;
  /** How many records the payload holds: spans, log records or data points. */
  readonly records: number;
  readonly refused: Refused;
}

/** Walks a serialized Export*ServiceRequest. Throws `invalid_argument` when it is malformed. */
export type Validate = (request: Uint8Array, rules?: RecordRules) => Validated;

interface Walk extends Refusing {
  readonly wire: Wire;
  readonly limits: RecordLimits;
  readonly window: WindowHalves;
  records: number;
  readonly cuts: RefusedCut[];
}

const DEFAULT_RULES: RecordRules = { limits: DEFAULT_LIMITS };

/**
 * Makes the walker of a signal. It reads structure, counts and limits without decoding anything. A record beyond the
 * limits is cut out while its neighbours stay; something wrong with a resource, a scope or a metric takes all of its
 * records. Unknown fields pass.
 */
export function createValidate(signal: OtlpSignal): Validate {
  const shape = REQUESTS[signal];
  return (request, { limits, times } = DEFAULT_RULES) => {
    const wire = openWire(request);
    const walk: Walk = {
      wire,
      limits,
      window: times === undefined ? ANY_TIME : halvesOf(times),
      violation: "",
      firstMessage: "",
      records: 0,
      cuts: [],
    };
    walkMessage(walk, shape, request.length);
    const { records, cuts, firstMessage } = walk;
    if (cuts.length === 0) return { payload: request, records, refused: NOTHING_REFUSED };
    const refused = refusedOf(cuts, firstMessage);
    return { payload: cutOut(request, cuts), records: records - refused.records, refused };
  };
}

/**
 * Walks the message from the wire's position to `end`. Afterwards `violation` says what is wrong with the message
 * itself; records and groups in it have dealt with their own.
 */
function walkMessage(walk: Walk, shape: Shape, end: number): void {
  const { wire, limits } = walk;
  const { fields } = shape;
  const recordsBefore = walk.records;
  let attributes = 0;
  let seen = 0;
  let shared = 0;
  for (let from = wire.pos, tag = next(wire, end); tag !== 0; from = wire.pos, tag = next(wire, end)) {
    const field = fields[tag >>> 3];
    if (field === undefined || (tag & 7) !== field.wireType) continue;
    const after = wire.pos;
    switch (field.kind) {
      case "attribute":
        attributes += walkAttributes(walk, tag, end);
        continue;
      case "record":
        walkRecord(walk, field.shape, from, after);
        break;
      case "group":
        walkGroup(walk, field.shape, from, after);
        break;
      case "shared":
        shared += after - wire.start;
        walkPart(walk, field.shape, after);
        break;
      case "message":
        walkPart(walk, field.shape, after);
        break;
      case "value":
        checkValue(walk, wire.start, after);
        break;
      case "time":
        checkTime(walk, field);
        break;
      default:
        seen |= checkScalar(walk, field);
    }
    wire.pos = after;
  }
  if (attributes > limits.maxAttributes) {
    const want = limits.maxAttributes;
    violate(walk, "attributes", `a ${shape.name} has ${attributes} attributes, want at most ${want}`);
  }
  if ((seen & shape.required) !== shape.required) {
    violate(walk, shape.requiredReason, shape.requirement);
  }
  const records = walk.records - recordsBefore;
  if (shared * records > limits.maxSharedBytes) {
    const want = `want at most ${limits.maxSharedBytes} bytes together`;
    violate(walk, "shared_bytes", `a ${shape.name} of ${shared} bytes has ${records} records, ${want}`);
  }
}

function walkPart(walk: Walk, shape: Shape, end: number): void {
  walk.wire.pos = walk.wire.start;
  walkMessage(walk, shape, end);
}

/** Checks the field that the wire stands on. Returns the bit of a required one that is as it must be. */
function checkScalar(walk: Walk, field: Field): number {
  const { wire, limits } = walk;
  const length = wire.pos - wire.start;
  switch (field.kind) {
    case "id":
      return checkId(walk, field) ? field.bit : 0;
    case "name":
      if (length > limits.maxNameBytes) {
        violate(walk, "name", `${field.name} has ${length} bytes, want at most ${limits.maxNameBytes}`);
      }
      return length > 0 ? field.bit : 0;
    case "doubles":
      if (length % 8 !== 0) throw malformed(wire.start, `${length} bytes of packed numbers`, "a multiple of 8");
      return 0;
    default:
      for (let at = wire.start; at < wire.pos; ) at = endOfVarint(wire.bytes, at, wire.pos);
      return 0;
  }
}

function checkId(walk: Walk, { name, bytes: want, bit }: Field): boolean {
  const { wire } = walk;
  const { start, pos: end } = wire;
  if (end === start && bit === 0) return true;
  if (end - start !== want) {
    violate(walk, "ids", `${name} has ${end - start} bytes, want ${want}`);
    return false;
  }
  for (let at = start; at < end; at++) if (wire.bytes[at] !== 0) return true;
  // Who has no parent may say so by zeros.
  if (bit !== 0) violate(walk, "ids", `${name} is all zeros, want ${want} bytes that are not`);
  return bit === 0;
}

function walkRecord(walk: Walk, shape: Shape, from: number, after: number): void {
  const { wire, limits } = walk;
  const outer = walk.violation;
  walk.violation = "";
  walk.records += 1;
  if (after - from > limits.maxRecordBytes) {
    const want = limits.maxRecordBytes;
    violate(walk, "record_bytes", `a ${shape.name} has ${after - from} bytes, want at most ${want}`);
  }
  wire.pos = wire.start;
  walkMessage(walk, shape, after);
  if (walk.violation !== "") {
    cutRecord(walk, from, after, walk.violation);
  }
  walk.violation = outer;
}

/** Notes that the record that was walked last is refused; with its neighbour before it, when that is for the same reason. */
function cutRecord({ cuts, records }: Walk, start: number, end: number, reason: RefusalReason): void {
  const last = cuts.at(-1);
  if (last !== undefined && last.end === start && last.reason === reason) {
    cuts[cuts.length - 1] = { ...last, end, records: last.records + 1 };
  } else {
    cuts.push({ start, end, first: records - 1, records: 1, reason });
  }
}

/** A group that is itself in order loses only the records that are not; else all of its records go with it. */
function walkGroup(walk: Walk, shape: Shape, from: number, after: number): void {
  const { wire, records, cuts } = walk;
  const outer = walk.violation;
  const cutsBefore = cuts.length;
  walk.violation = "";
  wire.pos = wire.start;
  walkMessage(walk, shape, after);
  if (walk.violation !== "") {
    cuts.length = cutsBefore;
    const within = walk.records - records;
    cuts.push({ start: from, end: after, first: records, records: within, reason: walk.violation });
  }
  walk.violation = outer;
}
