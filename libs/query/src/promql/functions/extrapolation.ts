/** Between which samples a series grew in a range. */
export interface GrowthShape {
  readonly firstMs: number;
  readonly lastMs: number;
  /** The mean distance between samples. */
  readonly distanceMs: number;
  /** How long before the first sample the counter was zero, in parts of the sampled time; infinite where nobody can say. */
  readonly zeroShare: number;
}

/** What the zero share of a series is that is no counter. */
export const unknownShare = Number.POSITIVE_INFINITY;

/** How long before its first sample a counter was zero, had it grown as evenly there as behind it. */
export function zeroShareOf(first: number, grown: number, isBeginning: boolean): number {
  if (isBeginning) return 0;
  return grown > 0 && first >= 0 ? first / grown : unknownShare;
}

/** How far beyond a sample at the edge of the sampled time a series is taken to go on, where the range goes on for so long. Seconds. */
export function reachOf(gapMs: number, distanceMs: number): number {
  const gap = gapMs / 1000;
  const distance = distanceMs / 1000;
  return gap >= distance * 1.1 ? distance / 2 : gap;
}

/**
 * By what the growth between the samples is multiplied. Where samples come up to 1.1 times their distance to an end of the range
 * the series is taken to go on to that end, else for half their distance; before it was zero no counter was.
 */
export function extrapolation(
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
  { firstMs, lastMs, distanceMs, zeroShare }: GrowthShape,
  isRate: boolean,
): number {
  const sampled = (lastMs - firstMs) / 1000;
  const toStart = Math.min(reachOf(firstMs - startMs, distanceMs), sampled * zeroShare);
  const toEnd = reachOf(endMs - lastMs, distanceMs);
  const factor = (sampled + toStart + toEnd) / sampled;
  return isRate ? factor / ((endMs - startMs) / 1000) : factor;
}
