import type { VectorSelector } from "../ast.ts";
import type { Grid } from "../grid.ts";
import { createStaleTest, type SampledSeries } from "../samples.ts";
import {
  type Columns,
  createColumns,
  createSeriesWriter,
  FLOAT,
  type SeriesParts,
  type SeriesWriter,
  samplesHeld,
  type VectorSeries,
} from "../value.ts";
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
    return await smoothAll(series, selector, { grid, moments, evaluation });
  }
  return sampleEach(series, { grid, moments, evaluation }, writeSample);
}

async function smoothAll(
  series: readonly SampledSeries[],
  selector: VectorSelector,
  smoothing: { readonly grid: Grid; readonly moments: Moments; readonly evaluation: Evaluation },
): Promise<readonly VectorSeries[]> {
  const { grid, evaluation } = smoothing;
  const smoothed: VectorSeries[] = [];
  for (const one of series) {
    await evaluation.breathe();
    evaluation.budget.take(grid.count);
    smoothed.push(smoothSeries(one, selector, smoothing));
  }
  return smoothed;
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
    whenReleased: evaluation.whenReleased,
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
  const momentsMs = Float64Array.from({ length: grid.count }, (_, step) => moments.at(step));
  for (let i = 0; i < series.length; i++) {
    const one = series[i];
    if (one === undefined) continue;
    const pause = evaluation.worked(grid.count);
    if (pause !== null) await pause;
    const isOfFloats = write === writeSample && one.histograms === null;
    if (isOfFloats && momentsMs.length === 1) {
      const parts = floatAt(one, momentsMs[0] ?? 0, evaluation.lookbackMs);
      if (parts === null) continue;
      evaluation.budget.take(1);
      sampled.push({ labels: one.labels, dropName: false, ...parts });
      continue;
    }
    evaluation.budget.take(grid.count);
    const newest = createNewest(one, evaluation.lookbackMs);
    const { size, parts } = isOfFloats
      ? copyFloats(one, { momentsMs, newest, columns })
      : writeEach(one, { momentsMs, newest, columns }, write);
    evaluation.budget.give(grid.count - (size === 0 ? 0 : samplesHeld(grid.count, size)));
    if (size === 0) continue;
    sampled.push({ labels: one.labels, dropName: false, ...parts });
  }
  return sampled;
}

/** Answers the place of the newest sample at a moment, -1 for none; moments may not go down. */
type Newest = (momentMs: number) => number;

function createNewest({ times, values }: SampledSeries, lookbackMs: number): Newest {
  const isStale = createStaleTest(values);
  let next = 0;
  return (momentMs) => {
    while (next < times.length && (times[next] ?? 0) <= momentMs) next++;
    const at = next - 1;
    return at < 0 || (times[at] ?? 0) <= momentMs - lookbackMs || isStale(at) ? -1 : at;
  };
}

const isFloat = Uint8Array.of(FLOAT);

/** The newest float at one moment, where it lies; null for none. */
function floatAt({ times, values }: SampledSeries, momentMs: number, lookbackMs: number): SeriesParts | null {
  let at = times.length - 1;
  while (at >= 0 && (times[at] ?? 0) > momentMs) at--;
  if (at < 0 || (times[at] ?? 0) <= momentMs - lookbackMs) return null;
  if (Number.isNaN(values[at]) && createStaleTest(values)(at)) return null;
  return { kinds: isFloat, values: values.length === 1 ? values : values.subarray(at, at + 1), histograms: null };
}

interface Sampling {
  readonly momentsMs: Float64Array;
  readonly newest: Newest;
  readonly columns: Columns;
}

interface Sampled {
  /** How many steps have anything. */
  readonly size: number;
  readonly parts: SeriesParts;
}

/** The floats as they are, without a call for each. */
function copyFloats(series: SampledSeries, { momentsMs, newest, columns }: Sampling): Sampled {
  const { kinds, values } = columns(momentsMs.length);
  let size = 0;
  for (let step = 0; step < momentsMs.length; step++) {
    const at = newest(momentsMs[step] ?? 0);
    if (at < 0) continue;
    kinds[step] = FLOAT;
    values[step] = series.values[at] ?? 0;
    size++;
  }
  return { size, parts: { kinds, values, histograms: null } };
}

function writeEach(series: SampledSeries, { momentsMs, newest, columns }: Sampling, write: WriteSample): Sampled {
  const writer = createSeriesWriter(momentsMs.length, columns);
  for (let step = 0; step < momentsMs.length; step++) {
    const at = newest(momentsMs[step] ?? 0);
    if (at >= 0) write(writer, step, { series, at });
  }
  return { size: writer.size(), parts: writer.series(series.labels, false) };
}

const writeSample: WriteSample = (writer, step, { series, at }) => {
  const histogram = series.histograms?.[at] ?? null;
  if (histogram === null) writer.setFloat(step, series.values[at] ?? 0);
  else writer.setHistogram(step, histogram);
};
