import type { Samples } from "./extended-rate.ts";

/**
 * Whether the counter of sample `at` began after the sample before it, and is not the same one as before, even where that cannot be.
 * A start at the very time of that one means deltas, unless nobody knew where the one before began: then it is a counter that is told
 * of as unknown at first.
 */
export function isStartReset(times: Float64Array, startTimes: Float64Array, at: number): boolean {
  const started = startTimes[at] ?? 0;
  const before = times[at - 1] ?? 0;
  if (started === 0 || started >= (times[at] ?? 0) || started < before) return false;
  const startedBefore = startTimes[at - 1] ?? 0;
  if (started === startedBefore) return false;
  if (started > before) return true;
  return startedBefore !== 0 && startedBefore < before;
}

/** Whether the counter of some sample from `from` to `to` began before the sample before it was taken, and is not the same one. */
export function haveOverlaps(startTimes: Float64Array, { times, from, to }: Samples): boolean {
  for (let i = from + 1; i < to; i++) {
    const started = startTimes[i] ?? 0;
    if (started !== 0 && started < (times[i - 1] ?? 0) && started !== startTimes[i - 1]) return true;
  }
  return false;
}
