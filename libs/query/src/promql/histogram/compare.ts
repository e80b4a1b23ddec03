import { aligned, mergeBuckets } from "./arithmetic.ts";
import { type Buckets, type Histogram, hasCustomBuckets } from "./histogram.ts";
import { commonBounds, haveSameBounds, toBounds, toSchema, toThreshold, zeroCountFor } from "./layout.ts";

/** Whether two histograms say the same; an empty bucket is as good as none, NaN is itself. */
export function areEqual(a: Histogram, b: Histogram): boolean {
  return (
    a.schema === b.schema &&
    isSame(a.count, b.count) &&
    isSame(a.sum, b.sum) &&
    haveSameBounds(a, b) &&
    (hasCustomBuckets(a) || (a.zeroThreshold === b.zeroThreshold && isSame(a.zeroCount, b.zeroCount))) &&
    haveSameCounts(a.positive, b.positive) &&
    haveSameCounts(a.negative, b.negative)
  );
}

function isSame(a: number, b: number): boolean {
  return a === b || (Number.isNaN(a) && Number.isNaN(b));
}

function haveSameCounts(a: Buckets, b: Buckets): boolean {
  return mergeBuckets(a, b, (left, right) => (isSame(left, right) ? 0 : 1)).counts.every((differ) => differ === 0);
}

/**
 * Whether a counter began anew between two of its histograms: the later one says so, or something went down, or became finer,
 * which only a new counter does.
 */
export function isReset(current: Histogram, previous: Histogram): boolean {
  if (current.hint === "reset") return true;
  if (current.hint === "not_reset") return false;
  if (current.count < previous.count) return true;
  if (hasCustomBuckets(current) !== hasCustomBuckets(previous)) return true;
  if (hasCustomBuckets(current)) return isCustomReset(current, previous);
  if (current.schema > previous.schema || current.zeroThreshold < previous.zeroThreshold) return true;
  if (zeroCountFor(previous, current.zeroThreshold).threshold !== current.zeroThreshold) return true;
  const before = toSchema(toThreshold(previous, current.zeroThreshold), current.schema);
  if (current.zeroCount < before.zeroCount) return true;
  return hasShrunk(current.positive, before.positive) || hasShrunk(current.negative, before.negative);
}

function isCustomReset(current: Histogram, previous: Histogram): boolean {
  if (haveSameBounds(current, previous)) return hasShrunk(current.positive, previous.positive);
  const bounds = commonBounds(current.bounds ?? [], previous.bounds ?? []);
  return hasShrunk(toBounds(current, bounds).positive, toBounds(previous, bounds).positive);
}

function hasShrunk(current: Buckets, previous: Buckets): boolean {
  return mergeBuckets(current, previous, (now, before) => (now < before ? 1 : 0)).counts.includes(1);
}

/** Whether all numbers of two histograms are about equal, by a tolerance that the caller decides. */
export function areAlike(a: Histogram, b: Histogram, alike: (a: number, b: number) => boolean): boolean {
  if (a.schema !== b.schema || !haveSameBounds(a, b)) return false;
  const [left, right] = aligned(a, b);
  const counts = (x: Buckets, y: Buckets) =>
    mergeBuckets(x, y, (p, q) => (alike(p, q) ? 0 : 1)).counts.every((differ) => differ === 0);
  return (
    a.zeroThreshold === b.zeroThreshold &&
    alike(a.count, b.count) &&
    alike(a.sum, b.sum) &&
    alike(a.zeroCount, b.zeroCount) &&
    counts(left.positive, right.positive) &&
    counts(left.negative, right.negative)
  );
}
