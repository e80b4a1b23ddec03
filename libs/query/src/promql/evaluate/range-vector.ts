import type { Expression, MatrixSelector, Subquery } from "../ast.ts";
import { positiveDurationMs } from "../durations.ts";
import { type Grid, gridOf, timeAt } from "../grid.ts";
import type { Histogram } from "../histogram/histogram.ts";
import { type RangeSamples, rangeSamples } from "../samples.ts";
import { FLOAT, HISTOGRAM, sizeOf, type VectorSeries } from "../value.ts";
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
}

export function isRangeVector(expression: Expression): expression is MatrixSelector | Subquery {
  return expression.kind === "matrix-selector" || expression.kind === "subquery";
}

/** Evaluates what stands before a range function: a selector with a range, or a subquery. Takes its samples from the budget. */
export function evaluateRangeVector(
  expression: MatrixSelector | Subquery,
  grid: Grid,
  { evaluator, around }: { readonly evaluator: Evaluator; readonly around: Surroundings },
): Promise<RangeVector> {
  return expression.kind === "subquery"
    ? evaluateSubquery(expression, grid, evaluator)
    : evaluateMatrix(expression, grid, { evaluator, around });
}

function sampleCount({ times, histograms }: RangeSamples): number {
  return times.length + histograms.length;
}

async function evaluateMatrix(
  { vector, window }: MatrixSelector,
  grid: Grid,
  { evaluator, around }: { readonly evaluator: Evaluator; readonly around: Surroundings },
): Promise<RangeVector> {
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
      whenReleased: evaluation.whenReleased,
    },
    evaluation.signal,
  );
  const known = evaluation.counting.has(vector) ? selected.map(withKnownResets) : selected;
  const series = known.map(rangeSamples);
  evaluation.budget.take(series.reduce((sum, one) => sum + sampleCount(one), 0));
  return { series, moments, options: { rangeMs, beforeMs, behindMs, extended } };
}

/** A subquery is evaluated at multiples of its step, whatever the times are at which it is asked for. */
async function evaluateSubquery(subquery: Subquery, grid: Grid, evaluator: Evaluator): Promise<RangeVector> {
  const { evaluation } = evaluator;
  const { budget } = evaluation;
  const rangeMs = positiveDurationMs(subquery.window, evaluation.times);
  const stepMs =
    subquery.step === null ? evaluation.defaultSubqueryStepMs : positiveDurationMs(subquery.step, evaluation.times);
  const moments = momentsOf(subquery, grid, evaluation);
  const startMs = (Math.floor((moments.first - rangeMs) / stepMs) + 1) * stepMs;
  const inner = gridOf(startMs, moments.last, stepMs);
  // Even where nothing has a sample, a number for each step is made on the way.
  budget.take(inner.count);
  const vector = inner.count === 0 ? [] : await evaluator.vector(subquery.expression, inner, nothingAround);
  const series: RangeSamples[] = [];
  for (const one of vector) {
    await evaluation.breathe();
    const samples = samplesOf(one, inner);
    if (sampleCount(samples) === 0) continue;
    budget.take(sampleCount(samples));
    series.push(samples);
  }
  budget.give(inner.count + sizeOf({ kind: "vector", series: vector }));
  return { series, moments, options: { rangeMs, beforeMs: 0, behindMs: 0, extended: null } };
}

/** The steps of a series as if they were its samples. */
function samplesOf({ labels, dropName, kinds, values, histograms }: VectorSeries, grid: Grid): RangeSamples {
  const floats = stepsOf(kinds, FLOAT);
  const others = stepsOf(kinds, HISTOGRAM);
  const times = new Float64Array(floats.length);
  const floatValues = new Float64Array(floats.length);
  for (let at = 0; at < floats.length; at++) {
    const step = floats[at] ?? 0;
    times[at] = timeAt(grid, step);
    floatValues[at] = values[step] ?? 0;
  }
  return {
    labels,
    dropName,
    times,
    values: floatValues,
    startTimes: null,
    weights: null,
    isDelta: false,
    histogramStartTimes: null,
    histogramWeights: null,
    histogramTimes: Float64Array.from(others, (step) => timeAt(grid, step)),
    histograms: Array.from(others).flatMap((step) => withoutHint(histograms?.[step]) ?? []),
  };
}

/** The steps that have what is wanted. */
function stepsOf(kinds: Uint8Array, wanted: number): Uint32Array {
  let count = 0;
  for (let step = 0; step < kinds.length; step++) if (kinds[step] === wanted) count++;
  const steps = new Uint32Array(count);
  let at = 0;
  for (let step = 0; at < count; step++) if (kinds[step] === wanted) steps[at++] = step;
  return steps;
}

/** What is known of resets holds between samples that were stored one after the other, not between those of a subquery. */
function withoutHint(histogram: Histogram | undefined): Histogram | undefined {
  if (histogram === undefined || histogram.hint === "gauge" || histogram.hint === "unknown") return histogram;
  return { ...histogram, hint: "unknown" };
}
