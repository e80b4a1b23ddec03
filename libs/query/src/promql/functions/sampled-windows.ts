import { reachOf } from "./extrapolation.ts";

/** The windows of all steps: plain ranges, open at their start. */
export interface Windows {
  /** Where they end, milliseconds; never before the one before. */
  readonly endsMs: Float64Array;
  readonly rangeMs: number;
}

/** What windows hold of samples with certain times, for each step, whatever their values are. */
export interface SampledWindows {
  readonly rangeMs: number;
  /** The first sample of each window, and its last; there are not two samples where the last one is not behind the first. */
  readonly first: Int32Array;
  readonly last: Int32Array;
  /** From the first sample to the last, and how far beyond them the series goes on in the window at most. Seconds. */
  readonly sampled: Float64Array;
  readonly toStart: Float64Array;
  readonly toEnd: Float64Array;
}

/** Looks at times, milliseconds, ascending. The answer holds until the next call. */
export type FindSampledWindows = (times: Float64Array) => SampledWindows;

/**
 * Looks where windows lie among samples. What is scraped together has its times together, so that series which follow each other have
 * most often the same times, as the same array: those are looked at once.
 */
export function createSampledWindows({ endsMs, rangeMs }: Windows): FindSampledWindows {
  const steps = endsMs.length;
  const [first, last] = [new Int32Array(steps), new Int32Array(steps)];
  const [sampled, toStart, toEnd] = [new Float64Array(steps), new Float64Array(steps), new Float64Array(steps)];
  const found = { rangeMs, first, last, sampled, toStart, toEnd };
  let known: Float64Array | null = null;
  return (times) => {
    if (times === known) return found;
    known = times;
    const { length } = times;
    let from = 0;
    let to = 0;
    for (let step = 0; step < steps; step++) {
      const endMs = endsMs[step] ?? 0;
      const startMs = endMs - rangeMs;
      while (from < length && (times[from] ?? 0) <= startMs) from++;
      while (to < length && (times[to] ?? 0) <= endMs) to++;
      first[step] = from;
      last[step] = to - 1;
      if (to - 1 <= from) continue;
      const firstMs = times[from] ?? 0;
      const lastMs = times[to - 1] ?? 0;
      const distanceMs = (lastMs - firstMs) / (to - 1 - from);
      sampled[step] = (lastMs - firstMs) / 1000;
      toStart[step] = reachOf(firstMs - startMs, distanceMs);
      toEnd[step] = reachOf(endMs - lastMs, distanceMs);
    }
    return found;
  };
}
