import { POINT_FLAGS } from "@sightline/otlp/point-flags";
import type { Wire } from "@sightline/otlp/wire";
import {
  begin,
  end,
  reserve,
  type WireWriter,
  writeBytesField,
  writeSint32Field,
  writeVarint,
  writeVarint64,
  writeVarintField,
} from "@sightline/otlp/wire-writer";
import { type BucketList, eachBucket } from "./buckets.ts";
import { writeLabelAttributes } from "./label-attributes.ts";
import { histogramKind } from "./metric-kind.ts";
import { type MetricsOut, openMetric } from "./metrics-out.ts";
import { isCustom, isGauge, isStale, type NativeHistogram } from "./native-histogram.ts";
import { writeFixed } from "./number-points.ts";
import type { Series } from "./series.ts";

/** Of HistogramDataPoint and ExponentialHistogramDataPoint: tags, and numbers. */
const DATA_POINTS = 1;
const START_TIME_TAG = 0x11;
const TIME_TAG = 0x19;
const COUNT_TAG = 0x21;
const SUM_TAG = 0x29;
const FLAGS = 10;
/** Of HistogramDataPoint. */
const BUCKET_COUNTS = 6;
const EXPLICIT_BOUNDS = 7;
/** Of ExponentialHistogramDataPoint and its Buckets. */
const SCALE = 6;
const ZERO_COUNT_TAG = 0x39;
const POSITIVE = 8;
const NEGATIVE = 9;
const ZERO_THRESHOLD_TAG = 0x71;
const OFFSET = 1;
const COUNTS = 2;

/** By ResetHint. */
const HINTS = [0, POINT_FLAGS.reset, POINT_FLAGS.noReset, POINT_FLAGS.gauge];

/**
 * Writes a native histogram as a data point of its series: with a schema as an exponential histogram, with custom
 * buckets as an explicit one. Counts that are doubles stand as their bits in the place of integers; see `point-flags.ts`.
 */
export function writeHistogram(out: MetricsOut, series: Series, histogram: NativeHistogram, wire: Wire): void {
  const kind = histogramKind(isCustom(histogram), isGauge(histogram));
  openMetric(out, series, kind);
  const { writer } = out;
  const { start, time, sumAt, isFloat, count } = histogram;
  const point = begin(writer, DATA_POINTS);
  writeLabelAttributes(writer, kind.attributes * 8 + 2, series.labels);
  if ((start.low | start.high) !== 0) writeFixed(writer, START_TIME_TAG, start.low, start.high);
  writeFixed(writer, TIME_TAG, time.low, time.high);
  writeCount(writer, COUNT_TAG, count, isFloat);
  writeDoubleAt(writer, SUM_TAG, wire, sumAt);
  if (isCustom(histogram)) writeCustom(writer, histogram, wire);
  else writeExponential(writer, histogram, wire);
  let flags = HINTS[histogram.resetHint] ?? 0;
  if (isFloat) flags += POINT_FLAGS.floatCounts;
  if (isStale(histogram, wire)) flags += POINT_FLAGS.noRecordedValue;
  if (flags !== 0) writeVarintField(writer, FLAGS, flags);
  end(writer, point);
}

/** Bucket `i` of Prometheus ends where bucket `i - 1` of OTLP does: at base^i. */
const INDEX_SHIFT = 1;

function writeExponential(writer: WireWriter, histogram: NativeHistogram, wire: Wire): void {
  const { schema, zeroCount, zeroThresholdAt, isFloat, positive, negative } = histogram;
  writeSint32Field(writer, SCALE, schema);
  writeCount(writer, ZERO_COUNT_TAG, zeroCount, isFloat);
  if (zeroThresholdAt !== -1) writeDoubleAt(writer, ZERO_THRESHOLD_TAG, wire, zeroThresholdAt);
  writeBuckets(writer, POSITIVE, positive, isFloat);
  writeBuckets(writer, NEGATIVE, negative, isFloat);
}

function writeBuckets(writer: WireWriter, field: number, list: BucketList, isFloat: boolean): void {
  if (list.width === 0) return;
  const buckets = begin(writer, field);
  writeSint32Field(writer, OFFSET, list.offset - INDEX_SHIFT);
  const counts = begin(writer, COUNTS);
  if (isFloat) eachBucket(list, (count) => writeVarint64(writer, bitsOf(count)));
  else eachBucket(list, (count) => writeVarint(writer, count));
  end(writer, counts);
  end(writer, buckets);
}

function writeCustom(writer: WireWriter, { positive, customValues, isFloat }: NativeHistogram, wire: Wire): void {
  const bounds = (customValues.end - customValues.start) / 8;
  const counts = begin(writer, BUCKET_COUNTS);
  let written = 0;
  const write = (count: number): void => {
    writeEightBytes(writer, count, isFloat);
    written++;
  };
  for (let i = 0; i < positive.offset && positive.width > 0; i++) write(0);
  eachBucket(positive, write);
  while (written < bounds + 1) write(0);
  end(writer, counts);
  writeBytesField(writer, EXPLICIT_BOUNDS, wire.bytes.subarray(customValues.start, customValues.end));
}

/** Holds nothing between two calls. */
const eight = new DataView(new ArrayBuffer(8));

function bitsOf(count: number): bigint {
  eight.setFloat64(0, count);
  return eight.getBigUint64(0);
}

function setCount(count: number, isFloat: boolean): void {
  if (isFloat) {
    eight.setFloat64(0, count, true);
    return;
  }
  eight.setUint32(0, count % 4_294_967_296, true);
  eight.setUint32(4, Math.floor(count / 4_294_967_296), true);
}

/** 8 bytes of a packed list. */
function writeEightBytes(writer: WireWriter, count: number, isFloat: boolean): void {
  setCount(count, isFloat);
  reserve(writer, 8);
  writer.view.setInt32(writer.length, eight.getInt32(0, true), true);
  writer.view.setInt32(writer.length + 4, eight.getInt32(4, true), true);
  writer.length += 8;
}

function writeCount(writer: WireWriter, tag: number, count: number, isFloat: boolean): void {
  setCount(count, isFloat);
  writeFixed(writer, tag, eight.getInt32(0, true), eight.getInt32(4, true));
}

/** A double, bit by bit as it was sent; -1: it is 0, which is left out on the wire. */
function writeDoubleAt(writer: WireWriter, tag: number, { view }: Wire, at: number): void {
  if (at === -1) writeFixed(writer, tag, 0, 0);
  else writeFixed(writer, tag, view.getInt32(at, true), view.getInt32(at + 4, true));
}
