import { divide, subtract } from "../histogram/arithmetic.ts";
import { isReset } from "../histogram/compare.ts";
import type { Histogram } from "../histogram/histogram.ts";
import { compact } from "../histogram/layout.ts";
import { metricName } from "../labels.ts";
import * as texts from "../note-texts.ts";
import type { RangeWindow } from "../window.ts";
import { type FunctionDefinition, type RangeAnswer, type RangeContext, rangeFunction } from "./definition.ts";
import { mixed } from "./rate.ts";
import { isStartReset } from "./start-times.ts";

/** The rate of a counter, or the difference of a gauge, between the two last samples. */
function lastGrowth(window: RangeWindow, isRate: boolean, context: RangeContext): RangeAnswer {
  const [before, last] = lastTwo(window);
  if (before === undefined || last === undefined || before.ms === last.ms) return null;
  const seconds = (last.ms - before.ms) / 1000;
  // A delta is what came since the sample before, as the value of a counter that was reset is.
  const resets = isRate && (window.isDelta || (context.evaluation.useStartTimes && last.isStartReset));
  if (before.histogram === null && last.histogram === null) {
    const grown = isRate && (last.value < before.value || resets) ? last.value : last.value - before.value;
    return isRate ? grown / seconds : grown;
  }
  if (before.histogram === null || last.histogram === null) return mixed(window, context);
  const grown = differenceOf(window, { before: before.histogram, last: last.histogram, isRate, resets }, context);
  return grown === null || !isRate ? grown : divide(grown, seconds);
}

interface LastSample {
  readonly ms: number;
  readonly value: number;
  readonly histogram: Histogram | null;
  readonly isStartReset: boolean;
}

function lastTwo(window: RangeWindow): readonly LastSample[] {
  const { times, values, startTimes, histogramTimes, histogramStartTimes: histogramStarts, histograms } = window;
  const found: LastSample[] = [];
  for (let i = Math.max(window.from, window.to - 2); i < window.to; i++) {
    const resets = startTimes !== null && i > window.from && isStartReset(times, startTimes, i);
    found.push({ ms: times[i] ?? 0, value: values[i] ?? 0, histogram: null, isStartReset: resets });
  }
  for (let i = Math.max(window.histogramFrom, window.histogramTo - 2); i < window.histogramTo; i++) {
    const resets =
      histogramStarts !== null && i > window.histogramFrom && isStartReset(histogramTimes, histogramStarts, i);
    found.push({ ms: histogramTimes[i] ?? 0, value: 0, histogram: histograms[i] ?? null, isStartReset: resets });
  }
  return found.length > 2 ? found.sort((a, b) => a.ms - b.ms).slice(-2) : found.sort((a, b) => a.ms - b.ms);
}

function differenceOf(
  window: RangeWindow,
  { before, last, isRate, resets }: { before: Histogram; last: Histogram; isRate: boolean; resets: boolean },
  { call, evaluation }: RangeContext,
): Histogram | null {
  const { span } = call.arguments[0] ?? call;
  const name = metricName(window.labels);
  const gauges = [before, last].filter(({ hint }) => hint === "gauge").length;
  if (isRate && gauges > 0) evaluation.notes.warn(texts.notACounter(name), span);
  if (!isRate && gauges < 2) evaluation.notes.warn(texts.notAGauge(name), span);
  if (isRate && (resets || isReset(last, before))) return compact({ ...last, hint: "gauge" });
  const combined = subtract(last, before);
  if (combined === null) {
    evaluation.notes.warn(texts.mixedSchemas(name), span);
    return null;
  }
  if (combined.reconciled) evaluation.notes.inform(texts.boundsReconciled("subtraction"), span);
  return compact({ ...combined.histogram, hint: "gauge" });
}

export const instantRateFunctions: readonly FunctionDefinition[] = [
  rangeFunction("irate", (window, _, context) => lastGrowth(window, true, context)),
  rangeFunction("idelta", (window, _, context) => lastGrowth(window, false, context)),
];
