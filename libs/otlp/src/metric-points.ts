import { appendIndexTimes, internText, lowCardinalityRows } from "@sightline/columns/low-cardinality-column";
import { endMap } from "@sightline/columns/map-column";
import { endArray } from "@sightline/columns/offsets";
import {
  appendEightBytes,
  appendFloat64,
  appendUint32,
  appendWords,
  type PlainColumn,
} from "@sightline/columns/plain-column";
import type { Table } from "@sightline/columns/table";
import { appendAttributes } from "./attributes.ts";
import { appendId, SPAN_ID_BYTES, TRACE_ID_BYTES } from "./hex.ts";
import { POINT_TABLES } from "./metric-tables.ts";
import type { MetricWalk } from "./metric-walk.ts";
import { appendInternedTimes, clearRange, newRange, type Range, takeField } from "./range.ts";
import { newMillis, readMillis, setMillis } from "./times.ts";
import {
  endOfVarint,
  FIXED64,
  LENGTH,
  next,
  readUint32,
  readVarint64,
  tagOf,
  VARINT,
  type Wire,
  zigzag32,
} from "./wire.ts";

/** A point without a value: staleness (Prometheus model/value, StaleNaN), in two halves. */
const STALE_LOW = 2;
const STALE_HIGH = 0x7ff00000;
/** Of DataPointFlags. */
export const NO_RECORDED_VALUE = 1;

/** Appends the rows of the point at hand; its series is known already. */
export type AppendPoint = (walk: MetricWalk, wire: Wire) => void;

/** Of NumberDataPoint, by number. */
const AS_DOUBLE = 4;
const AS_INT = 6;

export function hasNoNumber({ point: { fixed } }: MetricWalk): boolean {
  return fixed[AS_DOUBLE] === 0 && fixed[AS_INT] === 0;
}

export function appendNumber(walk: MetricWalk, wire: Wire): void {
  const { point } = walk;
  const table = walk.tables.metrics_samples;
  const { columns } = table;
  const asDouble = point.fixed[AS_DOUBLE] ?? 0;
  const asInt = point.fixed[AS_INT] ?? 0;
  appendPoint(table, point);
  if ((point.flags & NO_RECORDED_VALUE) !== 0 || asDouble + asInt === 0) {
    appendWords(columns.Value, STALE_LOW, STALE_HIGH);
  } else if (asDouble > asInt) {
    // Of a oneof the last one counts.
    appendEightBytes(columns.Value, wire.view, asDouble);
  } else {
    appendFloat64(columns.Value, int64At(wire, asInt));
  }
}

/** A fixed 64-bit integer as a double; beyond 2^53 rounded. */
function int64At({ view }: Wire, at: number): number {
  return view.getInt32(at + 4, true) * 4294967296 + view.getUint32(at, true);
}

interface PointColumns {
  readonly Fingerprint: PlainColumn;
  readonly StartTimestamp: PlainColumn;
  readonly Timestamp: PlainColumn;
}

/** Appends what every row of a point begins with, but for its tenant and metric: see `endMetricPoints`. */
function appendPoint(table: Table & { readonly columns: PointColumns }, point: MetricWalk["point"]): void {
  const { columns } = table;
  appendWords(columns.Fingerprint, point.hash.low, point.hash.high);
  appendWords(columns.StartTimestamp, point.start.low, point.start.high);
  appendWords(columns.Timestamp, point.time.low, point.time.high);
  table.rows++;
}

/** Appends what the new rows of all point tables have from the metric that ends. */
export function endMetricPoints(walk: MetricWalk, wire: Wire): void {
  for (const name of POINT_TABLES) {
    const table = walk.tables[name];
    const { Tenant, MetricName } = table.columns;
    const rows = table.rows - lowCardinalityRows(MetricName);
    if (rows === 0) continue;
    appendIndexTimes(Tenant, internText(Tenant, walk.tenant), rows);
    appendInternedTimes(MetricName, wire, walk.metric.name, rows);
  }
}

/** Of HistogramDataPoint, ExponentialHistogramDataPoint and SummaryDataPoint, by number. */
const COUNT = 4;
const SUM = 5;

export function hasNoCount({ point: { fixed } }: MetricWalk, { view }: Wire): boolean {
  const at = fixed[COUNT] ?? 0;
  return at === 0 || (view.getInt32(at, true) === 0 && view.getInt32(at + 4, true) === 0);
}

interface DistributionColumns extends PointColumns {
  readonly Flags: PlainColumn;
  readonly Count: PlainColumn;
}

