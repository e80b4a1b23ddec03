import type { RangeVector } from "./evaluate/range-vector.ts";
import { type Grid, timeAt } from "./grid.ts";
import type { Histogram } from "./histogram/histogram.ts";
import { compareLabels, dropLabels, metadataLabels } from "./labels.ts";
import type { Point, ResultSample, ResultSeries } from "./result.ts";
import { mergeSameLabels } from "./same-labels.ts";
import { FLOAT, HISTOGRAM, type ScalarValue, type VectorSeries, type VectorValue } from "./value.ts";

/** The series without the names that do not belong to them any more. */
export function withoutNames(series: readonly VectorSeries[]): readonly VectorSeries[] {
  return series.map((one) => (one.dropName ? { ...one, labels: dropLabels(one.labels, metadataLabels) } : one));
}

/** A vector at one time; in the order of labels unless the query gave it one. */
export function vectorOf(series: readonly VectorSeries[], grid: Grid, isOrdered: boolean): readonly ResultSample[] {
  const samples: ResultSample[] = [];
  for (const { labels, kinds, values, histograms } of series) {
    const value = kinds[0] === FLOAT ? (values[0] ?? 0) : kinds[0] === HISTOGRAM ? histograms?.[0] : undefined;
    if (value !== undefined) samples.push({ labels, ms: grid.startMs, value });
  }
  return isOrdered ? samples : samples.sort((a, b) => compareLabels(a.labels, b.labels));
}

/** The series of a range query in the order of their labels. */
export function matrixOf(
  value: VectorValue | ScalarValue,
  grid: Grid,
  delayedNameRemoval: boolean,
): readonly ResultSeries[] {
  if (value.kind === "scalar") {
    const floats = Array.from(value.values, (one, step) => ({ ms: timeAt(grid, step), value: one }));
    return [{ labels: [], floats, histograms: [] }];
  }
  const series = delayedNameRemoval ? mergeSameLabels(withoutNames(value.series)) : value.series;
  return series
    .map((one) => pointsOf(one, grid))
    .filter(({ floats, histograms }) => floats.length > 0 || histograms.length > 0)
    .sort((a, b) => compareLabels(a.labels, b.labels));
}

function pointsOf({ labels, kinds, values, histograms }: VectorSeries, grid: Grid): ResultSeries {
  const floats: Point<number>[] = [];
  const others: Point<Histogram>[] = [];
  for (let step = 0; step < kinds.length; step++) {
    if (kinds[step] === FLOAT) floats.push({ ms: timeAt(grid, step), value: values[step] ?? 0 });
    const histogram = kinds[step] === HISTOGRAM ? histograms?.[step] : undefined;
    if (histogram !== undefined) others.push({ ms: timeAt(grid, step), value: histogram });
  }
  return { labels, floats, histograms: others };
}

/** The samples of a range vector as they are, for a query that asks for them at one time. */
export function rangeMatrixOf({ series, moments, options }: RangeVector): readonly ResultSeries[] {
  const endMs = moments.last;
  const startMs = endMs - options.rangeMs;
  const isInside = (ms: number) => ms > startMs && ms <= endMs;
  return series
    .map(({ labels, dropName, times, values, histogramTimes, histograms }) => ({
      labels: dropName ? dropLabels(labels, metadataLabels) : labels,
      floats: Array.from(times, (ms, i) => ({ ms, value: values[i] ?? 0 })).filter(({ ms }) => isInside(ms)),
      histograms: histograms
        .map((value, i) => ({ ms: histogramTimes[i] ?? 0, value }))
        .filter(({ ms }) => isInside(ms)),
    }))
    .filter(({ floats, histograms }) => floats.length > 0 || histograms.length > 0)
    .sort((a, b) => compareLabels(a.labels, b.labels));
}
