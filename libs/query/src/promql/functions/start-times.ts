/**
 * Whether the counter of sample `at` began after the sample before it. A start at the very time of that one means deltas, unless
 * nobody knew where the one before began: then it is a counter that is told of as unknown at first.
 */
export function isStartReset(times: Float64Array, startTimes: Float64Array, at: number): boolean {
  const started = startTimes[at] ?? 0;
  const before = times[at - 1] ?? 0;
  if (started === 0 || started >= (times[at] ?? 0) || started < before) return false;
  if (started > before) return true;
  const startedBefore = startTimes[at - 1] ?? 0;
  return startedBefore !== 0 && startedBefore < before;
}
