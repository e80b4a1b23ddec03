import type { LabelMatcher } from "./ast.ts";
import { isReset } from "./histogram/compare.ts";
import type { Histogram } from "./histogram/histogram.ts";
import { metricNameLabel } from "./label-names.ts";
import { compareLabels, keyOf, type Labels, labelValue, metricName } from "./labels.ts";
import { createMatch } from "./matcher.ts";
import { type SampledSeries, writeStale } from "./samples.ts";
import type { Point } from "./series-notation.ts";
import type { SampleSource } from "./source.ts";

type StoredPoint = Exclude<Point, null>;

/** The samples of a series, in the order of time. */
interface StoredSeries {
  readonly labels: Labels;
  readonly times: number[];
  readonly points: StoredPoint[];
  /** When the counter of each sample began, 0 where nobody knows. */
  readonly starts: number[];
  /** The points with what is known of resets; null when it is to be found out anew. */
  hinted: readonly StoredPoint[] | null;
}

/** Samples in memory, as tests load them. */
export interface MemorySource extends SampleSource {
  /** Sets the sample of a series at a time; null is no sample. */
  put(labels: Labels, ms: number, point: Point): void;
  /** Adds a sample as a store does that takes samples in order: answers why it does not take it. */
  append(
    labels: Labels,
    ms: number,
    point: StoredPoint,
  ): "ok" | "out of order sample" | "duplicate sample for timestamp";
  /** Says when the counter of a sample began; of one that comes later as well. */
  putStart(labels: Labels, ms: number, startMs: number): void;
  clear(): void;
}

/** With `histogramStartTimes` it knows when histograms' counters began, too: Prometheus' store does not. */
export function createMemorySource({ histogramStartTimes = false } = {}): MemorySource {
  const stored = new Map<string, StoredSeries>();
  const byName = new Map<string, StoredSeries[]>();
  const starts = new Map<string, number>();
  const seriesOf = (labels: Labels) => {
    const key = keyOf(labels);
    const known = stored.get(key);
    if (known !== undefined) return known;
    const series: StoredSeries = { labels, times: [], points: [], starts: [], hinted: null };
    stored.set(key, series);
    const named = byName.get(metricName(labels));
    if (named === undefined) byName.set(metricName(labels), [series]);
    else named.push(series);
    return series;
  };
  const put: MemorySource["put"] = (labels, ms, point) => {
    if (point === null) return;
    const series = seriesOf(labels);
    const at = lowerBound(series.times, ms);
    const isKnown = series.times[at] === ms;
    series.times.splice(at, isKnown ? 1 : 0, ms);
    series.points.splice(at, isKnown ? 1 : 0, point);
    series.starts.splice(at, isKnown ? 1 : 0, starts.size === 0 ? 0 : (starts.get(`${ms} ${keyOf(labels)}`) ?? 0));
    series.hinted = null;
  };
  return {
    put,
    append(labels, ms, point) {
      const { times, points } = seriesOf(labels);
      const last = times.at(-1) ?? Number.NEGATIVE_INFINITY;
      if (ms < last) return "out of order sample";
      if (ms === last && !Object.is(points.at(-1), point)) return "duplicate sample for timestamp";
      put(labels, ms, point);
      return "ok";
    },
    putStart(labels, ms, startMs) {
      starts.set(`${ms} ${keyOf(labels)}`, startMs);
      const series = stored.get(keyOf(labels));
      const at = series === undefined ? 0 : lowerBound(series.times, ms);
      if (series?.times[at] === ms) series.starts[at] = startMs;
    },
    clear() {
      stored.clear();
      byName.clear();
      starts.clear();
    },
    async select({ matchers, startMs, endMs }) {
      const tests = matchers.map((matcher) => ({ name: matcher.name, match: createMatch(matcher) }));
      const name = namedBy(matchers);
      const candidates = name === undefined ? [...stored.values()] : (byName.get(name) ?? []);
      return candidates
        .filter(({ labels }) => tests.every(({ name: label, match }) => match(labelValue(labels, label))))
        .map((series) => sampled(series, { startMs, endMs, histogramStartTimes }))
        .filter(({ times }) => times.length > 0)
        .sort((a, b) => compareLabels(a.labels, b.labels));
    },
  };
}

/** The one name that a series has to have. */
function namedBy(matchers: readonly LabelMatcher[]): string | undefined {
  return matchers.find(({ name, operator }) => name === metricNameLabel && operator === "=")?.value;
}

/** Where the first time is that is not before `ms`. */
function lowerBound(times: readonly number[], ms: number): number {
  let from = 0;
  let to = times.length;
  // Samples mostly come in order.
  if ((times.at(-1) ?? Number.NEGATIVE_INFINITY) < ms) return to;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((times[middle] ?? 0) < ms) from = middle + 1;
    else to = middle;
  }
  return from;
}

interface Wanted {
  readonly startMs: number;
  readonly endMs: number;
  readonly histogramStartTimes: boolean;
}

function sampled(series: StoredSeries, { startMs, endMs, histogramStartTimes }: Wanted): SampledSeries {
  const { labels } = series;
  const from = lowerBound(series.times, startMs);
  const to = lowerBound(series.times, endMs + 1);
  series.hinted ??= withHints(series.points);
  const points = series.hinted.slice(from, to);
  const values = new Float64Array(points.length);
  points.forEach((point, i) => {
    if (typeof point === "number") values[i] = point;
    else if (point === "stale") writeStale(values, i);
  });
  const histograms = points.map((point) => (typeof point === "object" ? point : null));
  const startTimes = Float64Array.from(points, (point, i) =>
    histogramStartTimes || typeof point !== "object" ? (series.starts[from + i] ?? 0) : 0,
  );
  return {
    labels,
    times: Float64Array.from(series.times.slice(from, to)),
    values,
    histograms: histograms.some((histogram) => histogram !== null) ? histograms : null,
    startTimes: startTimes.some((start) => start !== 0) ? startTimes : null,
    weights: null,
    isDelta: false,
  };
}

/**
 * What Prometheus' store says of a counter's histograms: that one is no reset where it lies in a chunk with the one before. One that is
 * a reset begins a chunk, of whose first sample nothing is said.
 */
function withHints(points: readonly StoredPoint[]): readonly StoredPoint[] {
  if (!points.some((point) => typeof point === "object")) return points;
  let before: Histogram | null = null;
  return points.map((point) => {
    if (typeof point !== "object") {
      before = null;
      return point;
    }
    const previous = before;
    before = point;
    if (point.hint === "gauge") return point;
    const isFirst = previous === null || previous.hint === "gauge" || point.hint === "reset";
    if (isFirst || isReset({ ...point, hint: "unknown" }, previous)) return { ...point, hint: "unknown" };
    return { ...point, hint: "not_reset" };
  });
}
