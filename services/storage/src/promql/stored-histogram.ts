import { POINT_FLAGS } from "@sightline/otlp/point-flags";
import {
  type Buckets,
  createHistogram,
  customSchema,
  type Histogram,
  noBuckets,
  type ResetHint,
} from "@sightline/query/promql/histogram/histogram";

/** A row of `metrics_exponential_histograms`. */
export interface ExponentialRow {
  readonly flags: number;
  readonly count: number;
  readonly sum: number;
  readonly scale: number;
  readonly zeroCount: number;
  readonly zeroThreshold: number;
  readonly positiveOffset: number;
  readonly positiveCounts: Float64Array;
  readonly negativeOffset: number;
  readonly negativeCounts: Float64Array;
}

/** A row of `metrics_histograms`. */
export interface ExplicitRow {
  readonly flags: number;
  readonly count: number;
  readonly sum: number;
  readonly bounds: Float64Array;
  readonly counts: Float64Array;
}

/** The finest buckets that Prometheus knows. */
const MAX_SCHEMA = 8;

/** The histogram of a row; undefined where nothing was recorded. */
export function fromExponential(row: ExponentialRow): Histogram | undefined {
  if (nothingRecorded(row.flags)) return undefined;
  const coarser = Math.max(0, row.scale - MAX_SCHEMA);
  return createHistogram({
    schema: row.scale - coarser,
    count: row.count,
    sum: row.sum,
    zeroThreshold: row.zeroThreshold,
    zeroCount: row.zeroCount,
    positive: bucketsOf(row.positiveOffset, row.positiveCounts, coarser),
    negative: bucketsOf(row.negativeOffset, row.negativeCounts, coarser),
    hint: hintOf(row.flags),
  });
}

/** An explicit histogram as the native one with buckets of its own that it is. */
export function fromExplicit(row: ExplicitRow): Histogram | undefined {
  if (nothingRecorded(row.flags)) return undefined;
  return createHistogram({
    schema: customSchema,
    count: row.count,
    sum: row.sum,
    positive: bucketsOf(-1, row.counts, 0),
    bounds: Array.from(row.bounds),
    hint: hintOf(row.flags),
  });
}

export function nothingRecorded(flags: number): boolean {
  return (flags & POINT_FLAGS.noRecordedValue) !== 0;
}

/**
 * OTLP's bucket with an index begins where Prometheus' with the same one ends. Each `coarser` puts two buckets together.
 */
function bucketsOf(offset: number, counts: Float64Array, coarser: number): Buckets {
  if (counts.length === 0) return noBuckets;
  const indexes: number[] = [];
  const sums: number[] = [];
  for (const [at, count] of counts.entries()) {
    if (count === 0) continue;
    const index = Math.floor((offset + at) / 2 ** coarser) + 1;
    const last = indexes.length - 1;
    if (indexes[last] === index) sums[last] = (sums[last] ?? 0) + count;
    else {
      indexes.push(index);
      sums.push(count);
    }
  }
  return { indexes, counts: sums };
}

const HINT_BITS = POINT_FLAGS.gauge;

function hintOf(flags: number): ResetHint {
  switch (flags & HINT_BITS) {
    case POINT_FLAGS.gauge:
      return "gauge";
    case POINT_FLAGS.reset:
      return "reset";
    case POINT_FLAGS.noReset:
      return "not_reset";
    default:
      return "unknown";
  }
}
