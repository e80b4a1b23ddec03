import { scale } from "../histogram/arithmetic.ts";
import { metricName } from "../labels.ts";
import * as texts from "../note-texts.ts";
import { floatCount, histogramCount, type RangeWindow, storedFloats, storedHistograms } from "../window.ts";
import { type FunctionDefinition, type RangeAnswer, type RangeContext, rangeFunction } from "./definition.ts";
import { growthOfDeltas } from "./delta-growth.ts";
import { extendedHistogramRate } from "./extended-histogram-rate.ts";
import { extendedRate, type Samples } from "./extended-rate.ts";
import { extrapolation, unknownShare, zeroShareOf } from "./extrapolation.ts";
import { growthOfPlainFloats } from "./growth-of-floats.ts";
import { growthNotes, histogramGrowth } from "./histogram-growth.ts";
import type { RateKind } from "./rate-kind.ts";
import { haveOverlaps, isStartReset } from "./start-times.ts";

const rate: RateKind = { isCounter: true, isRate: true };
const increase: RateKind = { isCounter: true, isRate: false };
const delta: RateKind = { isCounter: false, isRate: false };

export const rateFunctions: readonly FunctionDefinition[] = [
  growthFunction("rate", rate),
  growthFunction("increase", increase),
  growthFunction("delta", delta),
];

function growthFunction(name: string, kind: RateKind): FunctionDefinition {
  return rangeFunction(name, (window, _, context) => growth(window, kind, context), {
    ofPlainFloats: (floats, windows, answers) => growthOfPlainFloats(kind, { values: floats.values, windows }, answers),
  });
}

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
    zeroShare: isCounter ? zeroShareOf(first, grown, began !== null) : unknownShare,
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
    zeroShare: isCounter ? zeroShareOf(first.count, grown.count, began !== null) : unknownShare,
  };
  return scale(grown, extrapolation(window, shape, isRate));
}
