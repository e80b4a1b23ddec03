/** The exponent of the smallest power of two that is not below a positive number. */
export function log2Bucket(value: number): number {
  // Not -0.
  const exponent = Math.ceil(Math.log2(value)) + 0;
  // Logarithms of large numbers are rounded.
  if (2 ** exponent < value) return exponent + 1;
  return 2 ** (exponent - 1) >= value ? exponent - 1 : exponent;
}

/** How many values lie in the bucket that ends at 2^exponent. */
export interface Log2Count {
  readonly exponent: number;
  readonly count: number;
}

/**
 * A quantile of values that are counted in buckets of powers of two, from the lowest; within a bucket values are taken to grow
 * exponentially. 0 when there is none.
 */
export function log2Quantile(quantile: number, buckets: readonly Log2Count[]): number {
  const total = buckets.reduce((sum, { count }) => sum + count, 0);
  // Rounded up, which is better for few values, and at least one.
  const wanted = Math.max(1, Math.ceil(quantile * total));
  let below = 0;
  let previous: number | undefined;
  for (const { exponent, count } of buckets) {
    if (count === 0) continue;
    if (below + count === wanted) return 2 ** exponent;
    if (below + count > wanted) {
      const low = previous ?? exponent - 1;
      return 2 ** (low + ((exponent - low) * (wanted - below)) / count);
    }
    below += count;
    previous = exponent;
  }
  return previous === undefined ? 0 : 2 ** previous;
}
