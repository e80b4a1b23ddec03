import { z } from "zod";
import type { GatewayClient } from "../gateway-client.ts";
import type { Answer } from "./answer.ts";
import { labelsText } from "./labels-text.ts";
import { nativeHistogramForm, nativeHistogramText } from "./native-histogram.ts";
import type { Times } from "./times.ts";

const labels = z.record(z.string(), z.string());
const point = z.tuple([z.number(), z.string()]);
const histogramPoint = z.tuple([z.number(), nativeHistogramForm]);
// Loose, and without defaults: with --json what the server answered is printed as it is.
const seriesForm = z.looseObject({
  metric: labels,
  values: z.array(point).optional(),
  value: point.optional(),
  histograms: z.array(histogramPoint).optional(),
  histogram: histogramPoint.optional(),
});
type Series = z.infer<typeof seriesForm>;
const streamForm = z.looseObject({
  stream: labels,
  values: z.array(z.tuple([z.string(), z.string()]).rest(z.unknown())),
});
const resultForm = z.discriminatedUnion("resultType", [
  z.looseObject({ resultType: z.enum(["matrix", "vector"]), result: z.array(seriesForm) }),
  z.looseObject({ resultType: z.enum(["scalar", "string"]), result: point }),
  z.looseObject({ resultType: z.literal("streams"), result: z.array(streamForm) }),
]);
type Result = z.infer<typeof resultForm>;
const answerForm = z.looseObject({
  data: resultForm,
  warnings: z.array(z.string()).nullish(),
  infos: z.array(z.string()).nullish(),
});

/** Asks by PromQL, at one time or, with a start, at the steps of a range. */
export async function askPromql(gateway: GatewayClient, query: string, times: Times): Promise<Answer> {
  const { start, end, step } = times;
  const document =
    start === undefined
      ? await gateway.get("/api/v1/query", { query, ...given({ time: end }) }, answerForm)
      : await gateway.get("/api/v1/query_range", { query, start, ...given({ end, step }) }, answerForm);
  return answerOf(document);
}

/** Asks by LogQL over a range. */
export async function askLogql(gateway: GatewayClient, query: string, times: Times): Promise<Answer> {
  const { start, end, step, limit } = times;
  const parameters = { query, ...given({ start, end, step, limit }) };
  const document = await gateway.get("/loki/api/v1/query_range", parameters, answerForm);
  return answerOf(document);
}

function answerOf(document: z.infer<typeof answerForm>): Answer {
  const { data, warnings, infos } = document;
  const notes = [
    ...(warnings ?? []).map((text) => `warning: ${text}`),
    ...(infos ?? []).map((text) => `info: ${text}`),
  ];
  return { ...tableOf(data), notes, document };
}

function given(
  values: Readonly<Record<string, string | number | undefined>>,
): Readonly<Record<string, string | number>> {
  const entries: [string, string | number][] = [];
  for (const [name, value] of Object.entries(values)) if (value !== undefined) entries.push([name, value]);
  return Object.fromEntries(entries);
}

/** A row for each sample or line, with what it is of. */
function tableOf(data: Result): Pick<Answer, "columns" | "rows"> {
  switch (data.resultType) {
    case "streams": {
      const rows = data.result.flatMap(({ stream, values }) =>
        values.map(([nanos, line]) => [timeOf(Number(BigInt(nanos) / 1_000_000n)), labelsText(stream), line]),
      );
      return { columns: ["time", "labels", "line"], rows };
    }
    case "scalar":
    case "string":
      return { columns: ["time", "value"], rows: [[timeOf(data.result[0] * 1000), data.result[1]]] };
    default: {
      const rows = data.result.flatMap((series) =>
        pointsOf(series).map(([at, text]) => [timeOf(at * 1000), labelsText(series.metric), text]),
      );
      return { columns: ["time", "series", "value"], rows };
    }
  }
}

/** The points of a series, numbers and histograms, in the order of their times. */
function pointsOf({ values = [], value, histograms = [], histogram }: Series): readonly (readonly [number, string])[] {
  const numbers = value === undefined ? values : [value];
  const others = histogram === undefined ? histograms : [histogram];
  const texts = others.map(([at, one]) => [at, nativeHistogramText(one)] as const);
  return [...numbers, ...texts].toSorted(([one], [other]) => one - other);
}

function timeOf(unixMs: number): string {
  return new Date(unixMs).toISOString();
}
