import { allBuckets, type Bucket, type Histogram, hasCustomBuckets } from "./histogram.ts";

/** What was found of a histogram, and whether observations that are no number spoilt it. */
export interface Finding {
  readonly value: number;
  readonly nans: "none" | "skewed" | "result";
}

const found = (value: number): Finding => ({ value, nans: "none" });

/**
 * The value below which a share of the observations lies. Inside a bucket they are taken to be spread evenly, on a logarithmic
 * scale where the buckets are exponential.
 */
export function histogramQuantile(quantile: number, histogram: Histogram): Finding {
  if (quantile < 0) return found(Number.NEGATIVE_INFINITY);
  if (quantile > 1) return found(Number.POSITIVE_INFINITY);
  if (histogram.count === 0 || Number.isNaN(quantile)) return found(Number.NaN);
  const upwards = Number.isNaN(histogram.sum) || quantile < 0.5;
  const buckets = allBuckets(histogram);
  if (!upwards) buckets.reverse();
  const rank = (upwards ? quantile : 1 - quantile) * histogram.count;
  const reached = bucketOfRank(buckets, rank);
  const edge = edgeOf(histogram, reached.bucket);
  if (typeof edge === "number") return found(edge);
  const count = Math.min(reached.count, histogram.count);
  if (count < rank) {
    return Number.isNaN(histogram.sum) ? { value: Number.NaN, nans: "result" } : found(edge.upper);
  }
  const inside = upwards ? rank - (count - edge.count) : count - rank;
  const value = interpolate(histogram, edge, inside / edge.count);
  const total = buckets.reduce((sum, bucket) => sum + bucket.count, 0);
  return { value, nans: Number.isNaN(histogram.sum) && total < histogram.count ? "skewed" : "none" };
}

function bucketOfRank(buckets: readonly Bucket[], rank: number): { bucket: Bucket; count: number } {
  let count = 0;
  let bucket: Bucket = { lower: 0, upper: 0, lowerInclusive: false, upperInclusive: false, count: 0 };
  for (const next of buckets) {
    bucket = next;
    count += next.count;
    if (next.count !== 0 && count >= rank) break;
  }
  return { bucket, count };
}

/** The bucket with natural bounds in place of those that nobody meant, or the value that an endless one stands for. */
function edgeOf(histogram: Histogram, bucket: Bucket): Bucket | number {
  if (hasCustomBuckets(histogram)) {
    if (bucket.lower === Number.NEGATIVE_INFINITY) {
      return bucket.upper <= 0 ? bucket.upper : { ...bucket, lower: 0 };
    }
    return bucket.upper === Number.POSITIVE_INFINITY ? bucket.lower : bucket;
  }
  return bucket.lower < 0 && bucket.upper > 0 ? oneSided(histogram, bucket) : bucket;
}

/** The zero bucket of a histogram that has only positive (or only negative) buckets beside it ends at zero. */
function oneSided({ positive, negative }: Histogram, bucket: Bucket): Bucket {
  if (negative.indexes.length === 0 && positive.indexes.length > 0) return { ...bucket, lower: 0 };
  if (positive.indexes.length === 0 && negative.indexes.length > 0) return { ...bucket, upper: 0 };
  return bucket;
}

function interpolate(histogram: Histogram, { lower, upper }: Bucket, share: number): number {
  if (hasCustomBuckets(histogram) || (lower <= 0 && upper >= 0)) return lower + (upper - lower) * share;
  const logLower = Math.log2(Math.abs(lower));
  const logUpper = Math.log2(Math.abs(upper));
  if (lower > 0) return 2 ** (logLower + (logUpper - logLower) * share);
  return -(2 ** (logUpper + (logLower - logUpper) * (1 - share)));
}

/** The share of observations between two values. */
export function histogramFraction(lower: number, upper: number, histogram: Histogram): Finding {
  if (histogram.count === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return found(Number.NaN);
  if (lower >= upper) return found(0);
  const buckets = allBuckets(histogram);
  const total = buckets.reduce((sum, bucket) => sum + bucket.count, 0);
  const hasNans = Number.isNaN(histogram.sum);
  const count = hasNans ? total : histogram.count;
  const rankOf = (value: number) => Math.min(rankBelow(histogram, buckets, value) ?? count, count);
  const value = (rankOf(upper) - rankOf(lower)) / histogram.count;
  return { value, nans: hasNans && total < histogram.count ? "skewed" : "none" };
}

/** How many observations lie below a value; null when it is above all buckets. */
function rankBelow(histogram: Histogram, buckets: readonly Bucket[], value: number): number | null {
  let rank = 0;
  for (const next of buckets) {
    const isZero = next.lower <= 0 && next.upper >= 0;
    const bucket = hasCustomBuckets(histogram) ? fromZero(next) : isZero ? oneSided(histogram, next) : next;
    if (bucket.lower >= value) return rank;
    if (bucket.upper > value) {
      const share = isZero || hasCustomBuckets(histogram) ? linearShare(bucket, value) : logShare(bucket, value);
      return rank + bucket.count * share;
    }
    rank += bucket.count;
  }
  return null;
}

/** The lowest custom bucket begins at zero where its upper bound is above that. */
function fromZero(bucket: Bucket): Bucket {
  return bucket.lower === Number.NEGATIVE_INFINITY && bucket.upper > 0 ? { ...bucket, lower: 0 } : bucket;
}

/** How far a value is into a bucket; of one that goes down endlessly all is below it. */
function linearShare({ lower, upper }: Bucket, value: number): number {
  if (lower === Number.NEGATIVE_INFINITY) return 1;
  return (value - lower) / (upper - lower);
}

/** How far a value is into an exponential bucket, on a logarithmic scale. */
export function logShare({ lower, upper }: Pick<Bucket, "lower" | "upper">, value: number): number {
  const logLower = Math.log2(Math.abs(lower));
  const logUpper = Math.log2(Math.abs(upper));
  const logValue = Math.log2(Math.abs(value));
  if (value > 0) return (logValue - logLower) / (logUpper - logLower);
  return 1 - (logValue - logUpper) / (logLower - logUpper);
}
