import assert from "node:assert/strict";
import { z } from "zod";
import type { DataSource } from "./data-sources.ts";

/** What a data source is asked when somebody presses "Save & test". Rejects where Grafana would not say that it works. */
export type Check = (source: DataSource) => Promise<void>;

/** The check of each type of data source, as Grafana's plugin for it does it. */
export const CHECKS: Readonly<Record<string, Check>> = {
  prometheus: checkPrometheus,
  loki: checkLoki,
  tempo: checkTempo,
  jaeger: checkJaeger,
  alertmanager: checkAlertmanager,
  "grafana-clickhouse-datasource": checkClickHouse,
};

/** A request through Grafana's proxy: the source's own header is added to what Grafana's page says of itself. */
async function ask(source: DataSource, path: string, init: RequestInit = {}) {
  const { httpHeaderName1 } = z.object({ httpHeaderName1: z.literal("Authorization") }).parse(source.jsonData);
  const headers = {
    accept: "application/json, text/plain, */*",
    [httpHeaderName1]: source.secureJsonData["httpHeaderValue1"] ?? "",
  };
  const response = await fetch(`${source.url}${path}`, { ...init, headers });
  return { status: response.status, text: await response.text() };
}

async function json<T>(source: DataSource, path: string, schema: z.ZodType<T>, init: RequestInit = {}): Promise<T> {
  const { status, text } = await ask(source, path, init);
  assert.equal(status, 200, `${source.name}, ${path}: ${text}`);
  return schema.parse(JSON.parse(text));
}

/** pkg/promlib/healthcheck.go and heuristics.go: 1+1, then whether it is Prometheus. */
async function checkPrometheus(source: DataSource): Promise<void> {
  const scalar = z.object({
    data: z.object({ resultType: z.literal("scalar"), result: z.tuple([z.literal(4), z.literal("2")]) }),
  });
  const body = new URLSearchParams({ query: "1+1", time: "4" });
  await json(source, "/api/v1/query", scalar, { method: "POST", body });
  const buildInfo = z.object({ data: z.object({ version: z.string(), features: z.never().optional() }) });
  await json(source, "/api/v1/status/buildinfo", buildInfo);
}

/** pkg/tsdb/loki/healthcheck.go */
async function checkLoki(source: DataSource): Promise<void> {
  const sample = z.object({ metric: z.object({}), value: z.tuple([z.number(), z.literal("2")]) });
  const vector = z.object({ data: z.object({ resultType: z.literal("vector"), result: z.tuple([sample]) }) });
  const query = new URLSearchParams({ query: "vector(1)+vector(1)", time: "4000000000", direction: "backward" });
  await json(source, `/loki/api/v1/query?${query}`, vector);
}

/** pkg/tsdb/tempo/healthcheck.go */
async function checkTempo(source: DataSource): Promise<void> {
  const { status, text } = await ask(source, "/api/echo");
  assert.deepEqual([status, text], [200, "echo"]);
}

/** pkg/tsdb/jaeger/healthcheck.go */
async function checkJaeger(source: DataSource): Promise<void> {
  await json(source, "/api/services", z.object({ data: z.array(z.string()) }));
}

/** public/app/plugins/datasource/alertmanager/DataSource.ts: what answers where Mimir's would be is taken for one. */
async function checkAlertmanager(source: DataSource): Promise<void> {
  assert.equal(source.jsonData["implementation"], "prometheus");
  assert.equal((await ask(source, "/alertmanager/api/v2/status")).status, 404);
  assert.equal((await ask(source, "/api/v1/status/buildinfo")).status, 404);
  await json(source, "/api/v2/status", z.object({ cluster: z.object({ status: z.string() }) }));
}

/** The plugin's driver opens a connection and pings. */
async function checkClickHouse({ jsonData, secureJsonData }: DataSource): Promise<void> {
  const { protocol, host, port, username, defaultDatabase } = z
    .object({
      protocol: z.literal("http"),
      host: z.string(),
      port: z.coerce.number(),
      username: z.string(),
      defaultDatabase: z.string(),
    })
    .parse(jsonData);
  const headers = { "x-clickhouse-user": username, "x-clickhouse-key": secureJsonData["password"] ?? "" };
  const url = `${protocol}://${host}:${port}/?database=${defaultDatabase}`;
  const response = await fetch(url, { method: "POST", headers, body: "SELECT 1" });
  assert.deepEqual([response.status, await response.text()], [200, "1\n"]);
}
