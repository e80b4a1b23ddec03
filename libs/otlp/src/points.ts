import { KeyValue } from "@sightline/proto/opentelemetry/proto/common/v1/common";
import { addBytes, addHash, clearHash, type Hash, newHash, setHash } from "./fingerprint.ts";
import { clearRange, newRange, type Range, takeField } from "./range.ts";
import { attributesText } from "./value-text.ts";
import { FIXED64, LENGTH, next, openWire, readUint32, tagOf, VARINT, type Wire } from "./wire.ts";

/** One number of a gauge or a sum. */
export interface NumberPoint {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly resource: Readonly<Record<string, string>>;
  /** Nanoseconds since the Unix epoch. */
  readonly timeUnixNano: bigint;
  readonly value: number;
  /** A running total: a cumulative monotonic sum. */
  readonly monotonic: boolean;
}

/**
 * Whether a point is wanted, told by its series, as far as the message says which it is, and its time. The hash is
 * another with the next call.
 */
export type IsWanted = (series: Hash, unixSeconds: number) => boolean;

/** Of ExportMetricsServiceRequest, ResourceMetrics, ScopeMetrics and Resource. */
const RESOURCE_METRICS = tagOf(1, LENGTH);
const RESOURCE = tagOf(1, LENGTH);
const SCOPE_METRICS = tagOf(2, LENGTH);
const METRICS = tagOf(2, LENGTH);
const RESOURCE_ATTRIBUTES = tagOf(1, LENGTH);
/** Of Metric. */
const NAME = tagOf(1, LENGTH);
const GAUGE = tagOf(5, LENGTH);
const SUM = tagOf(7, LENGTH);
/** Of Gauge and Sum. */
const DATA_POINTS = tagOf(1, LENGTH);
const TEMPORALITY = tagOf(2, VARINT);
const IS_MONOTONIC = tagOf(3, VARINT);
/** Of NumberDataPoint. */
const TIME = tagOf(3, FIXED64);
const AS_DOUBLE = tagOf(4, FIXED64);
const AS_INT = tagOf(6, FIXED64);
const ATTRIBUTES = tagOf(7, LENGTH);
const FLAGS = tagOf(8, VARINT);

/** The flag of a point that says there is no value (opentelemetry-proto, DataPointFlags). */
const NO_RECORDED_VALUE = 1;
/** Of AggregationTemporality. */
const CUMULATIVE = 2;
const NANOS_PER_SECOND = 1e9;

/** What is needed at every step of the walk. */
interface Walk {
  readonly wire: Wire;
  readonly take: (point: NumberPoint) => void;
  readonly isWanted: IsWanted;
  readonly resource: Range;
  readonly resourceHash: Hash;
  /** The attributes of the resource at hand, once a point of it was wanted. */
  resourceText: Readonly<Record<string, string>> | undefined;
  readonly name: Range;
  readonly data: Range;
  readonly metricHash: Hash;
  readonly hash: Hash;
  monotonic: boolean;
}

/**
 * Hands over every number of a gauge or a sum of an ExportMetricsServiceRequest that is wanted; histograms and summaries
 * are passed over. Objects are made of what is wanted only: for what is looked at now and then, not for storing. Throws
 * AppError `invalid_argument` when the bytes are no such request.
 */
export function readNumberPoints(
  payload: Uint8Array,
  take: (point: NumberPoint) => void,
  isWanted: IsWanted = () => true,
): void {
  const walk: Walk = {
    wire: openWire(payload),
    take,
    isWanted,
    resource: newRange(),
    resourceHash: newHash(),
    resourceText: undefined,
    name: newRange(),
    data: newRange(),
    metricHash: newHash(),
    hash: newHash(),
    monotonic: false,
  };
  eachField(walk.wire, 0, payload.length, RESOURCE_METRICS, (start, end) => walkResource(walk, start, end));
}

