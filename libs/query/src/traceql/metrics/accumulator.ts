import type { Cells } from "./limits.ts";
import { type Log2Count, log2Bucket, log2Quantile } from "./log2.ts";

/** Spans of one series and interval that a database has aggregated already. */
export interface SpanGroup {
  readonly count: number;
  /** Of a field's numbers; durations in seconds. NaN where the function needs none. */
  readonly min: number;
  readonly max: number;
  readonly sum: number;
  /** The exponent of the power of two that all its numbers lie below, nanoseconds for durations. */
  readonly exponent?: number;
}

/** One series' numbers, interval by interval. */
export interface Accumulator {
  /** Takes a span; `value` is its number as it is kept, durations in nanoseconds, NaN where the function looks at none. */
  add(interval: number, value: number): void;
  addGroup(interval: number, group: SpanGroup): void;
  /** The series that come of it, each with the labels that it has beside those of its group. */
  results(): readonly AccumulatedSeries[];
}

export interface AccumulatedSeries {
  readonly label?: { readonly name: string; readonly value: number };
  readonly values: Float64Array;
}

export interface AccumulatorOptions {
  readonly intervals: number;
  readonly cells: Cells;
  /** What a count is multiplied by: 1 / seconds for a rate; more when only a sample of the spans is read. */
  readonly scale: number;
  /** What a field's number is divided by: durations are kept in nanoseconds and shown in seconds. */
  readonly unit: number;
}

/** rate() and count_over_time(): 0 where there is no span. */
export function createCount({ intervals, cells, scale }: AccumulatorOptions): Accumulator {
  cells.take(intervals);
  const counts = new Float64Array(intervals);
  return {
    add(interval) {
      counts[interval] = (counts[interval] ?? 0) + 1;
    },
    addGroup(interval, { count }) {
      counts[interval] = (counts[interval] ?? 0) + count;
    },
    results: () => [{ values: counts.map((count) => count * scale) }],
  };
}

/** min_over_time(), max_over_time() and sum_over_time(): nothing where there is no number. */
export function createFold(kind: "min" | "max" | "sum", options: AccumulatorOptions): Accumulator {
  const { intervals, cells, unit, scale } = options;
  cells.take(intervals);
  const values = new Float64Array(intervals).fill(Number.NaN);
  const fold = folds[kind];
  const take = (interval: number, value: number) => {
    const known = values[interval] ?? Number.NaN;
    if (!Number.isNaN(value)) values[interval] = Number.isNaN(known) ? value : fold(known, value);
  };
  return {
    add: (interval, value) => take(interval, value / unit),
    addGroup: (interval, group) => take(interval, group[kind]),
    results: () => [{ values: kind === "sum" && scale !== 1 ? values.map((value) => value * scale) : values }],
  };
}

const folds = {
  min: Math.min,
  max: Math.max,
  sum: (one: number, other: number) => one + other,
} as const;

/** avg_over_time(): nothing where there is no number. Means are moved, not sums divided, so that large numbers do not overflow. */
export function createAverage({ intervals, cells, unit }: AccumulatorOptions): Accumulator {
  cells.take(2 * intervals);
  const means = new Float64Array(intervals).fill(Number.NaN);
  const weights = new Float64Array(intervals);
  const take = (interval: number, mean: number, weight: number) => {
    if (Number.isNaN(mean) || weight <= 0) return;
    const total = (weights[interval] ?? 0) + weight;
    const known = means[interval] ?? Number.NaN;
    means[interval] = Number.isNaN(known) ? mean : known + (mean - known) * (weight / total);
    weights[interval] = total;
  };
  return {
    add: (interval, value) => take(interval, value / unit, 1),
    addGroup: (interval, { sum, count }) => take(interval, sum / count, count),
    results: () => [{ values: means }],
  };
}

/** Counts in buckets of powers of two. */
function createBuckets({ intervals, cells, unit }: AccumulatorOptions) {
  const counts = new Map<number, Float64Array>();
  const take = (interval: number, exponent: number, count: number) => {
    let bucket = counts.get(exponent);
    if (bucket === undefined) {
      cells.take(intervals);
      bucket = new Float64Array(intervals);
      counts.set(exponent, bucket);
    }
    bucket[interval] = (bucket[interval] ?? 0) + count;
  };
  return {
    add(interval: number, value: number) {
      // Below 2 ns a span took no time that anybody measured.
      if (value > 0 && (unit === 1 || value >= 2) && value !== Number.POSITIVE_INFINITY) {
        take(interval, log2Bucket(value), 1);
      }
    },
    addGroup(interval: number, { exponent, count }: SpanGroup) {
      if (exponent !== undefined) take(interval, exponent, count);
    },
    sorted: () => [...counts].sort(([one], [other]) => one - other),
  };
}

/** histogram_over_time(): one series for each bucket, named by its end. */
export function createHistogram(options: AccumulatorOptions): Accumulator {
  const { add, addGroup, sorted } = createBuckets(options);
  return {
    add,
    addGroup,
    results: () =>
      sorted().map(([exponent, counts]) => ({
        label: { name: "__bucket", value: 2 ** exponent / options.unit },
        values: options.scale === 1 ? counts : counts.map((count) => count * options.scale),
      })),
  };
}

/** quantile_over_time(): one series for each quantile; 0 where there is no number, as Tempo has it. */
export function createQuantiles(quantiles: readonly number[], options: AccumulatorOptions): Accumulator {
  const { add, addGroup, sorted } = createBuckets(options);
  return {
    add,
    addGroup,
    results() {
      const buckets = sorted();
      return quantiles.map((quantile) => {
        options.cells.take(options.intervals);
        const values = new Float64Array(options.intervals);
        for (let interval = 0; interval < options.intervals; interval++) {
          values[interval] = log2Quantile(quantile, countsAt(buckets, interval)) / options.unit;
        }
        return { label: { name: "p", value: quantile }, values };
      });
    },
  };
}

function countsAt(buckets: readonly (readonly [number, Float64Array])[], interval: number): Log2Count[] {
  return buckets.map(([exponent, counts]) => ({ exponent, count: counts[interval] ?? 0 }));
}
