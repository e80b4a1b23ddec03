import {
  type Bucket,
  type Buckets,
  type Histogram,
  hasCustomBuckets,
  negativeBuckets,
  positiveBuckets,
  zeroBucket,
} from "./histogram.ts";
import { compact } from "./layout.ts";
import { logShare } from "./quantile.ts";

/** Which observations are kept: those below a value, or those above it. */
export type Side = "below" | "above";

interface Cut {
  readonly limit: number;
  readonly side: Side;
  readonly isCustom: boolean;
  readonly isPositive: boolean;
}

interface Tally {
  kept: number;
  removedSum: number;
  hasPositive: boolean;
  hasNegative: boolean;
}

/**
 * The histogram of the observations below (or above) a value. A bucket that the value cuts is divided as quantiles are estimated, and
 * the sum loses what was cut off, each bucket's part at its middle.
 */
export function trim(histogram: Histogram, limit: number, side: Side): Histogram {
  const isCustom = hasCustomBuckets(histogram);
  const tally: Tally = { kept: 0, removedSum: 0, hasPositive: false, hasNegative: false };
  const cut = (buckets: Buckets, list: readonly Bucket[], isPositive: boolean): Buckets => ({
    indexes: buckets.indexes,
    counts: list.map((bucket) => keptOf(bucket, { limit, side, isCustom, isPositive }, tally)),
  });
  const positive = cut(histogram.positive, positiveBuckets(histogram), true);
  const negative = cut(histogram.negative, negativeBuckets(histogram), false);
  const zeroCount = keptOfZero(histogram, limit, side);
  const count = tally.kept + zeroCount;
  return compact({
    ...histogram,
    positive,
    negative,
    zeroCount,
    count,
    sum: count === 0 ? 0 : sumOf(histogram, tally),
  });
}

function sumOf(histogram: Histogram, { removedSum, hasPositive, hasNegative }: Tally): number {
  const sum = histogram.sum - removedSum;
  if ((!hasNegative && sum < 0) || (!hasPositive && sum > 0)) return 0;
  return sum;
}

function keptOfZero(histogram: Histogram, limit: number, side: Side): number {
  if (!(histogram.zeroCount > 0)) return histogram.zeroCount;
  const below = countBelow(zeroBucket(histogram), { limit, side, isCustom: true, isPositive: true });
  return side === "below" ? below : histogram.zeroCount - below;
}

function keptOf(bucket: Bucket, cut: Cut, tally: Tally): number {
  if (bucket.count === 0) return 0;
  noteSigns(bucket, cut, tally);
  const isWhole = cut.side === "below" ? bucket.upper <= cut.limit : bucket.lower >= cut.limit;
  const isCut = cut.side === "below" ? bucket.lower < cut.limit : bucket.upper > cut.limit;
  const { kept, middle } = isWhole ? { kept: bucket.count, middle: 0 } : partOf(bucket, cut);
  const count = isWhole || isCut ? kept : 0;
  const removedAt = !isCut && !cut.isCustom ? Math.sqrt(bucket.lower * bucket.upper) : middle;
  if (!isWhole) tally.removedSum += (bucket.count - count) * removedAt;
  tally.kept += count;
  return count;
}

function noteSigns(bucket: Bucket, cut: Cut, tally: Tally): void {
  if (!cut.isPositive || (cut.isCustom && bucket.lower < 0)) tally.hasNegative = true;
  if (cut.isCustom && bucket.upper <= 0) tally.hasNegative = true;
  else if (cut.isPositive) tally.hasPositive = true;
}

/** How much of a bucket is kept, and where the middle of what is not lies. */
function partOf(bucket: Bucket, cut: Cut): { kept: number; middle: number } {
  if (bucket.lower === Number.NEGATIVE_INFINITY) return partOfLowest(bucket, cut);
  if (bucket.upper === Number.POSITIVE_INFINITY) {
    const isKept = cut.side === "above" && cut.limit <= bucket.lower;
    return isKept ? { kept: bucket.count, middle: 0 } : { kept: 0, middle: bucket.lower };
  }
  const below = countBelow(bucket, cut);
  if (cut.side === "below") return { kept: below, middle: middleOf(bucket, cut, bucket.lower) };
  return { kept: bucket.count - below, middle: middleOf(bucket, cut, bucket.upper) };
}

/** Nobody knows how far down the lowest bucket goes: to zero, if that is in it, else it is dropped whole. */
function partOfLowest(bucket: Bucket, { limit, side }: Cut): { kept: number; middle: number } {
  if (side === "below" && limit >= bucket.upper) return { kept: bucket.count, middle: 0 };
  if (side === "above" && limit <= bucket.lower) return { kept: bucket.count, middle: 0 };
  if (limit >= 0 && bucket.upper > limit && Number.isFinite(bucket.upper)) {
    const below = (bucket.count * limit) / bucket.upper;
    if (side === "below") return { kept: below, middle: (limit + bucket.upper) / 2 };
    return { kept: bucket.count - below, middle: limit / 2 };
  }
  return { kept: 0, middle: bucket.upper };
}

function middleOf(bucket: Bucket, { limit, isCustom, isPositive }: Cut, other: number): number {
  if (isCustom) return (bucket.lower + bucket.upper) / 2;
  const middle = Math.sqrt(Math.abs(limit) * Math.abs(other));
  return isPositive ? middle : -middle;
}

function countBelow(bucket: Bucket, { limit, isCustom }: Cut): number {
  if (limit <= bucket.lower) return 0;
  if (limit >= bucket.upper) return bucket.count;
  const share = isCustom ? (limit - bucket.lower) / (bucket.upper - bucket.lower) : logShare(bucket, limit);
  return bucket.count * share;
}
