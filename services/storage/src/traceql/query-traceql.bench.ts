// How soon people have an answer from a day of 5 million spans of one tenant, asked in TraceQL through the gRPC service, from the
// request to the end of the stream. The database runs beside on the same machine, so that its CPU seconds are told too. Each query
// is another one. SIGHTLINE_BENCH_CASES names those that are wanted.
import { readFileSync } from "node:fs";
import {
  QueryTraceqlMetricsRequest,
  SearchTraceqlRequest,
  TraceqlServiceClient,
} from "@sightline/proto/sightline/query/v1/traceql_service";
import { createClient } from "@sightline/rpc/client";
import { createGrpcServer } from "@sightline/rpc/server";
import { eventually } from "@sightline/testkit/eventually";
import { quietLog } from "@sightline/testkit/quiet-log";
import { startPrivateClickHouse } from "@sightline/testkit/servers";
import { z } from "zod";
import { createQueryHandlers } from "../query/query-handlers.ts";
import { createQueryTurns } from "../query/query-turns.ts";
import { startTestDatabase, type TestDatabase } from "../testing/database.ts";
import { manyTraces } from "./testing/many-traces.ts";
import { addTraceqlService } from "./traceql-service.ts";

const RUNS = Number(process.env["SIGHTLINE_BENCH_RUNS"] ?? 5);
const SPANS = Number(process.env["SIGHTLINE_BENCH_SPANS"] ?? 5_000_000);
const WANTED = process.env["SIGHTLINE_BENCH_CASES"]?.split(",");
const QUERIES = 5;
const ROWS_PER_INSERT = 500_000;
const TICKS_PER_SECOND = 100;
const tenant = "default";
const internalToken = "bench";
const end = BigInt(Date.now()) * 1_000_000n;
const range = { startUnixNano: end - 86_400_000_000_000n, endUnixNano: end };
const services = ["checkout", "payment", "cart", "catalog", "search", "shipping", "inventory", "pricing", "gateway"];
const pick = (list: readonly string[], at: number) => list[at % list.length] ?? "";
const generate = readFileSync(new URL("../testing/sql/generate-spans.sql", import.meta.url), "utf8");

const server = await startPrivateClickHouse();
const database = await startTestDatabase(server);
await load(database);
const limits = { maxConcurrent: 20, maxConcurrentPerTenant: 20, maxWaitingPerTenant: 0, maxWaitMs: 1 };
const grpc = createGrpcServer({ host: "127.0.0.1", port: 0, log: quietLog });
addTraceqlService(grpc, {
  reader: database.reader,
  clock: Date.now,
  limits: manyTraces,
  handlers: createQueryHandlers({ internalToken, turns: createQueryTurns({ limits, refused: () => undefined }) }),
});
const client = createClient(TraceqlServiceClient, `127.0.0.1:${await grpc.listen()}`, { internalToken });
const options = { tenant, deadlineMs: 120_000 };

/** How many traces are found. */
async function search(query: string): Promise<number> {
  const request = SearchTraceqlRequest.create({ query, range, limit: 20, spansPerSpanset: 3 });
  let found = 0;
  for await (const { traces } of client.stream("searchTraceql", request, options)) found += traces.length;
  return found;
}

/** How many series come of it. */
async function compute(query: string): Promise<number> {
  const request = QueryTraceqlMetricsRequest.create({ query, range, maxExemplars: 100 });
  let found = 0;
  for await (const { series } of client.stream("queryTraceqlMetrics", request, options)) found += series.length;
  return found;
}

const CASES: Readonly<Record<string, (at: number) => Promise<number>>> = {
  // Two conditions and a duration: of what there is much of, of one in 70 000, and of what there is not.
  common: (at) =>
    search(
      `{ span.http.response.status_code = 500 && resource.service.name = "${pick(services, at)}" && duration > ${350 + at}ms }`,
    ),
  rare: (at) =>
    search(`{ span.http.response.status_code = 500 && span.user.id = "${1000 + at}" && duration > ${200 + at}ms }`),
  none: (at) =>
    search(
      `{ span.http.response.status_code = 500 && resource.k8s.pod.name = "nothing-${at}" && duration > ${200 + at}ms }`,
    ),
  slow: (at) => search(`{ kind = server && span.http.request.method = "GET" && duration > ${5 + at}s }`),
  structural: (at) =>
    search(`{ resource.service.name = "${pick(services, at)}" } >> { status = error && duration > ${at}ms }`),
  rate: (at) =>
    compute(
      `{ span.http.response.status_code = 500 && kind = server && duration > ${200 + at}ms } | rate() by (resource.service.name)`,
    ),
};

for (const [metric, ask] of Object.entries(CASES)) {
  if (WANTED === undefined || WANTED.includes(metric)) await measure(metric, ask);
}
client.close();
await grpc.close(1000);
await database[Symbol.asyncDispose]();

async function load({ clickhouse }: TestDatabase): Promise<void> {
  for (let first = 0; first < SPANS; first += ROWS_PER_INSERT) {
    const count = Math.min(ROWS_PER_INSERT, SPANS - first);
    await clickhouse.command(generate, { seed: 1, tenant, end, rows: SPANS, first, count });
  }
  // What is merged meanwhile would be measured as well.
  const schema = z.object({ merges: z.number() });
  const merging = async () =>
    (await clickhouse.query("SELECT toUInt32(count()) AS merges FROM system.merges", {}, { schema }))[0]?.merges;
  await eventually(async () => (await merging()) === 0, { timeoutMs: 600_000, intervalMs: 1000 });
}

/** User and system time of the database, milliseconds. */
function databaseMs(): number {
  const fields = readFileSync(`/proc/${server.pid}/stat`, "utf8").split(" ");
  return ((Number(fields[13]) + Number(fields[14])) * 1000) / TICKS_PER_SECOND;
}

async function measure(metric: string, ask: (at: number) => Promise<number>): Promise<void> {
  const medians: number[] = [];
  const cpu: number[] = [];
  const ownCpu: number[] = [];
  let found = 0;
  for (let run = 0; run < RUNS; run++) {
    const times: number[] = [];
    const [cpuBefore, ownBefore] = [databaseMs(), process.cpuUsage()];
    for (let at = 0; at < QUERIES; at++) {
      const startedAt = performance.now();
      found += await ask(run * QUERIES + at);
      times.push(performance.now() - startedAt);
    }
    const own = process.cpuUsage(ownBefore);
    cpu.push((databaseMs() - cpuBefore) / QUERIES);
    ownCpu.push((own.user + own.system) / 1000 / QUERIES);
    medians.push(times.toSorted((a, b) => a - b)[QUERIES >> 1] ?? 0);
  }
  const config = { spans: SPANS, queries: QUERIES, found: found / (RUNS * QUERIES) };
  print(metric, medians, config);
  print(`${metric}_database_cpu`, cpu, config);
  print(`${metric}_own_cpu`, ownCpu, config);
}

function print(metric: string, values: readonly number[], config: object): void {
  const sorted = values.map((value) => Number(value.toPrecision(4))).sort((a, b) => a - b);
  const [value, min, max] = [sorted[sorted.length >> 1], sorted[0], sorted.at(-1)];
  console.log(
    JSON.stringify({ bench: "query-traceql", metric, value, unit: "ms", min, max, runs: values.length, config }),
  );
}
