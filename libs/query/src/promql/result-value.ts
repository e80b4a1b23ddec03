import type { RangeVector } from "./evaluate/range-vector.ts";
import { type Grid, timeAt } from "./grid.ts";
import type { Histogram } from "./histogram/histogram.ts";
import { compareLabels, dropLabels, metadataLabels } from "./labels.ts";
import type { FloatPoints, Point, ResultSample, ResultSeries } from "./result.ts";
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
  const times = new Float64Array(grid.count);
  for (let step = 0; step < times.length; step++) times[step] = timeAt(grid, step);
  if (value.kind === "scalar") return [{ labels: [], floats: { times, values: value.values }, histograms: [] }];
  const series = delayedNameRemoval ? mergeSameLabels(withoutNames(value.series)) : value.series;
  return series
    .map((one) => pointsOf(one, times))
    .filter(hasPoints)
    .sort((a, b) => compareLabels(a.labels, b.labels));
}

function hasPoints({ floats, histograms }: ResultSeries): boolean {
  return floats.times.length > 0 || histograms.length > 0;
}

function pointsOf({ labels, kinds, values, histograms }: VectorSeries, times: Float64Array): ResultSeries {
  let count = 0;
  for (let step = 0; step < kinds.length; step++) if (kinds[step] === FLOAT) count++;
  // Most series have a float at every step: then there is nothing to pick.
  if (count === kinds.length) return { labels, floats: { times, values }, histograms: [] };
  const floats = { times: new Float64Array(count), values: new Float64Array(count) };
  const others: Point<Histogram>[] = [];
  let at = 0;
  for (let step = 0; step < kinds.length; step++) {
    const histogram = kinds[step] === HISTOGRAM ? histograms?.[step] : undefined;
    if (histogram !== undefined) others.push({ ms: times[step] ?? 0, value: histogram });
    if (kinds[step] !== FLOAT) continue;
    floats.times[at] = times[step] ?? 0;
    floats.values[at++] = values[step] ?? 0;
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
      floats: between({ times, values }, startMs, endMs),
      histograms: histograms
        .map((value, i) => ({ ms: histogramTimes[i] ?? 0, value }))
        .filter(({ ms }) => isInside(ms)),
    }))
    .filter(hasPoints)
    .sort((a, b) => compareLabels(a.labels, b.labels));
}

/** The points after the start and not after the end. */
function between({ times, values }: FloatPoints, startMs: number, endMs: number): FloatPoints {
  let from = 0;
  while (from < times.length && (times[from] ?? 0) <= startMs) from++;
  let until = times.length;
  while (until > from && (times[until - 1] ?? 0) > endMs) until--;
  return { times: times.subarray(from, until), values: values.subarray(from, until) };
}
