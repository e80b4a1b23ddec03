import type { ClickHouse } from "@sightline/clickhouse/client";
import { z } from "zod";
import { expand } from "../../../services/storage/src/testing/grafana-macros.ts";
import type { Target } from "./boards.ts";
import { interpolate, type Shown } from "./interpolate.ts";

/** Where panels ask. */
export interface Doors {
  /** The gateway. */
  readonly url: string;
  readonly queryKey: string;
  readonly clickhouse: ClickHouse;
}

/** How much there is in an answer: series with a number in them, lines, rows, traces or edges. Rejects with what was wrong. */
export type Ask = (doors: Doors, target: Target, shown: Shown) => Promise<number>;

/** How each data source is asked, by its type, as Grafana's plugin for it does. */
export const ASKS: Readonly<Record<string, Ask>> = {
  prometheus: askPrometheus,
  loki: askLoki,
  tempo: askTempo,
  jaeger: askJaeger,
  "grafana-clickhouse-datasource": askClickHouse,
};

const point = z.tuple([z.number(), z.string()]);
const promAnswer = z.object({
  status: z.literal("success"),
  data: z.object({
    result: z.array(z.object({ value: point.optional(), values: z.array(point).optional() })),
  }),
});
const lokiAnswer = z.object({ data: z.object({ result: z.array(z.unknown()) }) });

/** JSON of the gateway. Rejects with the text of what is no 200. */
export async function getJson<T>(doors: Doors, path: string, schema: z.ZodType<T>, init: RequestInit = {}): Promise<T> {
  const headers = { authorization: `Bearer ${doors.queryKey}`, ...init.headers };
  const response = await fetch(doors.url + path, { ...init, headers });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${path} answered ${response.status}: ${text}`);
  return schema.parse(JSON.parse(text));
}

const seconds = (ms: number) => String(ms / 1000);

async function askPrometheus(doors: Doors, { expr = "", instant = false }: Target, shown: Shown): Promise<number> {
  const query = interpolate(expr, shown);
  const { fromMs, toMs, stepMs } = shown;
  const times = instant
    ? { time: seconds(toMs) }
    : { start: seconds(fromMs), end: seconds(toMs), step: seconds(stepMs) };
  const body = new URLSearchParams({ query, ...times });
  const path = instant ? "/api/v1/query" : "/api/v1/query_range";
  const { data } = await getJson(doors, path, promAnswer, { method: "POST", body });
  return data.result.filter(({ value, values = value && [value] }) => values?.some(([, number]) => number !== "NaN"))
    .length;
}

async function askLoki(doors: Doors, { expr = "" }: Target, shown: Shown): Promise<number> {
  const query = new URLSearchParams({
    query: interpolate(expr, shown),
    start: `${shown.fromMs}000000`,
    end: `${shown.toMs}000000`,
    step: `${shown.stepMs}ms`,
    limit: "200",
    direction: "backward",
  });
  const headers = { "x-loki-response-encoding-flags": "categorize-labels" };
  const { data } = await getJson(doors, `/loki/api/v1/query_range?${query}`, lokiAnswer, { headers });
  return data.result.length;
}

/** What Grafana asks Prometheus for to draw the service map. */
const serviceMapQueries = [
  "sum by (client, server, server_address) (rate(traces_service_graph_request_total[$__range]))",
  "sum by (client, server, server_address) (rate(traces_service_graph_request_server_seconds_sum[$__range]))",
];

async function askTempo(doors: Doors, target: Target, shown: Shown): Promise<number> {
  if (target.queryType === "serviceMap") {
    const found = await Promise.all(
      serviceMapQueries.map((expr) => askPrometheus(doors, { ...target, expr, instant: true }, shown)),
    );
    return Math.min(...found);
  }
  const range = { q: interpolate(target.query ?? "", shown), start: seconds(shown.fromMs), end: seconds(shown.toMs) };
  if (target.metricsQueryType === "range") {
    const query = new URLSearchParams({ ...range, step: `${shown.stepMs / 1000}s` });
    const answer = z.object({ series: z.array(z.unknown()) });
    return (await getJson(doors, `/tempo/api/metrics/query_range?${query}`, answer)).series.length;
  }
  const query = new URLSearchParams({ ...range, limit: "20", spss: "3" });
  const answer = z.object({ traces: z.array(z.unknown()).default([]) });
  return (await getJson(doors, `/tempo/api/search?${query}`, answer)).traces.length;
}

async function askJaeger(doors: Doors, _target: Target, shown: Shown): Promise<number> {
  const query = new URLSearchParams({ endTs: String(shown.toMs), lookback: String(shown.toMs - shown.fromMs) });
  const answer = z.object({ data: z.array(z.unknown()) });
  return (await getJson(doors, `/jaeger/api/dependencies?${query}`, answer)).data.length;
}

async function askClickHouse({ clickhouse }: Doors, { rawSql = "" }: Target, shown: Shown): Promise<number> {
  const { fromMs, toMs, stepMs, variables } = shown;
  const dashboard = { from: fromMs / 1000, to: toMs / 1000, intervalSeconds: stepMs / 1000, variables };
  const schema = z.record(z.string(), z.unknown());
  return (await clickhouse.query(expand(rawSql, dashboard), {}, { schema })).length;
}
