import type { PromqlSeries } from "@sightline/proto/sightline/query/v1/promql_service";

/** A series at the steps between two times, both inclusive; without points where it has none there. */
export function cutSeries(series: PromqlSeries, startMs: number, endMs: number): PromqlSeries {
  const { labels, unixMs, values, histograms } = series;
  const from = firstNotBefore(unixMs, startMs);
  const to = firstNotBefore(unixMs, endMs + 1);
  if (from === 0 && to === unixMs.length && histograms.length === 0) return series;
  return {
    labels,
    unixMs: unixMs.slice(from, to),
    values: values.slice(from, to),
    histograms: histograms.filter((one) => one.unixMs >= startMs && one.unixMs <= endMs),
  };
}

export function cutAll(all: readonly PromqlSeries[], startMs: number, endMs: number): PromqlSeries[] {
  return all.map((series) => cutSeries(series, startMs, endMs)).filter(hasPoints);
}

function hasPoints({ unixMs, histograms }: PromqlSeries): boolean {
  return unixMs.length > 0 || histograms.length > 0;
}

/** The first index whose time is not before another. */
function firstNotBefore(times: readonly number[], ms: number): number {
  let from = 0;
  let to = times.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((times[middle] ?? 0) < ms) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** Series of parts that follow each other in time, as one answer: each once, in the order of labels. */
export function joinParts(parts: readonly (readonly PromqlSeries[])[]): PromqlSeries[] {
  const found = new Map<string, PromqlSeries>();
  for (const series of parts.flat()) {
    const key = series.labels.join("\u0000");
    const known = found.get(key);
    if (known === undefined) found.set(key, series);
    else
      found.set(key, {
        labels: known.labels,
        unixMs: known.unixMs.concat(series.unixMs),
        values: known.values.concat(series.values),
        histograms: known.histograms.concat(series.histograms),
      });
  }
  return [...found.values()].sort((a, b) => compareFlat(a.labels, b.labels));
}

/** The order of labels that are names and values by turns. */
function compareFlat(a: readonly string[], b: readonly string[]): number {
  for (let at = 0; at < a.length && at < b.length; at++) {
    const [left = "", right = ""] = [a[at], b[at]];
    if (left !== right) return left < right ? -1 : 1;
  }
  return a.length - b.length;
}
