import { areEqual, isReset } from "../histogram/compare.ts";
import type { Histogram } from "../histogram/histogram.ts";
import type { RangeWindow } from "../window.ts";
import { type FunctionDefinition, type RangeAnswer, rangeFunction } from "./definition.ts";
import { firstOf } from "./extended-rate.ts";
import { isStartReset } from "./start-times.ts";

interface Comparison {
  /** Whether what came between two floats counts; `at` is the index of the later one. */
  readonly floats: (before: number, now: number, at: number) => boolean;
  readonly histograms: (before: Histogram, now: Histogram, at: number) => boolean;
}

/** Counts over the samples in the order of their times; from a float to a histogram or back is always one. */
function count(window: RangeWindow, { floats, histograms }: Comparison): RangeAnswer {
  const { times, values, histogramTimes } = window;
  const first = firstSamples(window);
  if (first === null) return null;
  let counted = 0;
  let { float, histogram } = first;
  let before: number | Histogram | null = null;
  while (float < window.to || histogram < window.histogramTo) {
    const floatMs = float < window.to ? (times[float] ?? 0) : Number.POSITIVE_INFINITY;
    const histogramMs = histogram < window.histogramTo ? (histogramTimes[histogram] ?? 0) : Number.POSITIVE_INFINITY;
    const isFloat = floatMs <= histogramMs;
    const now: number | Histogram | undefined = isFloat ? values[float] : window.histograms[histogram];
    if (now === undefined) break;
    if (typeof before === "number" && typeof now === "number") counted += floats(before, now, float) ? 1 : 0;
    else if (before !== null && typeof before !== "number" && typeof now !== "number") {
      counted += histograms(before, now, histogram) ? 1 : 0;
    } else if (before !== null) counted++;
    before = now;
    if (isFloat) float++;
    else histogram++;
  }
  return counted;
}

interface FirstSamples {
  readonly float: number;
  readonly histogram: number;
}

/** Where to begin; null where an anchored range has no samples of its own. */
function firstSamples(window: RangeWindow): FirstSamples | null {
  const { times, from, to, histogramTimes, histogramFrom, histogramTo, startMs } = window;
  if (window.extended === null) return { float: from, histogram: histogramFrom };
  const lastMs = (of: Float64Array, begin: number, end: number) => (begin < end ? (of[end - 1] ?? 0) : startMs);
  if (Math.max(lastMs(times, from, to), lastMs(histogramTimes, histogramFrom, histogramTo)) <= startMs) return null;
  const float = firstOf({ times, from, to }, startMs);
  const histogram = firstOf({ times: histogramTimes, from: histogramFrom, to: histogramTo }, startMs);
  // Only one sample lies before the range: the newer one of a float and a histogram.
  const floatMs = float < to ? (times[float] ?? 0) : startMs + 1;
  const histogramMs = histogram < histogramTo ? (histogramTimes[histogram] ?? 0) : startMs + 1;
  if (floatMs > startMs || histogramMs > startMs) return { float, histogram };
  return floatMs < histogramMs ? { float: float + 1, histogram } : { float, histogram: histogram + 1 };
}

const change: Comparison = {
  floats: (before, now) => before !== now && !(Number.isNaN(before) && Number.isNaN(now)),
  histograms: (before, now) => !areEqual(before, now),
};

function resetOf(window: RangeWindow, useStartTimes: boolean): Comparison {
  const { times, histogramTimes } = window;
  const starts = useStartTimes ? window.startTimes : null;
  const histogramStarts = useStartTimes ? window.histogramStartTimes : null;
  return {
    floats: (before, now, at) => now < before || (starts !== null && isStartReset(times, starts, at)),
    histograms: (before, now, at) =>
      isReset(now, before) || (histogramStarts !== null && isStartReset(histogramTimes, histogramStarts, at)),
  };
}

export const changeFunctions: readonly FunctionDefinition[] = [
  rangeFunction("changes", (window) => count(window, change)),
  rangeFunction("resets", (window, _, { evaluation }) =>
    window.isDelta ? 0 : count(window, resetOf(window, evaluation.useStartTimes)),
  ),
];