/** Appends what the rows of all three distributions begin with. */
function appendDistribution(
  table: Table & { readonly columns: DistributionColumns },
  walk: MetricWalk,
  wire: Wire,
): void {
  const { columns } = table;
  const { point } = walk;
  appendPoint(table, point);
  appendUint32(columns.Flags, point.flags);
  appendOrZero(columns.Count, wire, point.fixed[COUNT]);
}

function appendOrZero(column: PlainColumn, wire: Wire, at = 0): void {
  if (at === 0) appendWords(column, 0, 0);
  else appendEightBytes(column, wire.view, at);
}

function appendOrNaN(column: PlainColumn, wire: Wire, at = 0): void {
  if (at === 0) appendFloat64(column, Number.NaN);
  else appendEightBytes(column, wire.view, at);
}

/** Of HistogramDataPoint, by number; the first two are repeated, packed or each for itself. */
const BUCKET_COUNTS = 6;
const EXPLICIT_BOUNDS = 7;
const HISTOGRAM_MIN = 11;
const HISTOGRAM_MAX = 12;

export function appendHistogram(walk: MetricWalk, wire: Wire): void {
  const table = walk.tables.metrics_histograms;
  const { columns } = table;
  const { fixed } = walk.point;
  appendDistribution(table, walk, wire);
  appendOrNaN(columns.Sum, wire, fixed[SUM]);
  appendOrNaN(columns.Min, wire, fixed[HISTOGRAM_MIN]);
  appendOrNaN(columns.Max, wire, fixed[HISTOGRAM_MAX]);
  const { BucketCounts, ExplicitBounds } = columns;
  endArray(BucketCounts.offsets, appendRepeatedFixed64(BucketCounts.items, walk, wire, BUCKET_COUNTS));
  endArray(ExplicitBounds.offsets, appendRepeatedFixed64(ExplicitBounds.items, walk, wire, EXPLICIT_BOUNDS));
}

function appendRepeatedFixed64(column: PlainColumn, walk: MetricWalk, wire: Wire, field: number): number {
  const { message } = walk.point;
  const packed = tagOf(field, LENGTH);
  const single = tagOf(field, FIXED64);
  let count = 0;
  wire.pos = message.start;
  for (let tag = next(wire, message.end); tag !== 0; tag = next(wire, message.end)) {
    if (tag !== packed && tag !== single) continue;
    for (let at = wire.start; at + 8 <= wire.pos; at += 8) {
      appendEightBytes(column, wire.view, at);
      count++;
    }
  }
  return count;
}

/** Of ExponentialHistogramDataPoint: tags, then numbers. */
const SCALE = tagOf(6, VARINT);
const POSITIVE = tagOf(8, LENGTH);
const NEGATIVE = tagOf(9, LENGTH);
const ZERO_COUNT = 7;
const EXPONENTIAL_MIN = 12;
const EXPONENTIAL_MAX = 13;
const ZERO_THRESHOLD = 14;
/** Hold nothing between two calls. */
const positive = newRange();
const negative = newRange();

export function appendExponentialHistogram(walk: MetricWalk, wire: Wire): void {
  const table = walk.tables.metrics_exponential_histograms;
  const { columns } = table;
  const { message, fixed } = walk.point;
  appendDistribution(table, walk, wire);
  appendOrNaN(columns.Sum, wire, fixed[SUM]);
  appendOrNaN(columns.Min, wire, fixed[EXPONENTIAL_MIN]);
  appendOrNaN(columns.Max, wire, fixed[EXPONENTIAL_MAX]);
  appendOrZero(columns.ZeroCount, wire, fixed[ZERO_COUNT]);
  appendOrZero(columns.ZeroThreshold, wire, fixed[ZERO_THRESHOLD]);
  let scale = 0;
  clearRange(positive);
  clearRange(negative);
  wire.pos = message.start;
  for (let tag = next(wire, message.end); tag !== 0; tag = next(wire, message.end)) {
    if (tag === SCALE) scale = zigzag32(readUint32(wire));
    else if (tag === POSITIVE) takeField(positive, wire);
    else if (tag === NEGATIVE) takeField(negative, wire);
  }
  appendUint32(columns.Scale, scale);
  const { PositiveBucketCounts, NegativeBucketCounts } = columns;
  const positives = appendBuckets(columns.PositiveOffset, PositiveBucketCounts.items, wire, positive);
  endArray(PositiveBucketCounts.offsets, positives);
  const negatives = appendBuckets(columns.NegativeOffset, NegativeBucketCounts.items, wire, negative);
  endArray(NegativeBucketCounts.offsets, negatives);
}

/** Of Buckets. */
const OFFSET = tagOf(1, VARINT);
const PACKED_COUNTS = tagOf(2, LENGTH);
const SINGLE_COUNT = tagOf(2, VARINT);

