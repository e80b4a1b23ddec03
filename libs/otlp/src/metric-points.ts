import { endMap } from "@sightline/columns/map-column";
import { endArray } from "@sightline/columns/offsets";
import {
  appendEightBytes,
  appendFloat64,
  appendInteger,
  appendUint32,
  appendWords,
  type PlainColumn,
} from "@sightline/columns/plain-column";
import { appendAttributes } from "./attributes.ts";
import { appendId, SPAN_ID_BYTES, TRACE_ID_BYTES } from "./hex.ts";
import { appendTimes, beginRow, type MetricWalk, pointMillis } from "./metric-walk.ts";
import { clearRange, newRange, type Range, takeField } from "./range.ts";
import { clearNanos, isSet, millis, newNanos, takeNanos } from "./times.ts";
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
const STALE_HIGH = 0x7ff0_0000;
/** Of DataPointFlags. */
const NO_RECORDED_VALUE = 1;

/** Appends the rows of the point at hand; its series is known already. */
export type AppendPoint = (walk: MetricWalk, wire: Wire) => void;

/** Of NumberDataPoint. */
const AS_DOUBLE = tagOf(4, FIXED64);
const AS_INT = tagOf(6, FIXED64);

export function appendNumber(walk: MetricWalk, wire: Wire): void {
  const { columns } = walk.tables.metrics_samples;
  const { message, flags } = walk.point;
  let valueTag = 0;
  let valueStart = 0;
  wire.pos = message.start;
  for (let tag = next(wire, message.end); tag !== 0; tag = next(wire, message.end)) {
    if (tag !== AS_DOUBLE && tag !== AS_INT) continue;
    valueTag = tag;
    valueStart = wire.start;
  }
  beginRow(walk, wire, "metrics_samples");
  appendTimes(walk, columns);
  if ((flags & NO_RECORDED_VALUE) !== 0 || valueTag === 0) appendWords(columns.Value, STALE_LOW, STALE_HIGH);
  else if (valueTag === AS_DOUBLE) appendEightBytes(columns.Value, wire.view, valueStart);
  else appendFloat64(columns.Value, int64At(wire, valueStart));
}

/** A fixed 64-bit integer as a double; beyond 2^53 rounded. */
function int64At({ view }: Wire, at: number): number {
  return view.getInt32(at + 4, true) * 4294967296 + view.getUint32(at, true);
}

/** Of HistogramDataPoint, ExponentialHistogramDataPoint and SummaryDataPoint. */
const COUNT = tagOf(4, FIXED64);
const SUM = tagOf(5, FIXED64);

/** Finds the last fixed64 of a tag in the point at hand; -1 when there is none. */
function fixed64Of(walk: MetricWalk, wire: Wire, wanted: number): number {
  const { message } = walk.point;
  let found = -1;
  wire.pos = message.start;
  for (let tag = next(wire, message.end); tag !== 0; tag = next(wire, message.end)) {
    if (tag === wanted) found = wire.start;
  }
  return found;
}

function appendFixed64(column: PlainColumn, wire: Wire, at: number, otherwise: "zero" | "nan"): void {
  if (at >= 0) appendEightBytes(column, wire.view, at);
  else if (otherwise === "zero") appendWords(column, 0, 0);
  else appendFloat64(column, Number.NaN);
}

/** Appends what all three distributions begin with. */
function beginDistribution(
  walk: MetricWalk,
  wire: Wire,
  table: "metrics_histograms" | "metrics_exponential_histograms" | "metrics_summaries",
): void {
  const { columns } = walk.tables[table];
  beginRow(walk, wire, table);
  appendTimes(walk, columns);
  appendUint32(columns.Flags, walk.point.flags);
  appendFixed64(columns.Count, wire, fixed64Of(walk, wire, COUNT), "zero");
  appendFixed64(columns.Sum, wire, fixed64Of(walk, wire, SUM), "nan");
}

/** Of HistogramDataPoint: repeated numbers, packed or each for itself. */
const BUCKET_COUNTS = 6;
const EXPLICIT_BOUNDS = 7;
const HISTOGRAM_MIN = tagOf(11, FIXED64);
const HISTOGRAM_MAX = tagOf(12, FIXED64);

