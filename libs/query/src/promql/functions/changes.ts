import { executionProblem } from "../evaluate/evaluation.ts";
import { areEqual, isReset } from "../histogram/compare.ts";
import type { Histogram } from "../histogram/histogram.ts";
import { histogramCount, type RangeWindow } from "../window.ts";
import { type FunctionDefinition, type RangeAnswer, rangeFunction } from "./definition.ts";
import { firstOf, noHistograms } from "./extended-rate.ts";
import { isStartReset } from "./start-times.ts";

interface Comparison {
  /** Whether what came between two floats counts; `at` is the index of the later one. */
  readonly floats: (before: number, now: number, at: number) => boolean;
  readonly histograms: (before: Histogram, now: Histogram) => boolean;
}

/** Counts over the samples in the order of their times; from a float to a histogram or back is always one. */
function count(window: RangeWindow, { floats, histograms }: Comparison): RangeAnswer {
  const first = window.extended === null ? window.from : anchoredFrom(window);
  if (first === null) return null;
  const { times, values, histogramTimes } = window;
  let counted = 0;
  let float = first;
  let histogram = window.histogramFrom;
  let before: number | Histogram | null = null;
  while (float < window.to || histogram < window.histogramTo) {
    const floatMs = float < window.to ? (times[float] ?? 0) : Number.POSITIVE_INFINITY;
    const histogramMs = histogram < window.histogramTo ? (histogramTimes[histogram] ?? 0) : Number.POSITIVE_INFINITY;
    const isFloat = floatMs <= histogramMs;
    const now: number | Histogram | undefined = isFloat ? values[float] : window.histograms[histogram];
    if (now === undefined) break;
    if (typeof before === "number" && typeof now === "number") counted += floats(before, now, float) ? 1 : 0;
    else if (before !== null && typeof before !== "number" && typeof now !== "number") {
      counted += histograms(before, now) ? 1 : 0;
    } else if (before !== null) counted++;
    before = now;
    if (isFloat) float++;
    else histogram++;
  }
  return counted;
}

function anchoredFrom(window: RangeWindow): number | null {
  if (histogramCount(window) > 0) throw executionProblem(noHistograms);
  if (window.from === window.to || (window.times[window.to - 1] ?? 0) <= window.startMs) return null;
  return firstOf(window);
}

const change: Comparison = {
  floats: (before, now) => before !== now && !(Number.isNaN(before) && Number.isNaN(now)),
  histograms: (before, now) => !areEqual(before, now),
};

function resetOf({ times, startTimes }: RangeWindow, useStartTimes: boolean): Comparison {
  const hasStarts = useStartTimes && startTimes !== null;
  return {
    floats: (before, now, at) => now < before || (hasStarts && isStartReset(times, startTimes, at)),
    histograms: (before, now) => isReset(now, before),
  };
}

export const changeFunctions: readonly FunctionDefinition[] = [
  rangeFunction("changes", (window) => count(window, change)),
  rangeFunction("resets", (window, _, { evaluation }) => count(window, resetOf(window, evaluation.useStartTimes))),
];
