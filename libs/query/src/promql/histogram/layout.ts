import { type Buckets, boundOf, type Histogram, hasCustomBuckets } from "./histogram.ts";

/** The histogram without its empty buckets. */
export function compact(histogram: Histogram): Histogram {
  const positive = withoutEmpty(histogram.positive);
  const negative = withoutEmpty(histogram.negative);
  const isSame = positive === histogram.positive && negative === histogram.negative;
  return isSame ? histogram : { ...histogram, positive, negative };
}

function withoutEmpty(buckets: Buckets): Buckets {
  if (!buckets.counts.includes(0)) return buckets;
  const kept = buckets.indexes.map((_, i) => i).filter((i) => buckets.counts[i] !== 0);
  return { indexes: kept.map((i) => buckets.indexes[i] ?? 0), counts: kept.map((i) => buckets.counts[i] ?? 0) };
}

/** Buckets with each index replaced; those that come to the same one are added up. The order of indexes has to stay. */
export function reindex(buckets: Buckets, to: (index: number) => number): Buckets {
  const indexes: number[] = [];
  const counts: number[] = [];
  for (let i = 0; i < buckets.indexes.length; i++) {
    const index = to(buckets.indexes[i] ?? 0);
    const count = buckets.counts[i] ?? 0;
    const last = indexes.length - 1;
    if (indexes[last] === index) counts[last] = (counts[last] ?? 0) + count;
    else {
      indexes.push(index);
      counts.push(count);
    }
  }
  return { indexes, counts };
}

/** The histogram at a lower resolution: 2^(difference) buckets become one. */
export function toSchema(histogram: Histogram, schema: number): Histogram {
  if (schema === histogram.schema) return histogram;
  const factor = 2 ** (histogram.schema - schema);
  const to = (index: number) => Math.ceil(index / factor);
  return {
    ...histogram,
    schema,
    positive: reindex(histogram.positive, to),
    negative: reindex(histogram.negative, to),
  };
}

/** The custom bounds that both have; the buckets of either can be put together to them. */
export function commonBounds(a: readonly number[], b: readonly number[]): readonly number[] {
  const others = new Set(b);
  return a.filter((bound) => others.has(bound));
}

/** The histogram with some of its custom bounds only. */
export function toBounds(histogram: Histogram, bounds: readonly number[]): Histogram {
  const to = (index: number) => {
    const upper = boundOf(histogram, index);
    const at = bounds.findIndex((bound) => bound >= upper);
    return at < 0 ? bounds.length : at;
  };
  return { ...histogram, bounds, positive: reindex(histogram.positive, to) };
}

export function haveSameBounds(a: Histogram, b: Histogram): boolean {
  if (a.bounds === b.bounds) return true;
  const { bounds } = b;
  if (a.bounds === null || bounds === null || a.bounds.length !== bounds.length) return false;
  return a.bounds.every((bound, i) => Object.is(bound, bounds[i]));
}

/** What the zero count is with a larger zero threshold, which moves on to the end of a bucket that it would cut. */
export function zeroCountFor(histogram: Histogram, threshold: number): { count: number; threshold: number } {
  if (threshold === histogram.zeroThreshold) return { count: histogram.zeroCount, threshold };
  let reached = threshold;
  for (;;) {
    let count = histogram.zeroCount;
    let next = reached;
    for (const { indexes, counts } of [histogram.positive, histogram.negative]) {
      for (let i = 0; i < indexes.length; i++) {
        if (boundOf(histogram, (indexes[i] ?? 0) - 1) >= next) break;
        count += counts[i] ?? 0;
        const upper = boundOf(histogram, indexes[i] ?? 0);
        if (upper <= next) continue;
        if (counts[i] !== 0) next = upper;
        break;
      }
    }
    if (next === reached) return { count, threshold: reached };
    reached = next;
  }
}

/** The histogram with a larger zero threshold, which has to be at the bound of a bucket. */
export function toThreshold(histogram: Histogram, threshold: number): Histogram {
  if (threshold === histogram.zeroThreshold || hasCustomBuckets(histogram)) return histogram;
  const reached = zeroCountFor(histogram, threshold);
  const outside = ({ indexes, counts }: Buckets): Buckets => {
    const first = indexes.findIndex((index) => boundOf(histogram, index - 1) >= reached.threshold);
    return first < 0 ? { indexes: [], counts: [] } : { indexes: indexes.slice(first), counts: counts.slice(first) };
  };
  return {
    ...histogram,
    zeroThreshold: reached.threshold,
    zeroCount: reached.count,
    positive: outside(histogram.positive),
    negative: outside(histogram.negative),
  };
}

/** Both with one zero threshold: the least that cuts no bucket of either. */
export function withSameThreshold(a: Histogram, b: Histogram): readonly [Histogram, Histogram] {
  let left = a;
  let right = b;
  while (left.zeroThreshold !== right.zeroThreshold) {
    if (left.zeroThreshold > right.zeroThreshold) right = toThreshold(right, left.zeroThreshold);
    else left = toThreshold(left, right.zeroThreshold);
  }
  return [left, right];
}