export function appendHistogram(walk: MetricWalk, wire: Wire): void {
  const { columns } = walk.tables.metrics_histograms;
  beginDistribution(walk, wire, "metrics_histograms");
  appendFixed64(columns.Min, wire, fixed64Of(walk, wire, HISTOGRAM_MIN), "nan");
  appendFixed64(columns.Max, wire, fixed64Of(walk, wire, HISTOGRAM_MAX), "nan");
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

/** Of ExponentialHistogramDataPoint. */
const SCALE = tagOf(6, VARINT);
const ZERO_COUNT = tagOf(7, FIXED64);
const POSITIVE = tagOf(8, LENGTH);
const NEGATIVE = tagOf(9, LENGTH);
const EXPONENTIAL_MIN = tagOf(12, FIXED64);
const EXPONENTIAL_MAX = tagOf(13, FIXED64);
const ZERO_THRESHOLD = tagOf(14, FIXED64);
/** Holds nothing between two calls. */
const positive = newRange();
const negative = newRange();

export function appendExponentialHistogram(walk: MetricWalk, wire: Wire): void {
  const { columns } = walk.tables.metrics_exponential_histograms;
  const { message } = walk.point;
  beginDistribution(walk, wire, "metrics_exponential_histograms");
  let scale = 0;
  clearRange(positive);
  clearRange(negative);
  wire.pos = message.start;
  for (let tag = next(wire, message.end); tag !== 0; tag = next(wire, message.end)) {
    if (tag === SCALE) scale = zigzag32(readUint32(wire));
    else if (tag === POSITIVE) takeField(positive, wire);
    else if (tag === NEGATIVE) takeField(negative, wire);
  }
  appendFixed64(columns.Min, wire, fixed64Of(walk, wire, EXPONENTIAL_MIN), "nan");
  appendFixed64(columns.Max, wire, fixed64Of(walk, wire, EXPONENTIAL_MAX), "nan");
  appendUint32(columns.Scale, scale);
  appendFixed64(columns.ZeroCount, wire, fixed64Of(walk, wire, ZERO_COUNT), "zero");
  appendFixed64(columns.ZeroThreshold, wire, fixed64Of(walk, wire, ZERO_THRESHOLD), "zero");
  const { PositiveBucketCounts, NegativeBucketCounts } = columns;
  endArray(
    PositiveBucketCounts.offsets,
    appendBuckets(columns.PositiveOffset, PositiveBucketCounts.items, wire, positive),
  );
  endArray(
    NegativeBucketCounts.offsets,
    appendBuckets(columns.NegativeOffset, NegativeBucketCounts.items, wire, negative),
  );
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
  const { columns } = walk.tables.metrics_summaries;
  const { message } = walk.point;
  beginDistribution(walk, wire, "metrics_summaries");
  let count = 0;
  wire.pos = message.start;
  for (let tag = next(wire, message.end); tag !== 0; tag = next(wire, message.end)) {
    if (tag !== QUANTILE_VALUES) continue;
    const end = wire.pos;
    let quantile = -1;
    let value = -1;
    wire.pos = wire.start;
    for (let inner = next(wire, end); inner !== 0; inner = next(wire, end)) {
      if (inner === QUANTILE) quantile = wire.start;
      else if (inner === VALUE) value = wire.start;
    }
    appendFixed64(columns.Quantiles.items, wire, quantile, "zero");
    appendFixed64(columns.Values.items, wire, value, "zero");
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
const exemplarTime = newNanos();
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
  const { columns } = walk.tables.metrics_exemplars;
  let value = 0;
  clearNanos(exemplarTime);
  clearRange(traceId);
  clearRange(spanId);
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    if (tag === EXEMPLAR_ATTRIBUTES) appendAttributes(columns.FilteredAttributes, wire, tag, end);
    else if (tag === EXEMPLAR_TIME) takeNanos(exemplarTime, wire);
    else if (tag === EXEMPLAR_DOUBLE) value = wire.view.getFloat64(wire.start, true);
    else if (tag === EXEMPLAR_INT) value = int64At(wire, wire.start);
    else if (tag === EXEMPLAR_TRACE_ID) takeField(traceId, wire);
    else if (tag === EXEMPLAR_SPAN_ID) takeField(spanId, wire);
  }
  endMap(columns.FilteredAttributes);
  beginRow(walk, wire, "metrics_exemplars");
  appendInteger(columns.Timestamp, isSet(exemplarTime) ? millis(exemplarTime) : pointMillis(walk));
  appendFloat64(columns.Value, value);
  appendId(columns.TraceId, wire.view, traceId, TRACE_ID_BYTES);
  appendId(columns.SpanId, wire.view, spanId, SPAN_ID_BYTES);
}
