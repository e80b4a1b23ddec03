import type { Cut } from "./cut-out.ts";
import { addBytes, type Hash, newHash } from "./fingerprint.ts";
import { FIXED64, LENGTH, next, openWire, tagOf, type Wire } from "./wire.ts";

/**
 * Decides about series. Asked for every data point of a request, in the order of the bytes; the halves are those of a
 * 64-bit hash over the point's attributes, its metric's name, its scope and its resource.
 */
export interface SeriesGate {
  /** Whether a point of that series may pass; a new one counts from now on. */
  admit(low: number, high: number): boolean;
}

/** The points that a gate did not let pass. */
export interface RefusedSeries {
  readonly cuts: readonly Cut[];
  /** The name of the metric that the first one is of; "" without any. */
  readonly metric: string;
}

/** Of ExportMetricsServiceRequest. */
const RESOURCES = tagOf(1, LENGTH);
/** What is in a resource, which is scopes, and in a scope, which is metrics. */
const INNER = tagOf(2, LENGTH);
/** Of both envelopes: the Resource or InstrumentationScope. */
const MESSAGE = tagOf(1, LENGTH);
/** Of Metric. */
const NAME = tagOf(1, LENGTH);
/** Of what holds a metric's points. */
const DATA_POINTS = tagOf(1, LENGTH);

/** Of Metric, what holds its points, and of these the tag of their attributes. */
const ATTRIBUTES_BY_KIND: readonly number[] = [0, 0, 0, 0, 0, 7, 0, 7, 0, 9, 1, 7].map((field) =>
  field === 0 ? 0 : tagOf(field, LENGTH),
);

interface Walk {
  /** Of what is known so far of the series at hand. */
  readonly hash: Hash;
  readonly wire: Wire;
  readonly gate: SeriesGate;
  readonly cuts: Cut[];
  metric: string;
}

/**
 * Asks the gate about the series of every point of a serialized ExportMetricsServiceRequest that is well-formed. The
 * order of attributes does not make another series, nor that of a message's fields.
 */
export function walkSeries(request: Uint8Array, gate: SeriesGate): RefusedSeries {
  const wire = openWire(request);
  const walk: Walk = { hash: newHash(), wire, gate, cuts: [], metric: "" };
  for (let tag = next(wire, request.length); tag !== 0; tag = next(wire, request.length)) {
    if (tag === RESOURCES) walkEnvelope(walk, wire.start, wire.pos, walkScope);
  }
  return { cuts: walk.cuts, metric: walk.metric };
}

/** Walks a ResourceMetrics or ScopeMetrics: first what identifies all in it, then what is in it. */
function walkEnvelope(
  walk: Walk,
  start: number,
  end: number,
  walkInner: (walk: Walk, start: number, end: number) => void,
): void {
  const { wire, hash } = walk;
  const { low, high } = hash;
  wire.pos = start;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    if (tag === MESSAGE) addFields(walk, wire.start, wire.pos);
  }
  wire.pos = start;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    if (tag === INNER) walkInner(walk, wire.start, wire.pos);
  }
  hash.low = low;
  hash.high = high;
  wire.pos = end;
}

function walkScope(walk: Walk, start: number, end: number): void {
  walkEnvelope(walk, start, end, walkMetric);
}

function walkMetric(walk: Walk, start: number, end: number): void {
  const { wire, hash } = walk;
  const { low, high } = hash;
  let nameStart = 0;
  let nameEnd = 0;
  wire.pos = start;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    if (tag !== NAME) continue;
    nameStart = wire.start;
    nameEnd = wire.pos;
  }
  addBytes(hash, wire.view, nameStart, nameEnd);
  const cutsBefore = walk.cuts.length;
  wire.pos = start;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    const attributes = (tag & 7) === LENGTH ? (ATTRIBUTES_BY_KIND[tag >>> 3] ?? 0) : 0;
    if (attributes !== 0) walkPoints(walk, wire.pos, attributes);
  }
  if (cutsBefore === 0 && walk.cuts.length > 0) {
    walk.metric = new TextDecoder().decode(wire.bytes.subarray(nameStart, nameEnd));
  }
  hash.low = low;
  hash.high = high;
  wire.pos = end;
}

/** Walks the points of the data that the wire stands on. */
function walkPoints(walk: Walk, end: number, attributes: number): void {
  const { wire, hash, gate, cuts } = walk;
  const { low, high } = hash;
  wire.pos = wire.start;
  for (let from = wire.pos, tag = next(wire, end); tag !== 0; from = wire.pos, tag = next(wire, end)) {
    if (tag !== DATA_POINTS) continue;
    const after = wire.pos;
    hash.low = low;
    hash.high = high;
    addAttributes(walk, after, attributes);
    if (!gate.admit(hash.low, hash.high)) cuts.push({ start: from, end: after });
    wire.pos = after;
  }
}

/** Adds the attributes of the point that the wire stands on. */
function addAttributes(walk: Walk, end: number, attributes: number): void {
  const { wire } = walk;
  const { bytes } = wire;
  let at = wire.start;
  while (at < end) {
    // Fast path: an attribute of less than 128 bytes, and the fixed 64-bit fields that every point has.
    const tag = bytes[at] ?? 0;
    const size = bytes[at + 1] ?? 0;
    if (tag === attributes && size < 128) {
      addBytes(walk.hash, wire.view, at + 2, at + 2 + size);
      at += 2 + size;
    } else if (tag < 128 && (tag & 7) === FIXED64) {
      at += 9;
    } else {
      wire.pos = at;
      if (next(wire, end) === attributes) addBytes(walk.hash, wire.view, wire.start, wire.pos);
      at = wire.pos;
    }
  }
}

/** Adds each field of a message, so that their order does not matter. */
function addFields(walk: Walk, start: number, end: number): void {
  const { wire } = walk;
  wire.pos = start;
  while (next(wire, end) !== 0) addBytes(walk.hash, wire.view, wire.start, wire.pos);
}
