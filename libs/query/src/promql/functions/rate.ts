import { scale } from "../histogram/arithmetic.ts";
import { metricName } from "../labels.ts";
import * as texts from "../note-texts.ts";
import { floatCount, histogramCount, type RangeWindow, storedFloats, storedHistograms } from "../window.ts";
import { type FunctionDefinition, type RangeAnswer, type RangeContext, rangeFunction } from "./definition.ts";
import { growthOfDeltas } from "./delta-growth.ts";
import { extendedHistogramRate } from "./extended-histogram-rate.ts";
import { extendedRate, type Samples } from "./extended-rate.ts";
import { growthNotes, histogramGrowth } from "./histogram-growth.ts";
import type { RateKind } from "./rate-kind.ts";
import { haveOverlaps, isStartReset } from "./start-times.ts";

const rate: RateKind = { isCounter: true, isRate: true };
const increase: RateKind = { isCounter: true, isRate: false };
const delta: RateKind = { isCounter: false, isRate: false };

export const rateFunctions: readonly FunctionDefinition[] = [
  rangeFunction("rate", (window, _, context) => growth(window, rate, context)),
  rangeFunction("increase", (window, _, context) => growth(window, increase, context)),
  rangeFunction("delta", (window, _, context) => growth(window, delta, context)),
];

/** The growth of a series over a window, as far as its samples go and extrapolated to the window's ends where they come near. */
function growth(window: RangeWindow, kind: RateKind, context: RangeContext): RangeAnswer {
  const floats = floatCount(window);
  const histograms = histogramCount(window);
  if (floats > 0 && histograms > 0) return mixed(window, context);
  if (window.isDelta && kind.isCounter) return growthOfDeltas(window, kind, context);
  if (window.extended !== null) {
    return floats > 0 ? extendedRate(window, kind) : extendedHistogramRate(window, kind, context);
  }
  if (floats > 0) return growthOfFloats(window, kind, context);
  return histograms > 0 ? growthOfHistograms(window, kind, context) : null;
}

/** Tells that floats and histograms stand side by side, and answers nothing. */
export function mixed(window: RangeWindow, { call, evaluation }: RangeContext): null {
  const [argument] = call.arguments;
  evaluation.notes.warn(texts.mixedFloatsAndHistograms(metricName(window.labels)), (argument ?? call).span);
  return null;
}

function growthOfFloats(window: RangeWindow, { isCounter, isRate }: RateKind, context: RangeContext): RangeAnswer {
  const { times, values, from, to } = window;
  const startTimes = context.evaluation.useStartTimes && isCounter ? window.startTimes : null;
  const began = startTimes === null ? null : beginning(window, { times, startTimes, from });
  if (to - from < 2 && began === null) return null;
  if (startTimes !== null) noteOverlaps(window, startTimes, { times, from, to }, context);
  const first = values[from] ?? 0;
  const last = to - 1;
  let grown = (values[last] ?? 0) - first;
  if (isCounter && (startTimes !== null || window.hasDrop())) {
    let previous = first;
    for (let i = from + 1; i < to; i++) {
      const value = values[i] ?? 0;
      if (value < previous || (startTimes !== null && isStartReset(times, startTimes, i))) grown += previous;
      previous = value;
    }
  }
  // A counter that is known to have begun inside the range was zero there.
  if (began !== null) grown += first;
  const shape = {
    firstMs: began ?? times[from] ?? 0,
    lastMs: times[last] ?? 0,
    distanceMs: to - from > 1 ? ((times[last] ?? 0) - (times[from] ?? 0)) / Math.max(1, storedFloats(window) - 1) : 0,
    zeroShare: isCounter ? zeroShareOf(first, grown, began !== null) : unknown,
  };
  return grown * extrapolation(window, shape, isRate);
}

/** Tells of samples that cannot be of one counter, nor of counters one after the other. */
function noteOverlaps(
  { labels }: RangeWindow,
  startTimes: Float64Array,
  samples: Samples,
  { call, evaluation }: RangeContext,
): void {
  if (!haveOverlaps(startTimes, samples)) return;
  const { span } = call.arguments[0] ?? call;
  evaluation.notes.warn(texts.overlappingStarts(metricName(labels)), span);
}

const unknown = Number.POSITIVE_INFINITY;

function zeroShareOf(first: number, grown: number, isBeginning: boolean): number {
  if (isBeginning) return 0;
  return grown > 0 && first >= 0 ? first / grown : unknown;
}

interface Starts {
  readonly times: Float64Array;
  readonly startTimes: Float64Array;
  readonly from: number;
}

/** When the first sample's counter began, if that was inside the range and before the sample; else null. */
function beginning({ startMs }: RangeWindow, { times, startTimes, from }: Starts): number | null {
  const began = startTimes[from] ?? 0;
  return began !== 0 && began > startMs && began < (times[from] ?? 0) ? began : null;
}

interface Shape {
  readonly firstMs: number;
  readonly lastMs: number;
  /** The mean distance between samples. */
  readonly distanceMs: number;
  /** How long before the first sample the counter was zero, in parts of the sampled time; infinite where nobody can say. */
  readonly zeroShare: number;
}

/**
 * By what the growth between the samples is multiplied. Where samples come up to 1.1 times their distance to an end of the range
 * the series is taken to go on to that end, else for half their distance; before it was zero no counter was.
 */
function extrapolation(
  window: RangeWindow,
  { firstMs, lastMs, distanceMs, zeroShare }: Shape,
  isRate: boolean,
): number {
  const sampled = (lastMs - firstMs) / 1000;
  const distance = distanceMs / 1000;
  const threshold = distance * 1.1;
  let toStart = (firstMs - window.startMs) / 1000;
  let toEnd = (window.endMs - lastMs) / 1000;
  if (toStart >= threshold) toStart = distance / 2;
  toStart = Math.min(toStart, sampled * zeroShare);
  if (toEnd >= threshold) toEnd = distance / 2;
  const factor = (sampled + toStart + toEnd) / sampled;
  return isRate ? factor / ((window.endMs - window.startMs) / 1000) : factor;
}

function growthOfHistograms(window: RangeWindow, kind: RateKind, context: RangeContext): RangeAnswer {
  const { histogramTimes: times, histograms, histogramFrom: from, histogramTo: to } = window;
  const { isCounter, isRate } = kind;
  const startTimes = context.evaluation.useStartTimes && isCounter ? window.histogramStartTimes : null;
  const began = startTimes === null ? null : beginning(window, { times, startTimes, from });
  const first = histograms[from];
  if (first === undefined || (to - from < 2 && began === null)) return null;
  if (startTimes !== null) noteOverlaps(window, startTimes, { times, from, to }, context);
  const isAlone = to - from === 1;
  let grown = isAlone ? first : histogramGrowth(window, { isCounter, startTimes }, context);
  if (grown === null) return null;
  // A counter that is known to have begun inside the range was zero there.
  if (began !== null && !isAlone) grown = growthNotes(window, context).combine(grown, first, "addition");
  const lastMs = times[to - 1] ?? 0;
  const shape = {
    firstMs: began ?? times[from] ?? 0,
    lastMs,
    distanceMs: isAlone ? 0 : (lastMs - (times[from] ?? 0)) / Math.max(1, storedHistograms(window) - 1),
    zeroShare: isCounter ? zeroShareOf(first.count, grown.count, began !== null) : unknown,
  };
  return scale(grown, extrapolation(window, shape, isRate));
}
