/** The buckets of a classic histogram, by their upper bounds; counts are those of all observations up to the bound. */
export interface ClassicBuckets {
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
}

/** Which buckets had to be raised because one below them counted more. */
export interface ForcedRange {
  readonly leastBound: number;
  readonly greatestBound: number;
  readonly greatestDifference: number;
}

/** Differences between buckets that are smaller than this share of them are taken for rounding. */
const tolerance = 1e-12;

/** Puts buckets in order and those of equal bounds together; null unless the last one is infinite. */
export function orderedBuckets(bounds: readonly number[], counts: readonly number[]): ClassicBuckets | null {
  if (bounds.at(-1) === Number.POSITIVE_INFINITY && isAscending(bounds)) return { bounds, counts };
  const order = bounds.map((_, i) => i).sort((a, b) => compare(bounds[a] ?? 0, bounds[b] ?? 0));
  const merged: { bounds: number[]; counts: number[] } = { bounds: [], counts: [] };
  for (const i of order) {
    const bound = bounds[i] ?? 0;
    const last = merged.bounds.length - 1;
    if (last >= 0 && merged.bounds[last] === bound) merged.counts[last] = (merged.counts[last] ?? 0) + (counts[i] ?? 0);
    else {
      merged.bounds.push(bound);
      merged.counts.push(counts[i] ?? 0);
    }
  }
  return merged.bounds.at(-1) === Number.POSITIVE_INFINITY ? merged : null;
}

function isAscending(bounds: readonly number[]): boolean {
  for (let i = 1; i < bounds.length; i++) if (!((bounds[i - 1] ?? 0) < (bounds[i] ?? 0))) return false;
  return true;
}

function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The buckets with counts that never go down. */
export function monotonic({ bounds, counts }: ClassicBuckets): { buckets: ClassicBuckets; forced: ForcedRange | null } {
  const raised = [...counts];
  let forced: ForcedRange | null = null;
  let previous = counts[0] ?? 0;
  for (let i = 1; i < raised.length; i++) {
    const count = raised[i] ?? 0;
    if (count === previous) continue;
    if (isAlmostEqual(previous, count)) raised[i] = previous;
    else if (count < previous) {
      forced = widened(forced, bounds[i] ?? 0, previous - count);
      raised[i] = previous;
    } else previous = count;
  }
  return { buckets: { bounds, counts: raised }, forced };
}

function widened(forced: ForcedRange | null, bound: number, difference: number): ForcedRange {
  return {
    leastBound: Math.min(forced?.leastBound ?? bound, bound),
    greatestBound: Math.max(forced?.greatestBound ?? bound, bound),
    greatestDifference: Math.max(forced?.greatestDifference ?? 0, difference),
  };
}

function isAlmostEqual(a: number, b: number): boolean {
  const difference = Math.abs(a - b);
  const total = Math.abs(a) + Math.abs(b);
  if (a === 0 || b === 0 || total < 2.2250738585072014e-308) return difference < tolerance * 2.2250738585072014e-308;
  return difference / Math.min(total, Number.MAX_VALUE) < tolerance;
}

/** The value below which a share of the observations lies, spread evenly within each bucket. */
export function classicQuantile(wanted: number, { bounds, counts }: ClassicBuckets): number {
  const last = bounds.length - 1;
  const observations = counts[last] ?? 0;
  if (bounds.length < 2 || observations === 0 || Number.isNaN(observations)) return Number.NaN;
  const rank = wanted * observations;
  let at = 0;
  while (at < last && !((counts[at] ?? 0) >= rank)) at++;
  const upper = bounds[at] ?? 0;
  if (at === last) return bounds[last - 1] ?? 0;
  if (at === 0 && upper <= 0) return upper;
  const lower = at === 0 ? 0 : (bounds[at - 1] ?? 0);
  const below = at === 0 ? 0 : (counts[at - 1] ?? 0);
  return lower + (upper - lower) * ((rank - below) / ((counts[at] ?? 0) - below));
}

/** The share of observations between two values. */
export function classicFraction(lower: number, upper: number, buckets: ClassicBuckets): number {
  const count = buckets.counts.at(-1) ?? 0;
  if (count === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return Number.NaN;
  if (lower >= upper) return 0;
  const rankOf = (value: number) => Math.min(rankBelow(buckets, value) ?? count, count);
  return (rankOf(upper) - rankOf(lower)) / count;
}

function rankBelow({ bounds, counts }: ClassicBuckets, value: number): number | null {
  let rank = 0;
  for (let i = 0; i < bounds.length; i++) {
    const upper = bounds[i] ?? 0;
    const lower = i === 0 ? naturalLower(upper) : (bounds[i - 1] ?? 0);
    if (lower >= value) return rank;
    if (upper > value) return inside({ lower, upper, value }, rank, counts[i] ?? 0);
    rank = counts[i] ?? 0;
  }
  return null;
}

/** The lowest bucket begins at zero where its upper bound is above that; else nobody knows where. */
export function naturalLower(upper: number): number {
  return upper > 0 ? 0 : Number.NEGATIVE_INFINITY;
}

/** The rank of a value in a bucket. Of one that goes down endlessly all is below. */
function inside(at: { lower: number; upper: number; value: number }, rank: number, count: number): number {
  if (at.lower === Number.NEGATIVE_INFINITY) return count;
  return rank + ((count - rank) * (at.value - at.lower)) / (at.upper - at.lower);
}
