import type { Histogram } from "../histogram/histogram.ts";
import {
  addHistogram,
  addToMean,
  type HistogramMean,
  type HistogramSum,
  meanHistogram,
  totalHistogram,
} from "../histogram/sum.ts";
import { metricName } from "../labels.ts";
import * as texts from "../note-texts.ts";
import type { RangeWindow } from "../window.ts";
import type { RangeContext } from "./definition.ts";

export function sumOfHistograms(window: RangeWindow, context: RangeContext): Histogram | null {
  return fold(window, context, {
    start: (first): HistogramSum => ({ sum: first, compensation: null }),
    step: (total, next) => {
      const added = addHistogram(total, next);
      return added === null ? null : { state: added.total, reconciled: added.reconciled };
    },
    end: totalHistogram,
  });
}

export function averageOfHistograms(window: RangeWindow, context: RangeContext): Histogram | null {
  return fold(window, context, {
    start: (first): HistogramMean => ({ total: { sum: first, compensation: null }, count: 1, isIncremental: false }),
    step: (mean, next) => {
      const added = addToMean(mean, next);
      return added === null ? null : { state: added.mean, reconciled: added.reconciled };
    },
    end: meanHistogram,
  });
}

interface Fold<State> {
  readonly start: (first: Histogram) => State;
  readonly step: (state: State, next: Histogram) => { state: State; reconciled: boolean } | null;
  readonly end: (state: State) => Histogram;
}

function fold<State>(window: RangeWindow, { call, evaluation }: RangeContext, steps: Fold<State>): Histogram | null {
  const points = window.histograms.slice(window.histogramFrom, window.histogramTo);
  const [first, ...others] = points;
  if (first === undefined) return null;
  const { notes } = evaluation;
  const { span } = call.arguments[0] ?? call;
  let state = steps.start(first);
  let reconciled = false;
  for (const next of others) {
    const stepped = steps.step(state, next);
    if (stepped === null) {
      notes.warn(texts.mixedSchemas(metricName(window.labels)), span);
      return null;
    }
    state = stepped.state;
    reconciled ||= stepped.reconciled;
  }
  const hints = new Set(points.map(({ hint }) => hint));
  if (hints.has("reset") && hints.has("not_reset")) notes.warn(texts.conflictingResets("aggregation"), span);
  if (reconciled) notes.inform(texts.boundsReconciled("aggregation"), span);
  return steps.end(state);
}
