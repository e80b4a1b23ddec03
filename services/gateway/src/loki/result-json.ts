import { formatNumber } from "@sightline/gotext/format-float";
import type { LogqlLine, LogqlSeries } from "@sightline/proto/sightline/query/v1/logql_service";
import { labelsJson } from "../prometheus/result-json.ts";

/** A value at a time: `[1435781451.781,"1"]`. */
export function pointJson(unixMs: number, value: number): string {
  return `[${unixMs / 1000},"${formatNumber(value)}"]`;
}

/** A series over time, an item of a matrix. */
export function matrixJson({ labels, unixMs, values }: LogqlSeries): string {
  const points = unixMs.map((ms, at) => pointJson(ms, values[at] ?? 0));
  return `{"metric":${labelsJson(labels)},"values":[${points.join()}]}`;
}

/** A series at one time, an item of a vector. */
export function sampleJson({ labels, unixMs, values }: LogqlSeries): string {
  return `{"metric":${labelsJson(labels)},"value":${pointJson(unixMs[0] ?? 0, values[0] ?? 0)}}`;
}

/** A line: `["1435781451781000000","text"]`, with the labels that are its own behind it where they are told apart. */
export function lineJson({ unixNano, text, metadata, parsed }: LogqlLine, categorize: boolean): string {
  const line = `"${unixNano}",${JSON.stringify(text)}`;
  if (!categorize) return `[${line}]`;
  const own = [
    ...(metadata.length === 0 ? [] : [`"structuredMetadata":${labelsJson(metadata)}`]),
    ...(parsed.length === 0 ? [] : [`"parsed":${labelsJson(parsed)}`]),
  ];
  return `[${line},{${own.join()}}]`;
}
