import { createHistogram, customSchema } from "../histogram/histogram.ts";
import { metricNameLabel } from "../label-names.ts";
import { keyOf, type Labels, labelValue, metricName, withLabel } from "../labels.ts";
import { parseNumber } from "../number-text.ts";
import type { Point } from "../series-notation.ts";
import type { Load } from "./script.ts";

interface Classic {
  readonly labels: Labels;
  readonly buckets: Map<number, readonly Point[]>;
  count: readonly Point[] | null;
  sum: readonly Point[] | null;
}

/** The histograms with custom buckets that the classic ones of a load are beside themselves. */
export function customBucketSeries({ series }: Load): readonly { labels: Labels; points: readonly Point[] }[] {
  const classics = new Map<string, Classic>();
  for (const { labels, points } of series) {
    const [, base = "", suffix] = /^(.*)_(bucket|count|sum)$/.exec(metricName(labels)) ?? [];
    if (suffix === undefined) continue;
    const named = withLabel(withLabel(labels, "le", ""), metricNameLabel, base);
    const classic: Classic = classics.get(keyOf(named)) ?? {
      labels: named,
      buckets: new Map(),
      count: null,
      sum: null,
    };
    classics.set(keyOf(named), classic);
    const bound = suffix === "bucket" ? boundOf(labelValue(labels, "le")) : null;
    if (bound !== null) classic.buckets.set(bound, points);
    if (suffix === "count") classic.count = points;
    if (suffix === "sum") classic.sum = points;
  }
  return [...classics.values()].map((classic) => ({ labels: classic.labels, points: pointsOf(classic) }));
}

function boundOf(text: string): number | null {
  const sign = text.startsWith("-") ? -1 : 1;
  const number = parseNumber(text.replace(/^[+-]/, ""));
  return number === null ? null : sign * number;
}

function pointsOf(classic: Classic): readonly Point[] {
  const { buckets, count, sum } = classic;
  const length = Math.max(...[...buckets.values(), count ?? [], sum ?? []].map((points) => points.length));
  return Array.from({ length }, (_, i) => pointAt(classic, i));
}

function pointAt({ buckets, count, sum }: Classic, at: number): Point {
  const bounds = [...buckets.keys()].sort((a, b) => a - b);
  const present = bounds.filter((bound) => typeof buckets.get(bound)?.[at] === "number");
  if (present.length === 0 && typeof count?.[at] !== "number") return null;
  const numberAt = (points: readonly Point[] | null | undefined) => {
    const point = points?.[at];
    return typeof point === "number" ? point : undefined;
  };
  const finite = present.filter(Number.isFinite);
  const total =
    numberAt(count) ??
    numberAt(buckets.get(Number.POSITIVE_INFINITY)) ??
    numberAt(buckets.get(finite.at(-1) ?? 0)) ??
    0;
  let before = 0;
  const counts = [...finite.map((bound) => numberAt(buckets.get(bound)) ?? 0), total].map((cumulative) => {
    const own = cumulative - before;
    before = cumulative;
    return own;
  });
  const kept = counts.map((value, index) => ({ value, index })).filter(({ value }) => value !== 0);
  return createHistogram({
    schema: customSchema,
    bounds: finite,
    count: total,
    sum: numberAt(sum) ?? 0,
    positive: { indexes: kept.map(({ index }) => index), counts: kept.map(({ value }) => value) },
  });
}
