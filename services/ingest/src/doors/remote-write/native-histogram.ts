import { newRange, type Range, takeField } from "@sightline/otlp/range";
import { type Nanos, newNanos } from "@sightline/otlp/times";
import {
  FIXED64,
  LENGTH,
  next,
  readUint32,
  readVarint64,
  tagOf,
  VARINT,
  type Wire,
  zigzag32,
} from "@sightline/otlp/wire";
import {
  type BucketList,
  clearBuckets,
  newBuckets,
  problemOfBuckets,
  readDeltas,
  readDoubles,
  readSpan,
} from "./buckets.ts";
import { STALE_HIGH, STALE_LOW, timeProblem } from "./number-points.ts";
import { setNanosOfMs } from "./times.ts";

/** Of Histogram, v1 and v2 alike: tags. */
const COUNT_INT = tagOf(1, VARINT);
const COUNT_FLOAT = tagOf(2, FIXED64);
const SUM = tagOf(3, FIXED64);
const SCHEMA = tagOf(4, VARINT);
const ZERO_THRESHOLD = tagOf(5, FIXED64);
const ZERO_COUNT_INT = tagOf(6, VARINT);
const ZERO_COUNT_FLOAT = tagOf(7, FIXED64);
const NEGATIVE_SPANS = tagOf(8, LENGTH);
const NEGATIVE_DELTAS = 9;
const NEGATIVE_COUNTS = 10;
const POSITIVE_SPANS = tagOf(11, LENGTH);
const POSITIVE_DELTAS = 12;
const POSITIVE_COUNTS = 13;
const RESET_HINT = tagOf(14, VARINT);
const TIMESTAMP = tagOf(15, VARINT);
const CUSTOM_VALUES = 16;
const START_TIMESTAMP = tagOf(17, VARINT);

/** The schema of custom buckets. */
const CUSTOM_SCHEMA = -53;
/** Schemas that are scales of OTLP; Prometheus itself has -4 to 8. */
const MIN_SCHEMA = -10;
const MAX_SCHEMA = 20;
const GAUGE_HINT = 3;

/** A native histogram as it was read. Set again and again. */
export interface NativeHistogram {
  /** Whether its counts are doubles rather than integers. */
  isFloat: boolean;
  count: number;
  zeroCount: number;
  /** Where its doubles are on the wire; -1: it is 0. */
  sumAt: number;
  zeroThresholdAt: number;
  schema: number;
  readonly negative: BucketList;
  readonly positive: BucketList;
  readonly customValues: Range;
  /** ResetHint: 1 yes, 2 no, 3 gauge. */
  resetHint: number;
  readonly start: Nanos;
  readonly time: Nanos;
}

export function newNativeHistogram(): NativeHistogram {
  return {
    isFloat: false,
    count: 0,
    zeroCount: 0,
    sumAt: -1,
    zeroThresholdAt: -1,
    schema: 0,
    negative: newBuckets(),
    positive: newBuckets(),
    customValues: newRange(),
    resetHint: 0,
    start: newNanos(),
    time: newNanos(),
  };
}

function clear(histogram: NativeHistogram): void {
  histogram.isFloat = false;
  histogram.count = 0;
  histogram.zeroCount = 0;
  histogram.sumAt = -1;
  histogram.zeroThresholdAt = -1;
  histogram.schema = 0;
  histogram.resetHint = 0;
  histogram.customValues.start = 0;
  histogram.customValues.end = 0;
  histogram.start.low = 0;
  histogram.start.high = 0;
  clearBuckets(histogram.negative);
  clearBuckets(histogram.positive);
}

/** Whether its buckets have bounds of their own rather than those of a schema. */
export function isCustom({ schema }: NativeHistogram): boolean {
  return schema === CUSTOM_SCHEMA;
}

export function isGauge({ resetHint }: NativeHistogram): boolean {
  return resetHint === GAUGE_HINT;
}

/** Whether it stands for the end of its series. */
export function isStale({ sumAt }: NativeHistogram, { view }: Wire): boolean {
  return sumAt !== -1 && view.getInt32(sumAt, true) === STALE_LOW && view.getInt32(sumAt + 4, true) === STALE_HIGH;
}

/**
 * Reads the Histogram from the wire's position to `end`, of a series that counts since `start`. Answers what is wrong
 * with it (prometheus model/histogram, Validate); undefined when nothing is.
 */
export function readNativeHistogram(
  histogram: NativeHistogram,
  wire: Wire,
  end: number,
  start: Nanos,
): string | undefined {
  clear(histogram);
  histogram.start.low = start.low;
  histogram.start.high = start.high;
  let timestampAt = -1;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    if (tag === TIMESTAMP) timestampAt = wire.start;
    else readField(histogram, wire, tag);
  }
  if (timestampAt !== -1) readVarint64(wire, timestampAt);
  if (timestampAt === -1 || !setNanosOfMs(histogram.time, wire.low, wire.high)) return timeProblem(wire, timestampAt);
  return problemOf(histogram, wire);
}

