import type { PromqlSeries } from "@sightline/proto/sightline/query/v1/promql_service";
import { histogramJson, pointJson } from "@sightline/query/promql/result-json";

/** Names and values by turns as an object of JSON. */
export function labelsJson(labels: readonly string[]): string {
  let json = "{";
  for (let at = 0; at < labels.length; at += 2) {
    json += `${at === 0 ? "" : ","}${JSON.stringify(labels[at])}:${JSON.stringify(labels[at + 1])}`;
  }
  return `${json}}`;
}

/** A series over time, an item of a matrix. */
export function matrixJson({ labels, unixMs, values, histograms }: PromqlSeries): string {
  let json = `{"metric":${labelsJson(labels)}`;
  if (values.length > 0) {
    json += ',"values":[';
    for (let at = 0; at < values.length; at++) {
      json += at === 0 ? "" : ",";
      json += pointJson(unixMs[at] ?? 0, values[at] ?? 0);
    }
    json += "]";
  }
  if (histograms.length > 0)
    json += `,"histograms":[${histograms.map((one) => histogramJson(one.unixMs, one)).join(",")}]`;
  return `${json}}`;
}
