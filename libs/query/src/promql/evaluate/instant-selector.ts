import type { VectorSelector } from "../ast.ts";
import type { Grid } from "../grid.ts";
import { createStaleTest, type SampledSeries } from "../samples.ts";
import { createColumns, createSeriesWriter, type SeriesWriter, type VectorSeries } from "../value.ts";
import { type Evaluation, notesAt } from "./evaluation.ts";
import type { Surroundings } from "./evaluator.ts";
import { withKnownResets } from "./reset-hints.ts";
import { type Moments, momentsOf } from "./selector-times.ts";
import { smoothSeries } from "./smoothed-selector.ts";

/** A series with what is written of it for each step. */
export type WriteSample = (writer: SeriesWriter, step: number, sample: { series: SampledSeries; at: number }) => void;

/** Evaluates an instant selector: for each step the newest sample, if it is not older than the lookback. */
export async function evaluateSelector(
  selector: VectorSelector,
  grid: Grid,
  { evaluation, around }: { readonly evaluation: Evaluation; readonly around: Surroundings },
): Promise<readonly VectorSeries[]> {
  const moments = momentsOf(selector, grid, evaluation);
  const selected = await selectSeries(selector, { moments, grid, around }, evaluation);
  const series = evaluation.counting.has(selector) ? selected.map(withKnownResets) : selected;
  if (selector.extended === "smoothed") {
    return series.map((one) => smoothSeries(one, selector, { grid, moments, evaluation }));
  }
  return sampleEach(series, { grid, moments, evaluation }, writeSample);
}

/** Asks for the samples of an instant selector. */
export function selectSeries(
  selector: VectorSelector,
  { moments, grid, around }: { readonly moments: Moments; readonly grid: Grid; readonly around: Surroundings },
  evaluation: Evaluation,
): Promise<readonly SampledSeries[]> {
  const { source, lookbackMs, signal } = evaluation;
  const behindMs = selector.extended === "smoothed" ? lookbackMs : 0;
  const selection = {
    matchers: selector.matchers,
    startMs: moments.first - lookbackMs + 1,
    endMs: moments.last + behindMs,
    hints: {
      ...around,
      stepMs: grid.count > 1 ? grid.stepMs : 0,
      rangeMs: 0,
      windowMs: selector.extended === null ? lookbackMs : null,
    },
    notes: notesAt(selector.span, evaluation),
  };
  return source.select(selection, signal);
}

/** Writes of each series what its newest sample at each step says; series that have none are left out. */
export async function sampleEach(
  series: readonly SampledSeries[],
  { grid, moments, evaluation }: { readonly grid: Grid; readonly moments: Moments; readonly evaluation: Evaluation },
  write: WriteSample,
): Promise<readonly VectorSeries[]> {
  const sampled: VectorSeries[] = [];
  const columns = createColumns();
  for (const one of series) {
    if (sampled.length % 64 === 0) await evaluation.breathe();
    const writer = createSeriesWriter(grid.count, columns);
    writeEach(one, writer, { grid, moments, lookbackMs: evaluation.lookbackMs, write });
    if (writer.size() === 0) continue;
    evaluation.budget.take(writer.size());
    sampled.push(writer.series(one.labels, false));
  }
  return sampled;
}

interface Writing {
  readonly grid: Grid;
  readonly moments: Moments;
  readonly lookbackMs: number;
  readonly write: WriteSample;
}

function writeEach(series: SampledSeries, writer: SeriesWriter, { grid, moments, lookbackMs, write }: Writing): void {
  const { times, values } = series;
  const isStale = createStaleTest(values);
  let next = 0;
  for (let step = 0; step < grid.count; step++) {
    const moment = moments.at(step);
    while (next < times.length && (times[next] ?? 0) <= moment) next++;
    const at = next - 1;
    if (at < 0 || (times[at] ?? 0) <= moment - lookbackMs) continue;
    if (Number.isNaN(values[at]) && isStale(at)) continue;
    write(writer, step, { series, at });
  }
}

const writeSample: WriteSample = (writer, step, { series, at }) => {
  const histogram = series.histograms?.[at] ?? null;
  if (histogram === null) writer.setFloat(step, series.values[at] ?? 0);
  else writer.setHistogram(step, histogram);
};