function readField(histogram: NativeHistogram, wire: Wire, tag: number): void {
  const { negative, positive } = histogram;
  switch (tag) {
    case COUNT_INT:
      histogram.count = readUint64(wire);
      histogram.isFloat = false;
      break;
    case COUNT_FLOAT:
      histogram.count = wire.view.getFloat64(wire.start, true);
      histogram.isFloat = true;
      break;
    case SUM:
      histogram.sumAt = wire.start;
      break;
    case SCHEMA:
      histogram.schema = zigzag32(readUint32(wire));
      break;
    case ZERO_THRESHOLD:
      histogram.zeroThresholdAt = wire.start;
      break;
    case ZERO_COUNT_INT:
      histogram.zeroCount = readUint64(wire);
      break;
    case ZERO_COUNT_FLOAT:
      histogram.zeroCount = wire.view.getFloat64(wire.start, true);
      break;
    case NEGATIVE_SPANS:
      readSpan(negative, wire);
      break;
    case POSITIVE_SPANS:
      readSpan(positive, wire);
      break;
    case RESET_HINT:
      histogram.resetHint = readUint32(wire);
      break;
    case START_TIMESTAMP:
      readVarint64(wire, wire.start);
      setNanosOfMs(histogram.start, wire.low, wire.high);
      break;
    default:
      readNumbers(histogram, wire, tag);
  }
}

/** Reads the lists of numbers, which may be packed or come each in a field of its own. */
function readNumbers({ negative, positive, customValues }: NativeHistogram, wire: Wire, tag: number): void {
  const isPacked = (tag & 7) === LENGTH;
  switch (tag >>> 3) {
    case NEGATIVE_DELTAS:
      if (isPacked || (tag & 7) === VARINT) readDeltas(negative, wire);
      break;
    case POSITIVE_DELTAS:
      if (isPacked || (tag & 7) === VARINT) readDeltas(positive, wire);
      break;
    case NEGATIVE_COUNTS:
      if (isPacked || (tag & 7) === FIXED64) readDoubles(negative, wire);
      break;
    case POSITIVE_COUNTS:
      if (isPacked || (tag & 7) === FIXED64) readDoubles(positive, wire);
      break;
    case CUSTOM_VALUES:
      if (isPacked) takeField(customValues, wire);
  }
}

/** The current field's varint; above 2^53 rounded. */
function readUint64(wire: Wire): number {
  readVarint64(wire, wire.start);
  return (wire.high >>> 0) * 4_294_967_296 + (wire.low >>> 0);
}

function problemOf(histogram: NativeHistogram, wire: Wire): string | undefined {
  const { schema, negative, positive, count, zeroCount } = histogram;
  if (!isCustom(histogram) && (schema < MIN_SCHEMA || schema > MAX_SCHEMA)) {
    return `got a histogram of schema ${schema}, want ${CUSTOM_SCHEMA} or ${MIN_SCHEMA} to ${MAX_SCHEMA}`;
  }
  const problem = problemOfBuckets(negative) ?? problemOfBuckets(positive);
  if (problem !== undefined) return problem;
  if (count < 0 || zeroCount < 0) return "got a histogram with a negative count, want counts of 0 or more";
  return countProblem(histogram, wire) ?? (isCustom(histogram) ? customProblem(histogram, wire) : undefined);
}

/** Doubles are not added up: they need not come out even. */
function countProblem({ isFloat, sumAt, negative, positive, count, zeroCount }: NativeHistogram, wire: Wire) {
  if (isFloat) return undefined;
  const sum = sumAt === -1 ? 0 : wire.view.getFloat64(sumAt, true);
  const inBuckets = negative.total + positive.total + zeroCount;
  if (Number.isNaN(sum) ? inBuckets <= count : inBuckets === count) return undefined;
  return `got a histogram with ${inBuckets} observations in its buckets and a count of ${count}, want the same`;
}

function customProblem({ negative, positive, zeroCount, customValues }: NativeHistogram, { view }: Wire) {
  const bounds = (customValues.end - customValues.start) / 8;
  if (!Number.isInteger(bounds)) return "got a histogram with broken custom_values, want doubles";
  if (negative.length > 0 || zeroCount !== 0) return "got a histogram of custom buckets with negative or zero buckets";
  if (positive.width > 0 && (positive.offset < 0 || positive.offset + positive.width > bounds + 1)) {
    return `got a histogram with ${bounds} custom_values and buckets beyond them`;
  }
  let previous = Number.NEGATIVE_INFINITY;
  for (let at = customValues.start; at < customValues.end; at += 8) {
    const bound = view.getFloat64(at, true);
    if (!(bound > previous) || bound === Number.POSITIVE_INFINITY) {
      return "got a histogram whose custom_values do not ascend, want finite ones, each above the one before";
    }
    previous = bound;
  }
  return undefined;
}
