import type { RangeWindow } from "../window.ts";
import type { RateKind } from "./rate-kind.ts";

/**
 * The growth over a range that is `anchored` (from the last sample before it to its last one) or `smoothed` (interpolated between
 * the samples around either end).
 */
export function extendedRate(window: RangeWindow, { isCounter, isRate }: RateKind): number | null {
  const { times, values, startMs, endMs } = window;
  const ends = endsOf(window, window);
  if (ends === null) return null;
  let { first, last } = ends;
  const left = ends.isBeforeStart ? interpolate(window, first, startMs, isCounter) : (values[first] ?? 0);
  const right = ends.isAfterEnd ? interpolate(window, last - 1, endMs, isCounter) : (values[last] ?? 0);
  let grown = right - left;
  if (isCounter) {
    // What is at the ends themselves is in left and right.
    if ((times[first] ?? 0) <= startMs) first++;
    if ((times[last] ?? 0) >= endMs) last--;
    grown += resetsBetween(window, { left, right, first, last });
  }
  return isRate ? grown / ((endMs - startMs) / 1000) : grown;
}

/** The samples of a window that an extended range goes by, by index. */
export interface Samples {
  readonly times: Float64Array;
  readonly from: number;
  readonly to: number;
}

export interface RangeEnds {
  readonly first: number;
  readonly last: number;
  /** Whether it is the value between the first sample and the next that counts, at the start of the range. */
  readonly isBeforeStart: boolean;
  /** Whether it is the value between the sample before the last and the last, at the end of the range. */
  readonly isAfterEnd: boolean;
}

/** The samples around the two ends of an extended range; null where there are none to go by. */
export function endsOf({ extended, startMs, endMs }: RangeWindow, { times, from, to }: Samples): RangeEnds | null {
  if (from === to) return null;
  const smoothed = extended === "smoothed";
  const first = firstOf({ times, from, to }, startMs);
  let last = to - 1;
  if (smoothed) while (last > from && (times[last - 1] ?? 0) >= endMs) last--;
  if ((times[last] ?? 0) <= startMs || (smoothed && (times[first] ?? 0) > endMs)) return null;
  return {
    first,
    last,
    isBeforeStart: smoothed && (times[first] ?? 0) < startMs,
    isAfterEnd: smoothed && last > from && (times[last] ?? 0) > endMs,
  };
}

/** The last sample at or before the start of the range; the first one where there is none. */
export function firstOf({ times, from, to }: Samples, startMs: number): number {
  let first = from;
  while (first < to - 1 && (times[first + 1] ?? 0) <= startMs) first++;
  return first;
}

/** The value at a time between a sample and the next; a counter that was reset in between is taken to have begun at zero. */
function interpolate({ times, values }: RangeWindow, at: number, ms: number, isCounter: boolean): number {
  const fromMs = times[at] ?? 0;
  const toMs = times[at + 1] ?? fromMs;
  const next = values[at + 1] ?? 0;
  const value = isCounter && next < (values[at] ?? 0) ? 0 : (values[at] ?? 0);
  return value + ((next - value) * (ms - fromMs)) / (toMs - fromMs);
}

interface Ends {
  readonly left: number;
  readonly right: number;
  readonly first: number;
  readonly last: number;
}

function resetsBetween({ values }: RangeWindow, { left, right, first, last }: Ends): number {
  let lost = 0;
  let previous = left;
  for (let i = first; i <= last; i++) {
    const value = values[i] ?? 0;
    if (value < previous) lost += previous;
    previous = value;
  }
  return right < previous ? lost + previous : lost;
}
