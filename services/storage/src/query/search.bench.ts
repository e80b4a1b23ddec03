// How soon people have an answer from a day of 10 million log records and 5 million spans of one tenant, asked through
// the gRPC service. The database runs beside on the same machine, so that its CPU seconds are told too. Every search is
// another one: nothing is answered out of the cache of conditions. SIGHTLINE_BENCH_CASES names those that are wanted.
import { readFileSync } from "node:fs";
import {
  GetTraceRequest,
  QueryServiceClient,
  SearchLogsRequest,
} from "@sightline/proto/sightline/query/v1/query_service";
import { createClient } from "@sightline/rpc/client";
import { createGrpcServer } from "@sightline/rpc/server";
import { eventually } from "@sightline/testkit/eventually";
import { quietLog } from "@sightline/testkit/quiet-log";
import { startPrivateClickHouse } from "@sightline/testkit/servers";
import { z } from "zod";
import { startTestDatabase, type TestDatabase } from "../testing/database.ts";
import { createQueryHandlers } from "./query-handlers.ts";
import { addQueryService } from "./query-service.ts";
import { createQueryTurns } from "./query-turns.ts";

const RUNS = Number(process.env["SIGHTLINE_BENCH_RUNS"] ?? 5);
const LOGS = Number(process.env["SIGHTLINE_BENCH_LOGS"] ?? 10_000_000);
const SPANS = LOGS / 2;
const WANTED = process.env["SIGHTLINE_BENCH_CASES"]?.split(",");
const SEARCHES = 20;
const ROWS_PER_INSERT = 500_000;
const TICKS_PER_SECOND = 100;
const tenant = "default";
const internalToken = "bench";
const nowMs = Date.now();
const end = BigInt(nowMs) * 1_000_000n;
const range = { startUnixNano: end - 86_400_000_000_000n, endUnixNano: end };

const read = (name: string) => readFileSync(new URL(`../testing/sql/${name}.sql`, import.meta.url), "utf8");
const words =
  read("generate-logs")
    .match(/splitByChar\(' ', '([^']+)'\)/)?.[1]
    ?.split(" ") ?? [];
const services = ["checkout", "payment", "cart", "catalog", "search", "shipping", "inventory", "pricing", "accounts"];
/** Another one at each turn, of a list. */
const pick = (list: readonly string[], at: number) => list[at % list.length] ?? "";

const server = await startPrivateClickHouse();
const database = await startTestDatabase(server);
await load(database);
const limits = { maxConcurrent: 20, maxConcurrentPerTenant: 20, maxWaitingPerTenant: 0, maxWaitMs: 1 };
const grpc = createGrpcServer({ host: "127.0.0.1", port: 0, log: quietLog });
addQueryService(grpc, {
  reader: database.reader,
  clickhouse: database.clickhouse,
  lags: async () => [],
  disk: { usedPercent: () => 0, level: () => "ok" },
  sampleDaysOf: () => 30,
  clock: Date.now,
  handlers: createQueryHandlers({ internalToken, turns: createQueryTurns({ limits, refused: () => undefined }) }),
});
const client = createClient(QueryServiceClient, `127.0.0.1:${await grpc.listen()}`, { internalToken });
const traceIds = await readTraceIds(database);

const search = (request: Partial<SearchLogsRequest>) =>
  client.call("searchLogs", { ...SearchLogsRequest.create(), range, ...request }, { tenant, deadlineMs: 60_000 });
const newest = (request: Partial<SearchLogsRequest>) => search({ ...request, recordsOnly: true });

