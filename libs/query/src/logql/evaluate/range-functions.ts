/** The samples of a window in order, and the time of the point that looks back at them, all relative and in nanoseconds. */
export interface SampleWindow {
  readonly times: readonly number[];
  readonly values: readonly number[];
  readonly end: number;
}

/** The quantile of some values, interpolated between the two that it lies between. Values that are no numbers come first. */
export function quantile(q: number, values: readonly number[]): number {
  if (values.length === 0 || Number.isNaN(q)) return Number.NaN;
  if (q < 0) return -Infinity;
  if (q > 1) return Infinity;
  const sorted = [...values].sort((a, b) => (Number.isNaN(a) ? -1 : Number.isNaN(b) ? 1 : a - b));
  const rank = q * (sorted.length - 1);
  const lower = Math.max(0, Math.floor(rank));
  const upper = Math.min(sorted.length - 1, lower + 1);
  const weight = rank - Math.floor(rank);
  return (sorted[lower] ?? 0) * (1 - weight) + (sorted[upper] ?? 0) * weight;
}

/**
 * The rate per second at which a counter grew, resets added back, extrapolated to the ends of the window as Prometheus does it: to an end
 * that is near, else by half the usual distance of samples, and never to before the counter was zero.
 */
export function rateOfCounter({ times, values, end }: SampleWindow, rangeNs: number): number {
  const count = values.length;
  if (count < 2) return 0;
  const firstValue = values[0] ?? 0;
  let growth = (values[count - 1] ?? 0) - firstValue;
  for (let at = 1; at < count; at++) {
    const before = values[at - 1] ?? 0;
    if ((values[at] ?? 0) < before) growth += before;
  }
  const firstTime = times[0] ?? 0;
  const lastTime = times[count - 1] ?? 0;
  const sampled = lastTime - firstTime;
  const distance = sampled / (count - 1);
  const near = distance * 1.1;
  let toStart = firstTime - (end - rangeNs);
  if (toStart >= near) toStart = distance / 2;
  if (growth > 0 && firstValue >= 0) toStart = Math.min(toStart, sampled * (firstValue / growth));
  let toEnd = end - lastTime;
  if (toEnd >= near) toEnd = distance / 2;
  const factor = (sampled + toStart + toEnd) / sampled / (rangeNs / 1e9);
  return growth * factor;
}
