import type { LogqlLine, LogqlSeries } from "@sightline/proto/sightline/query/v1/logql_service";
import { labelsJson } from "../prometheus/result-json.ts";

/** A value as Go writes it without an exponent: `12`, `0.0000001`, `NaN`, `+Inf`. */
export function valueText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  if (Object.is(value, -0)) return "-0";
  const text = String(value);
  const [, sign = "", whole = "", fraction = "", exponent = ""] = WITH_EXPONENT.exec(text) ?? [];
  if (exponent === "") return text;
  const power = Number(exponent);
  if (power < 0) return `${sign}0.${"0".repeat(-power - 1)}${whole}${fraction}`;
  return `${sign}${whole}${fraction.padEnd(power, "0")}`;
}

const WITH_EXPONENT = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/;

/** A value at a time: `[1435781451.781,"1"]`. */
export function pointJson(unixMs: number, value: number): string {
  return `[${unixMs / 1000},"${valueText(value)}"]`;
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
