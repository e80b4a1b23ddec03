import type { Span } from "../ast.ts";
import { add, subtract } from "../histogram/arithmetic.ts";
import { isReset } from "../histogram/compare.ts";
import { createHistogram, type Histogram, hasCustomBuckets } from "../histogram/histogram.ts";
import { compact } from "../histogram/layout.ts";
import { metricName } from "../labels.ts";
import * as texts from "../note-texts.ts";
import type { RangeWindow } from "../window.ts";
import type { RangeContext } from "./definition.ts";
import { isStartReset } from "./start-times.ts";

/**
 * The growth from the first to the last of a window's histograms; null where there is none. With `startTimes` it is that of a
 * counter that is reset where they say so, too.
 */
export function histogramGrowth(
  window: RangeWindow,
  { isCounter, startTimes }: { readonly isCounter: boolean; readonly startTimes: Float64Array | null },
  context: RangeContext,
): Histogram | null {
  const { histogramTimes: times, histogramFrom: from } = window;
  const points = window.histograms.slice(window.histogramFrom, window.histogramTo);
  const [first, second] = points;
  const last = points.at(-1);
  if (first === undefined || second === undefined || last === undefined) return null;
  const notes = growthNotes(window, context);
  if (isCounter) notes.requireCounters(points);
  else notes.requireGauges([first, last]);
  const isResetAt = (at: number, now: Histogram, before: Histogram) =>
    (startTimes !== null && isStartReset(times, startTimes, from + at)) || isReset(now, before);
  // What was before a reset right after the first sample is not looked at, nor is its layout.
  const begin = isCounter && isResetAt(1, second, first) ? emptyLike(second) : first;
  if (!notes.haveOneKindOfBounds([begin, ...(isCounter ? points.slice(1) : [last])])) return null;
  let grown = notes.combine(last, begin, "subtraction");
  let previous = begin;
  for (const [i, point] of isCounter ? points.slice(1).entries() : []) {
    if (isResetAt(i + 1, point, previous)) grown = notes.combine(grown, previous, "addition");
    previous = point;
  }
  return compact({ ...grown, hint: "gauge" });
}

function emptyLike({ schema, bounds }: Histogram): Histogram {
  return createHistogram({ schema, bounds });
}

/** What is told of histograms whose growth is asked for. */
export interface GrowthNotes {
  requireCounters(points: readonly Histogram[]): void;
  requireGauges(points: readonly Histogram[]): void;
  /** Whether all have exponential bounds, or all custom ones. */
  haveOneKindOfBounds(points: readonly Histogram[]): boolean;
  combine(a: Histogram, b: Histogram, operation: "addition" | "subtraction"): Histogram;
  reconciled(operation: "addition" | "subtraction"): void;
}

export function growthNotes({ labels }: RangeWindow, { call, evaluation }: RangeContext): GrowthNotes {
  const { notes } = evaluation;
  const { span }: { readonly span: Span } = call.arguments[0] ?? call;
  const name = metricName(labels);
  const reconciled = (operation: "addition" | "subtraction") => notes.inform(texts.boundsReconciled(operation), span);
  return {
    reconciled,
    requireCounters(points) {
      if (points.some(({ hint }) => hint === "gauge")) notes.warn(texts.notACounter(name), span);
    },
    requireGauges(points) {
      if (points.some(({ hint }) => hint !== "gauge")) notes.warn(texts.notAGauge(name), span);
    },
    haveOneKindOfBounds([first, ...rest]) {
      const isCustom = first !== undefined && hasCustomBuckets(first);
      if (rest.every((point) => hasCustomBuckets(point) === isCustom)) return true;
      notes.warn(texts.mixedSchemas(name), span);
      return false;
    },
    combine(a, b, operation) {
      const combined = operation === "addition" ? add(a, b) : subtract(a, b);
      if (combined?.reconciled) reconciled(operation);
      return combined?.histogram ?? a;
    },
  };
}