const CASES: Readonly<Record<string, (at: number) => Promise<unknown>>> = {
  // 100 records, a time line and the total, of one in 30 to 100 records.
  token: (at) => search({ searchText: pick(words, at * 7) }),
  "two-tokens": (at) => search({ searchText: `${pick(words, at * 7)} ${pick(words, at * 11 + 3)}` }),
  "rare-token": (at) => search({ searchText: pick(["exhausted", "quota", "volume writers"], at), services: [] }),
  phrase: (at) => search({ searchText: `"connection refused by upstream 10.${at % 4}.${at % 256}"` }),
  "common-phrase": (at) => search({ searchText: `"refused by upstream" ${pick(words, at * 7)}` }),
  histogram: (at) => search({ services: [pick(services, at)], minSeverityNumber: 13 - (at % 3) }),
  "newest-of-stream": (at) =>
    newest({
      services: [pick(services, at)],
      minSeverityNumber: 13,
      attributes: { "k8s.pod.name": `${pick(services, at)}-${at % 6}` },
    }),
  // Of which there are fewer than a hundred in the whole day.
  "sparse-stream": (at) =>
    newest({ services: [pick(services, at)], minSeverityNumber: 17, attributes: { "host.name": `node-${at % 120}` } }),
  "newest-errors": (at) => newest({ services: [pick(services, at)], minSeverityNumber: 17 }),
  "trace-by-id": (at) => client.call("getTrace", GetTraceRequest.create({ traceId: pick(traceIds, at) }), { tenant }),
};

for (const [metric, ask] of Object.entries(CASES)) {
  if (WANTED === undefined || WANTED.includes(metric)) await measure(metric, ask);
}
client.close();
await grpc.close(1000);
await database[Symbol.asyncDispose]();

async function load({ clickhouse }: TestDatabase): Promise<void> {
  for (const [name, rows] of [
    ["generate-logs", LOGS],
    ["generate-spans", SPANS],
  ] as const) {
    for (let first = 0; first < rows; first += ROWS_PER_INSERT) {
      const count = Math.min(ROWS_PER_INSERT, rows - first);
      await clickhouse.command(read(name), { seed: 1, tenant, end, rows, first, count });
    }
  }
  // What is merged meanwhile would be measured as well.
  const schema = z.object({ merges: z.number() });
  const merging = async () =>
    (await clickhouse.query("SELECT toUInt32(count()) AS merges FROM system.merges", {}, { schema }))[0]?.merges;
  await eventually(async () => (await merging()) === 0, { timeoutMs: 600_000, intervalMs: 1000 });
}

async function readTraceIds({ clickhouse }: TestDatabase): Promise<string[]> {
  const sql = `SELECT TraceId AS id FROM otel_traces_trace_id_ts ORDER BY cityHash64(TraceId) LIMIT ${RUNS * SEARCHES}`;
  const rows = await clickhouse.query(sql, {}, { schema: z.object({ id: z.string() }) });
  return rows.map(({ id }) => id);
}

/** User and system time of the database, seconds. */
function databaseSeconds(): number {
  const fields = readFileSync(`/proc/${server.pid}/stat`, "utf8").split(" ");
  return (Number(fields[13]) + Number(fields[14])) / TICKS_PER_SECOND;
}

async function measure(metric: string, ask: (at: number) => Promise<unknown>): Promise<void> {
  const medians: number[] = [];
  const p95s: number[] = [];
  const cpu: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const times: number[] = [];
    const cpuBefore = databaseSeconds();
    for (let at = 0; at < SEARCHES; at++) {
      const startedAt = performance.now();
      await ask(run * SEARCHES + at);
      times.push(performance.now() - startedAt);
    }
    cpu.push(((databaseSeconds() - cpuBefore) / SEARCHES) * 1000);
    const sorted = times.toSorted((a, b) => a - b);
    medians.push(sorted[SEARCHES >> 1] ?? 0);
    p95s.push(sorted[Math.floor(SEARCHES * 0.95)] ?? 0);
  }
  print(`${metric}_p50`, medians);
  print(`${metric}_p95`, p95s);
  print(`${metric}_database_cpu`, cpu);
}

function print(metric: string, values: readonly number[]): void {
  const sorted = values.map((value) => Number(value.toPrecision(4))).sort((a, b) => a - b);
  const [value, min, max] = [sorted[sorted.length >> 1], sorted[0], sorted.at(-1)];
  const config = { logs: LOGS, spans: SPANS, searches: SEARCHES };
  console.log(JSON.stringify({ bench: "search", metric, value, unit: "ms", min, max, runs: values.length, config }));
}
