import { addTo, type KahanSum } from "../kahan.ts";
import { add, aligned, divide, scale } from "./arithmetic.ts";
import { type Buckets, type Histogram, hasCustomBuckets } from "./histogram.ts";
import { haveSameBounds } from "./layout.ts";

/** Histograms that are added up, with what was rounded off beside them. */
export interface HistogramSum {
  readonly sum: Histogram;
  readonly compensation: Histogram | null;
}

/** The sum with one more; null where one is exponential and the other has custom bounds. */
export function addHistogram(
  { sum, compensation }: HistogramSum,
  next: Histogram,
): { readonly total: HistogramSum; readonly reconciled: boolean } | null {
  const combined = add(sum, next);
  if (combined === null) return null;
  const [left, right] = aligned(sum, next);
  const [, rest] = aligned(left, compensation ?? empty(left));
  const numbers = (name: "count" | "sum" | "zeroCount") => rounded(left[name], right[name], rest[name]);
  const reconciled = hasCustomBuckets(sum) && !haveSameBounds(sum, next);
  const { histogram } = combined;
  const lost: Histogram = {
    ...histogram,
    count: numbers("count"),
    sum: numbers("sum"),
    zeroCount: numbers("zeroCount"),
    positive: lostOf(histogram.positive, [left.positive, right.positive, rest.positive]),
    negative: lostOf(histogram.negative, [left.negative, right.negative, rest.negative]),
  };
  return { total: { sum: histogram, compensation: lost }, reconciled };
}

function empty(like: Histogram): Histogram {
  return scale(like, 0);
}

function rounded(sum: number, next: number, compensation: number): number {
  const kahan: KahanSum = { sum, compensation };
  addTo(kahan, next);
  return kahan.compensation;
}

function lostOf({ indexes }: Buckets, parts: readonly [Buckets, Buckets, Buckets]): Buckets {
  const [sum, next, compensation] = parts.map(({ indexes: at, counts }) => {
    const byIndex = new Map(at.map((index, i) => [index, counts[i] ?? 0]));
    return (index: number) => byIndex.get(index) ?? 0;
  });
  const counts = indexes.map((index) => rounded(sum?.(index) ?? 0, next?.(index) ?? 0, compensation?.(index) ?? 0));
  return { indexes, counts };
}

export function totalHistogram({ sum, compensation }: HistogramSum): Histogram {
  return compensation === null ? sum : (add(sum, compensation)?.histogram ?? sum);
}

export function divideSum({ sum, compensation }: HistogramSum, count: number): HistogramSum {
  return { sum: divide(sum, count), compensation: compensation === null ? null : divide(compensation, count) };
}

/** Whether any of its numbers is beyond what a float can be. */
export function hasOverflown({ count, sum, zeroCount, positive, negative }: Histogram): boolean {
  const isInfinite = (value: number) => value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY;
  return [count, sum, zeroCount, ...positive.counts, ...negative.counts].some(isInfinite);
}

/** The mean of histograms: their sum divided by their number, or corrected by each one once that sum is too large. */
export interface HistogramMean {
  readonly total: HistogramSum;
  readonly count: number;
  readonly isIncremental: boolean;
}

export function addToMean(
  mean: HistogramMean,
  next: Histogram,
): { readonly mean: HistogramMean; readonly reconciled: boolean } | null {
  const count = mean.count + 1;
  let { total } = mean;
  if (!mean.isIncremental) {
    const added = addHistogram(total, next);
    if (added === null) return null;
    if (!hasOverflown(added.total.sum)) {
      return { mean: { total: added.total, count, isIncremental: false }, reconciled: added.reconciled };
    }
    total = divideSum(total, count - 1);
  }
  const share = (count - 1) / count;
  const scaled = {
    sum: scale(total.sum, share),
    compensation: total.compensation === null ? null : scale(total.compensation, share),
  };
  const added = addHistogram(scaled, divide(next, count));
  return added === null
    ? null
    : { mean: { total: added.total, count, isIncremental: true }, reconciled: added.reconciled };
}

export function meanHistogram({ total, count, isIncremental }: HistogramMean): Histogram {
  return totalHistogram(isIncremental ? total : divideSum(total, count));
}
