import { POINT_FLAGS } from "@sightline/otlp/point-flags";
import {
  begin,
  end,
  type WireWriter,
  writeBytesField,
  writeDoubleField,
  writeFixed64Field,
  writeSint32Field,
  writeVarint64,
  writeVarintField,
} from "@sightline/otlp/wire-writer";
import {
  type Buckets,
  type Histogram,
  hasCustomBuckets,
  type ResetHint,
} from "@sightline/query/promql/histogram/histogram";

/** Of HistogramDataPoint and ExponentialHistogramDataPoint. */
const COUNT = 4;
const SUM = 5;
const FLAGS = 10;
/** Of HistogramDataPoint. */
const BUCKET_COUNTS = 6;
const EXPLICIT_BOUNDS = 7;
/** Of ExponentialHistogramDataPoint and its Buckets. */
const SCALE = 6;
const ZERO_COUNT = 7;
const POSITIVE = 8;
const NEGATIVE = 9;
const ZERO_THRESHOLD = 14;
const OFFSET = 1;
const COUNTS = 2;

/** Bucket `i` of Prometheus ends where bucket `i - 1` of OTLP does: at base^i. */
const INDEX_SHIFT = 1;

const HINTS: Readonly<Record<ResetHint, number>> = {
  unknown: 0,
  reset: POINT_FLAGS.reset,
  not_reset: POINT_FLAGS.noReset,
  gauge: POINT_FLAGS.gauge,
};

/**
 * Writes what a data point says of a native histogram. Its counts are doubles, which rates are: their bits stand in the place of integers
 * (`point-flags.ts`).
 */
export function writeHistogramFields(writer: WireWriter, histogram: Histogram): void {
  const { count, sum, hint } = histogram;
  writeFixed64Field(writer, COUNT, bitsOf(count));
  writeDoubleField(writer, SUM, sum);
  if (hasCustomBuckets(histogram)) writeCustom(writer, histogram);
  else writeExponential(writer, histogram);
  writeVarintField(writer, FLAGS, POINT_FLAGS.floatCounts + HINTS[hint]);
}

/** How many buckets lie between the first and the last that is not empty, with these. */
export function bucketWidth({ positive, negative }: Histogram): number {
  return Math.max(...[positive, negative].map(({ indexes }) => (indexes.at(-1) ?? -1) - (indexes[0] ?? 0) + 1));
}

function writeExponential(
  writer: WireWriter,
  { schema, zeroCount, zeroThreshold, positive, negative }: Histogram,
): void {
  writeSint32Field(writer, SCALE, schema);
  writeFixed64Field(writer, ZERO_COUNT, bitsOf(zeroCount));
  writeDoubleField(writer, ZERO_THRESHOLD, zeroThreshold);
  writeBuckets(writer, POSITIVE, positive);
  writeBuckets(writer, NEGATIVE, negative);
}

function writeBuckets(writer: WireWriter, field: number, buckets: Buckets): void {
  const [first] = buckets.indexes;
  if (first === undefined) return;
  const message = begin(writer, field);
  writeSint32Field(writer, OFFSET, first - INDEX_SHIFT);
  const counts = begin(writer, COUNTS);
  for (const count of countsFrom(buckets, first)) writeVarint64(writer, bitsOf(count));
  end(writer, counts);
  end(writer, message);
}

/** The counts of all buckets up to the last that is not empty. */
function countsFrom({ indexes, counts }: Buckets, first: number): Float64Array {
  const all = new Float64Array((indexes.at(-1) ?? first - 1) - first + 1);
  for (const [at, index] of indexes.entries()) all[index - first] = counts[at] ?? 0;
  return all;
}

function writeCustom(writer: WireWriter, { positive, bounds }: Histogram): void {
  const upper = Float64Array.from(bounds ?? []);
  const counts = new Float64Array(upper.length + 1);
  for (const [at, index] of positive.indexes.entries()) counts[index] = positive.counts[at] ?? 0;
  writeBytesField(writer, BUCKET_COUNTS, bytesOf(counts));
  writeBytesField(writer, EXPLICIT_BOUNDS, bytesOf(upper));
}

/** In little endian, which is that of every processor that Node runs on. */
function bytesOf(numbers: Float64Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

function bitsOf(count: number): bigint {
  return new BigUint64Array(Float64Array.of(count).buffer)[0] ?? 0n;
}
