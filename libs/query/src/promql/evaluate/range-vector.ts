import type { Expression, MatrixSelector, Subquery } from "../ast.ts";
import { positiveDurationMs } from "../durations.ts";
import { type Grid, gridOf, timeAt } from "../grid.ts";
import type { Histogram } from "../histogram/histogram.ts";
import { type RangeSamples, rangeSamples } from "../samples.ts";
import { FLOAT, HISTOGRAM, type VectorSeries } from "../value.ts";
import type { WindowOptions } from "../window.ts";
import { notesAt } from "./evaluation.ts";
import { type Evaluator, nothingAround, type Surroundings } from "./evaluator.ts";
import { withKnownResets } from "./reset-hints.ts";
import { type Moments, momentsOf } from "./selector-times.ts";

/** The series of a range vector, and where its ranges end. */
export interface RangeVector {
  readonly series: readonly RangeSamples[];
  readonly moments: Moments;
  readonly options: WindowOptions;
  /** How many samples it has. */
  readonly size: number;
}

export function isRangeVector(expression: Expression): expression is MatrixSelector | Subquery {
  return expression.kind === "matrix-selector" || expression.kind === "subquery";
}

/** Evaluates what stands before a range function: a selector with a range, or a subquery. */
export async function evaluateRangeVector(
  expression: MatrixSelector | Subquery,
  grid: Grid,
  { evaluator, around }: { readonly evaluator: Evaluator; readonly around: Surroundings },
): Promise<RangeVector> {
  const vector =
    expression.kind === "subquery"
      ? await evaluateSubquery(expression, grid, evaluator)
      : await evaluateMatrix(expression, grid, { evaluator, around });
  const size = vector.series.reduce((sum, { times, histograms }) => sum + times.length + histograms.length, 0);
  return { ...vector, size };
}

async function evaluateMatrix(
  { vector, window }: MatrixSelector,
  grid: Grid,
  { evaluator, around }: { readonly evaluator: Evaluator; readonly around: Surroundings },
): Promise<Omit<RangeVector, "size">> {
  const { evaluation } = evaluator;
  const { extended } = vector;
  const rangeMs = positiveDurationMs(window, evaluation.times);
  const moments = momentsOf(vector, grid, evaluation);
  const beforeMs = extended === null ? 0 : evaluation.lookbackMs;
  const behindMs = extended === "smoothed" ? evaluation.lookbackMs : 0;
  const selected = await evaluation.source.select(
    {
      matchers: vector.matchers,
      startMs: moments.first - rangeMs - beforeMs + 1,
      endMs: moments.last + behindMs,
      hints: {
        ...around,
        stepMs: grid.count > 1 ? grid.stepMs : 0,
        rangeMs,
        windowMs: extended === null ? rangeMs : null,
      },
      notes: notesAt(vector.span, evaluation),
    },
    evaluation.signal,
  );
  const series = evaluation.counting.has(vector) ? selected.map(withKnownResets) : selected;
  return { series: series.map(rangeSamples), moments, options: { rangeMs, beforeMs, behindMs, extended } };
}

/** A subquery is evaluated at multiples of its step, whatever the times are at which it is asked for. */
async function evaluateSubquery(
  subquery: Subquery,
  grid: Grid,
  evaluator: Evaluator,
): Promise<Omit<RangeVector, "size">> {
  const { evaluation } = evaluator;
  const rangeMs = positiveDurationMs(subquery.window, evaluation.times);
  const stepMs =
    subquery.step === null ? evaluation.defaultSubqueryStepMs : positiveDurationMs(subquery.step, evaluation.times);
  const moments = momentsOf(subquery, grid, evaluation);
  const startMs = (Math.floor((moments.first - rangeMs) / stepMs) + 1) * stepMs;
  const inner = gridOf(startMs, moments.last, stepMs);
  const vector = inner.count === 0 ? [] : await evaluator.vector(subquery.expression, inner, nothingAround);
  const series = vector.map((one) => samplesOf(one, inner)).filter(hasSamples);
  return { series, moments, options: { rangeMs, beforeMs: 0, behindMs: 0, extended: null } };
}

function hasSamples({ times, histograms }: RangeSamples): boolean {
  return times.length > 0 || histograms.length > 0;
}

/** The steps of a series as if they were its samples. */
function samplesOf({ labels, dropName, kinds, values, histograms }: VectorSeries, grid: Grid): RangeSamples {
  const steps = (wanted: number) => Array.from(kinds.keys()).filter((step) => kinds[step] === wanted);
  const floats = steps(FLOAT);
  const others = steps(HISTOGRAM);
  return {
    labels,
    dropName,
    times: Float64Array.from(floats, (step) => timeAt(grid, step)),
    values: Float64Array.from(floats, (step) => values[step] ?? 0),
    startTimes: null,
    weights: null,
    isDelta: false,
    histogramStartTimes: null,
    histogramWeights: null,
    histogramTimes: Float64Array.from(others, (step) => timeAt(grid, step)),
    histograms: others.flatMap((step) => histograms?.[step] ?? []).map(withoutHint),
  };
}

/** What is known of resets holds between samples that were stored one after the other, not between those of a subquery. */
function withoutHint(histogram: Histogram): Histogram {
  return histogram.hint === "gauge" || histogram.hint === "unknown" ? histogram : { ...histogram, hint: "unknown" };
}