/** Appends the offset and the counts of Buckets; returns how many counts there are. */
function appendBuckets(offsets: PlainColumn, counts: PlainColumn, wire: Wire, buckets: Range): number {
  let offset = 0;
  let count = 0;
  wire.pos = buckets.start;
  for (let tag = next(wire, buckets.end); tag !== 0; tag = next(wire, buckets.end)) {
    if (tag === OFFSET) offset = zigzag32(readUint32(wire));
    else if (tag === PACKED_COUNTS || tag === SINGLE_COUNT) {
      const end = wire.pos;
      for (let at = wire.start; at < end; at = endOfVarint(wire.bytes, at, end)) {
        readVarint64(wire, at);
        appendWords(counts, wire.low, wire.high);
        count++;
      }
    }
  }
  appendUint32(offsets, offset);
  return count;
}

/** Of SummaryDataPoint, and of ValueAtQuantile. */
const QUANTILE_VALUES = tagOf(6, LENGTH);
const QUANTILE = tagOf(1, FIXED64);
const VALUE = tagOf(2, FIXED64);

export function appendSummary(walk: MetricWalk, wire: Wire): void {
  const table = walk.tables.metrics_summaries;
  const { columns } = table;
  const { message, fixed } = walk.point;
  appendDistribution(table, walk, wire);
  // Other than in histograms, a sum left out is 0.
  appendOrZero(columns.Sum, wire, fixed[SUM]);
  let count = 0;
  wire.pos = message.start;
  for (let tag = next(wire, message.end); tag !== 0; tag = next(wire, message.end)) {
    if (tag !== QUANTILE_VALUES) continue;
    const end = wire.pos;
    let quantile = 0;
    let value = 0;
    wire.pos = wire.start;
    for (let inner = next(wire, end); inner !== 0; inner = next(wire, end)) {
      if (inner === QUANTILE) quantile = wire.start;
      else if (inner === VALUE) value = wire.start;
    }
    appendOrZero(columns.Quantiles.items, wire, quantile);
    appendOrZero(columns.Values.items, wire, value);
    count++;
  }
  endArray(columns.Quantiles.offsets, count);
}

/** Of Exemplar. */
const EXEMPLAR_TIME = tagOf(2, FIXED64);
const EXEMPLAR_DOUBLE = tagOf(3, FIXED64);
const EXEMPLAR_SPAN_ID = tagOf(4, LENGTH);
const EXEMPLAR_TRACE_ID = tagOf(5, LENGTH);
const EXEMPLAR_INT = tagOf(6, FIXED64);
const EXEMPLAR_ATTRIBUTES = tagOf(7, LENGTH);
/** Hold nothing between two calls. */
const exemplarTime = newMillis();
const traceId = newRange();
const spanId = newRange();

/** Appends the exemplars that the point at hand has in its fields of that tag. */
export function appendExemplars(walk: MetricWalk, wire: Wire, exemplarsTag: number): void {
  const { message } = walk.point;
  wire.pos = message.start;
  for (let tag = next(wire, message.end); tag !== 0; tag = next(wire, message.end)) {
    if (tag !== exemplarsTag) continue;
    const after = wire.pos;
    wire.pos = wire.start;
    appendExemplar(walk, wire, after);
    wire.pos = after;
  }
}

function appendExemplar(walk: MetricWalk, wire: Wire, end: number): void {
  const table = walk.tables.metrics_exemplars;
  const { columns } = table;
  const { hash, time } = walk.point;
  let at = 0;
  let isInt = false;
  setMillis(exemplarTime, 0, 0);
  clearRange(traceId);
  clearRange(spanId);
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    if (tag === EXEMPLAR_ATTRIBUTES) appendAttributes(columns.FilteredAttributes, wire, tag, end);
    else if (tag === EXEMPLAR_TIME) readMillis(exemplarTime, wire, wire.start);
    else if (tag === EXEMPLAR_TRACE_ID) takeField(traceId, wire);
    else if (tag === EXEMPLAR_SPAN_ID) takeField(spanId, wire);
    else if (tag === EXEMPLAR_DOUBLE || tag === EXEMPLAR_INT) {
      at = wire.start;
      isInt = tag === EXEMPLAR_INT;
    }
  }
  endMap(columns.FilteredAttributes);
  const { low, high } = exemplarTime.low === 0 && exemplarTime.high === 0 ? time : exemplarTime;
  appendWords(columns.Fingerprint, hash.low, hash.high);
  appendWords(columns.Timestamp, low, high);
  if (isInt) appendFloat64(columns.Value, int64At(wire, at));
  else appendOrZero(columns.Value, wire, at);
  appendId(columns.TraceId, wire.view, traceId, TRACE_ID_BYTES);
  appendId(columns.SpanId, wire.view, spanId, SPAN_ID_BYTES);
  table.rows++;
}
