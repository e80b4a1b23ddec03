import { isReset } from "../histogram/compare.ts";
import type { Histogram } from "../histogram/histogram.ts";
import { compareLabels, keyOf, type Labels, labelValue } from "../labels.ts";
import { createMatch } from "../matcher.ts";
import { type SampledSeries, writeStale } from "../samples.ts";
import type { SampleSource } from "../source.ts";
import type { Point } from "./series-notation.ts";

interface StoredSample {
  readonly point: Exclude<Point, null>;
  startMs: number;
}

interface StoredSeries {
  readonly labels: Labels;
  readonly samples: Map<number, StoredSample>;
}

/** Samples in memory, as tests load them. */
export interface MemorySource extends SampleSource {
  put(labels: Labels, ms: number, point: Point): void;
  /** Says when the counter of a sample began; of one that comes later as well. */
  putStart(labels: Labels, ms: number, startMs: number): void;
  clear(): void;
}

/** With `histogramStartTimes` it knows when histograms' counters began, too: Prometheus' store does not. */
export function createMemorySource({ histogramStartTimes = false } = {}): MemorySource {
  const stored = new Map<string, StoredSeries>();
  const starts = new Map<string, number>();
  const seriesOf = (labels: Labels) => {
    const key = keyOf(labels);
    const series = stored.get(key) ?? { labels, samples: new Map() };
    stored.set(key, series);
    return series;
  };
  return {
    put(labels, ms, point) {
      if (point === null) return;
      const startMs = starts.get(`${ms} ${keyOf(labels)}`) ?? 0;
      seriesOf(labels).samples.set(ms, { point, startMs });
    },
    putStart(labels, ms, startMs) {
      starts.set(`${ms} ${keyOf(labels)}`, startMs);
      const sample = stored.get(keyOf(labels))?.samples.get(ms);
      if (sample !== undefined) sample.startMs = startMs;
    },
    clear() {
      stored.clear();
      starts.clear();
    },
    async select({ matchers, startMs, endMs }) {
      const tests = matchers.map((matcher) => ({ name: matcher.name, match: createMatch(matcher) }));
      return [...stored.values()]
        .filter(({ labels }) => tests.every(({ name, match }) => match(labelValue(labels, name))))
        .map((series) => sampled(series, { startMs, endMs, histogramStartTimes }))
        .filter(({ times }) => times.length > 0)
        .sort((a, b) => compareLabels(a.labels, b.labels));
    },
  };
}

interface Wanted {
  readonly startMs: number;
  readonly endMs: number;
  readonly histogramStartTimes: boolean;
}

function sampled({ labels, samples }: StoredSeries, { startMs, endMs, histogramStartTimes }: Wanted): SampledSeries {
  const all = [...samples].sort(([a], [b]) => a - b);
  const hinted = withHints(all.map(([, { point }]) => point));
  const inside = all
    .map(([ms, sample], i) => ({ ms, sample, point: hinted[i] }))
    .filter(({ ms }) => ms >= startMs && ms <= endMs);
  const values = new Float64Array(inside.length);
  inside.forEach(({ point }, i) => {
    if (typeof point === "number") values[i] = point;
    else if (point === "stale") writeStale(values, i);
  });
  const histograms = inside.map(({ point }) => (typeof point === "object" ? point : null));
  const startTimes = Float64Array.from(inside, ({ sample, point }) =>
    histogramStartTimes || typeof point !== "object" ? sample.startMs : 0,
  );
  return {
    labels,
    times: Float64Array.from(inside, ({ ms }) => ms),
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
function withHints(points: readonly Exclude<Point, null>[]): readonly Exclude<Point, null>[] {
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
