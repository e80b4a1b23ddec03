import { type Buckets, type Histogram, hasCustomBuckets, noBuckets, type ResetHint } from "./histogram.ts";
import { commonBounds, haveSameBounds, toBounds, toSchema, withSameThreshold } from "./layout.ts";

/** The outcome of an addition or a subtraction; null instead of it where one is exponential and the other has custom bounds. */
export interface Combined {
  readonly histogram: Histogram;
  /** Whether one is known to be a reset and the other known not to be. */
  readonly collision: boolean;
  /** Whether their custom bounds differed, so that only common ones were kept. */
  readonly reconciled: boolean;
}

/** The histogram of so many times the observations. One that goes below zero is a gauge. */
export function scale(histogram: Histogram, factor: number): Histogram {
  const scaled = mapCounts(histogram, (count) => count * factor);
  return factor < 0 ? { ...scaled, hint: "gauge" } : scaled;
}

/** As `scale` with the inverse; what is divided by zero has no buckets any more. */
export function divide(histogram: Histogram, divisor: number): Histogram {
  const counts = mapCounts(histogram, (count) => count / divisor);
  const divided: Histogram = divisor < 0 ? { ...counts, hint: "gauge" } : counts;
  return divisor === 0 ? { ...divided, positive: noBuckets, negative: noBuckets } : divided;
}

function mapCounts(histogram: Histogram, map: (count: number) => number): Histogram {
  const { positive, negative } = histogram;
  return {
    ...histogram,
    count: map(histogram.count),
    sum: map(histogram.sum),
    zeroCount: map(histogram.zeroCount),
    positive: { indexes: positive.indexes, counts: positive.counts.map(map) },
    negative: { indexes: negative.indexes, counts: negative.counts.map(map) },
  };
}

export function add(a: Histogram, b: Histogram): Combined | null {
  return combine(a, b, (left, right) => left + right);
}

export function subtract(a: Histogram, b: Histogram): Combined | null {
  return combine(a, b, (left, right) => left - right);
}

/** Both histograms in one layout: the coarser schema, the larger zero threshold, the bounds that both have. */
export function aligned(a: Histogram, b: Histogram): readonly [Histogram, Histogram] {
  if (hasCustomBuckets(a)) {
    if (haveSameBounds(a, b)) return [a, b];
    const bounds = commonBounds(a.bounds ?? [], b.bounds ?? []);
    return [toBounds(a, bounds), toBounds(b, bounds)];
  }
  const [left, right] = withSameThreshold(a, b);
  const schema = Math.min(left.schema, right.schema);
  return [toSchema(left, schema), toSchema(right, schema)];
}

function combine(a: Histogram, b: Histogram, operate: (left: number, right: number) => number): Combined | null {
  if (hasCustomBuckets(a) !== hasCustomBuckets(b)) return null;
  const reconciled = hasCustomBuckets(a) && !haveSameBounds(a, b);
  const [left, right] = aligned(a, b);
  const histogram = {
    ...left,
    hint: hintOf(a.hint, b.hint),
    count: operate(left.count, right.count),
    sum: operate(left.sum, right.sum),
    zeroCount: operate(left.zeroCount, right.zeroCount),
    positive: mergeBuckets(left.positive, right.positive, operate),
    negative: mergeBuckets(left.negative, right.negative, operate),
  };
  return { histogram, collision: doCollide(a.hint, b.hint), reconciled };
}

function doCollide(a: ResetHint, b: ResetHint): boolean {
  return (a === "reset" && b === "not_reset") || (a === "not_reset" && b === "reset");
}

function hintOf(a: ResetHint, b: ResetHint): ResetHint {
  if (a === b) return a;
  return a === "gauge" || b === "gauge" ? "gauge" : "unknown";
}

/** The buckets of both by their indexes; where one has none it counts 0. */
export function mergeBuckets(a: Buckets, b: Buckets, operate: (left: number, right: number) => number): Buckets {
  if (a.indexes === b.indexes) {
    return { indexes: a.indexes, counts: a.counts.map((count, i) => operate(count, b.counts[i] ?? 0)) };
  }
  const indexes: number[] = [];
  const counts: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.indexes.length || j < b.indexes.length) {
    const left = a.indexes[i] ?? Number.POSITIVE_INFINITY;
    const right = b.indexes[j] ?? Number.POSITIVE_INFINITY;
    indexes.push(Math.min(left, right));
    counts.push(operate(left <= right ? (a.counts[i++] ?? 0) : 0, right <= left ? (b.counts[j++] ?? 0) : 0));
  }
  return { indexes, counts };
}
