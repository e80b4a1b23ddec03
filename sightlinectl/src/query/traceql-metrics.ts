import { parseTraceQl } from "@sightline/query/traceql/traceql";
import { z } from "zod";
import type { GatewayClient } from "../gateway-client.ts";
import type { Answer } from "./answer.ts";
import { labelsText } from "./labels-text.ts";

/** An attribute's value: one field, named by its type. */
const labelForm = z.object({ key: z.string(), value: z.record(z.string(), z.unknown()) });
/** What is no number is written as a text. */
const numberForm = z.union([z.number(), z.string()]);
const sampleForm = z.looseObject({ timestampMs: z.string(), value: numberForm });
const seriesForm = z.looseObject({
  labels: z.array(labelForm).optional(),
  /** Over a range. */
  samples: z.array(sampleForm).optional(),
  /** At once. */
  value: numberForm.optional(),
});
const answerForm = z.looseObject({ series: z.array(seriesForm).optional(), message: z.string().optional() });
type Series = z.infer<typeof seriesForm>;

/** Whether a query makes series of traces rather than finding them. What is no TraceQL is for the server to refuse. */
export function isTraceqlMetrics(query: string): boolean {
  try {
    return parseTraceQl(query).query.type === "metrics";
  } catch {
    return false;
  }
}

/** Asks for metrics by TraceQL: with a step for its points in that time, without for one value of each series. */
export async function askTraceqlMetrics(
  gateway: GatewayClient,
  query: string,
  { step, ...range }: { readonly start: number; readonly end: number; readonly step?: string | undefined },
): Promise<Answer> {
  const document =
    step === undefined
      ? await gateway.get("/tempo/api/metrics/query", { q: query, ...range }, answerForm)
      : await gateway.get("/tempo/api/metrics/query_range", { q: query, ...range, step }, answerForm);
  const { series = [], message = "" } = document;
  const notes = message === "" ? [] : [`warning: ${message}`];
  const table =
    step === undefined
      ? { columns: ["series", "value"], rows: series.map((one) => [nameOf(one), one.value ?? 0]) }
      : { columns: ["time", "series", "value"], rows: series.flatMap(pointsOf) };
  return { ...table, notes, document };
}

function pointsOf(series: Series): unknown[][] {
  const name = nameOf(series);
  const { samples = [] } = series;
  return samples.map(({ timestampMs, value }) => [new Date(Number(timestampMs)).toISOString(), name, value]);
}

function nameOf({ labels = [] }: Series): string {
  return labelsText(Object.fromEntries(labels.map(({ key, value }) => [key, String(Object.values(value)[0] ?? "")])));
}