/** Calls `visit` with each field of that tag between `start` and `end`; it may leave the wire anywhere. */
function eachField(
  wire: Wire,
  start: number,
  end: number,
  wanted: number,
  visit: (start: number, end: number) => void,
): void {
  wire.pos = start;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    if (tag !== wanted) continue;
    const after = wire.pos;
    visit(wire.start, after);
    wire.pos = after;
  }
}

function walkResource(walk: Walk, start: number, end: number): void {
  const { wire, resource, resourceHash } = walk;
  clearRange(resource);
  eachField(wire, start, end, RESOURCE, () => takeField(resource, wire));
  clearHash(resourceHash);
  addBytes(resourceHash, wire.view, resource.start, resource.end);
  walk.resourceText = undefined;
  eachField(wire, start, end, SCOPE_METRICS, (scopeStart, scopeEnd) => {
    eachField(wire, scopeStart, scopeEnd, METRICS, (from, to) => walkMetric(walk, from, to));
  });
}

function walkMetric(walk: Walk, start: number, end: number): void {
  const { wire, name, data, metricHash } = walk;
  clearRange(name);
  let kind = 0;
  wire.pos = start;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    if (tag === NAME) takeField(name, wire);
    else if (tag === GAUGE || tag === SUM) {
      kind = tag;
      takeField(data, wire);
    }
  }
  if (kind === 0) return;
  walk.monotonic = kind === SUM && isRunningTotal(wire, data);
  clearHash(metricHash);
  addBytes(metricHash, wire.view, name.start, name.end);
  addHash(metricHash, walk.resourceHash, 1);
  wire.pos = data.start;
  for (let tag = next(wire, data.end); tag !== 0; tag = next(wire, data.end)) {
    if (tag !== DATA_POINTS) continue;
    const after = wire.pos;
    walkPoint(walk, wire.start, after);
    wire.pos = after;
  }
}

function isRunningTotal(wire: Wire, data: Range): boolean {
  let temporality = 0;
  let monotonic = false;
  wire.pos = data.start;
  for (let tag = next(wire, data.end); tag !== 0; tag = next(wire, data.end)) {
    if (tag === TEMPORALITY) temporality = readUint32(wire);
    else if (tag === IS_MONOTONIC) monotonic = readUint32(wire) !== 0;
  }
  return monotonic && temporality === CUMULATIVE;
}

function walkPoint(walk: Walk, start: number, end: number): void {
  const { wire, hash } = walk;
  const { view } = wire;
  setHash(hash, walk.metricHash);
  let time = 0;
  let double = 0;
  let integer = 0;
  let flags = 0;
  wire.pos = start;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    if (tag === ATTRIBUTES) addBytes(hash, view, wire.start, wire.pos);
    else if (tag === TIME) time = wire.start;
    else if (tag === AS_DOUBLE) double = wire.start;
    else if (tag === AS_INT) integer = wire.start;
    else if (tag === FLAGS) flags = readUint32(wire);
  }
  if ((flags & NO_RECORDED_VALUE) !== 0 || double + integer === 0) return;
  const nanos = time === 0 ? 0 : view.getUint32(time + 4, true) * 4294967296 + view.getUint32(time, true);
  if (!walk.isWanted(hash, Math.floor(nanos / NANOS_PER_SECOND))) return;
  walk.resourceText ??= attributesAt(wire, walk.resource.start, walk.resource.end, RESOURCE_ATTRIBUTES);
  walk.take({
    metric: Buffer.from(wire.bytes.subarray(walk.name.start, walk.name.end)).toString(),
    labels: attributesAt(wire, start, end, ATTRIBUTES),
    resource: walk.resourceText,
    timeUnixNano: time === 0 ? 0n : view.getBigUint64(time, true),
    // Of a oneof the last one counts.
    value: double > integer ? view.getFloat64(double, true) : Number(view.getBigInt64(integer, true)),
    monotonic: walk.monotonic,
  });
}

function attributesAt(wire: Wire, start: number, end: number, tag: number): Record<string, string> {
  const attributes: KeyValue[] = [];
  eachField(wire, start, end, tag, (from, to) => attributes.push(KeyValue.decode(wire.bytes.subarray(from, to))));
  return attributesText(attributes);
}
