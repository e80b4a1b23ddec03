import { z } from "zod";
import type { GatewayClient } from "../gateway-client.ts";
import type { Answer } from "./answer.ts";
import type { Times } from "./times.ts";

const labels = z.record(z.string(), z.string());
const point = z.tuple([z.number(), z.string()]);
const seriesForm = z.object({ metric: labels, values: z.array(point).default([]), value: point.optional() });
const streamForm = z.object({ stream: labels, values: z.array(z.tuple([z.string(), z.string()]).rest(z.unknown())) });
const resultForm = z.discriminatedUnion("resultType", [
  z.object({ resultType: z.enum(["matrix", "vector"]), result: z.array(seriesForm) }),
  z.object({ resultType: z.enum(["scalar", "string"]), result: point }),
  z.object({ resultType: z.literal("streams"), result: z.array(streamForm) }),
]);
type Result = z.infer<typeof resultForm>;
const answerForm = z.looseObject({ data: resultForm });

/** Asks by PromQL, at one time or, with a start, at the steps of a range. */
export async function askPromql(gateway: GatewayClient, query: string, times: Times): Promise<Answer> {
  const { start, end, step } = times;
  const document =
    start === undefined
      ? await gateway.get("/api/v1/query", { query, ...given({ time: end }) }, answerForm)
      : await gateway.get("/api/v1/query_range", { query, start, ...given({ end, step }) }, answerForm);
  return { ...tableOf(document.data), document };
}

/** Asks by LogQL over a range. */
export async function askLogql(gateway: GatewayClient, query: string, times: Times): Promise<Answer> {
  const { start, end, step, limit } = times;
  const parameters = { query, ...given({ start, end, step, limit }) };
  const document = await gateway.get("/loki/api/v1/query_range", parameters, answerForm);
  return { ...tableOf(document.data), document };
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
      const rows = data.result.flatMap(({ metric, values, value }) =>
        (value === undefined ? values : [value]).map(([at, number]) => [timeOf(at * 1000), labelsText(metric), number]),
      );
      return { columns: ["time", "series", "value"], rows };
    }
  }
}

function timeOf(unixMs: number): string {
  return new Date(unixMs).toISOString();
}

function labelsText({ __name__: name = "", ...rest }: Readonly<Record<string, string>>): string {
  const texts = Object.entries(rest).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return texts.length === 0 && name !== "" ? name : `${name}{${texts.join(", ")}}`;
}
