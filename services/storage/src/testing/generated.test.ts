import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import {
  ListServicesRequest,
  SearchLogsRequest,
  SearchTracesRequest,
} from "@sightline/proto/sightline/query/v1/query_service";
import { z } from "zod";
import { getTrace } from "../query/get-trace.ts";
import { listServices } from "../query/list-services.ts";
import { createReader } from "../query/reader.ts";
import { searchLogs } from "../query/search-logs.ts";
import { searchTraces } from "../query/search-traces.ts";
import { contextOf, startTestDatabase, type TestDatabase } from "./database.ts";

const ROWS = 60_000;
const endMs = Date.now();
const end = BigInt(endMs) * 1_000_000n;
let database: TestDatabase;

before(async () => {
  database = await startTestDatabase();
  for (const name of ["generate-logs", "generate-spans"]) {
    const sql = readFileSync(new URL(`./sql/${name}.sql`, import.meta.url), "utf8");
    await database.clickhouse.command(sql, { seed: 1, tenant: "default", end, rows: ROWS, first: 0, count: ROWS });
  }
});
after(() => database[Symbol.asyncDispose]());

// Ids that lack a zero come first, then those that begin with zeros.
test("generated traces are found by their ids, whatever these begin with", async () => {
  const sql = "SELECT TraceId AS id FROM otel_traces_trace_id_ts ORDER BY length(TraceId), TraceId LIMIT 10";
  const ids = await database.clickhouse.query(sql, {}, { schema: z.object({ id: z.string() }) });
  assert.equal(ids.length, 10);
  for (const { id } of ids) {
    const { resourceSpans } = await getTrace(database.reader)({ traceId: id }, contextOf("default"));
    const spans = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
    assert.equal(spans.length, 10, id);
  }
});

for (const table of ["otel_logs", "otel_traces"]) {
  test(`generated ids have the length of those that are stored: ${table}`, async () => {
    const sql = `SELECT DISTINCT length(TraceId) AS trace, length(SpanId) AS span FROM ${table} WHERE TraceId != ''`;
    const schema = z.object({ trace: z.string(), span: z.string() });
    assert.deepEqual(await database.clickhouse.query(sql, {}, { schema }), [{ trace: "32", span: "16" }]);
  });
}

test("of a day no more is read than the hour that is asked for", async () => {
  const limits = { maxExecutionMs: 20_000, maxResultRows: 100_000, maxMemoryBytes: 1e9 };
  // An hour has 2500 rows; parts are read in granules of 1024 and 8192.
  const reader = createReader(database.clickhouse, { ...limits, maxRowsToRead: 20_000 });
  const range = { startUnixNano: end - 3_600_000_000_000n, endUnixNano: end };
  const clock = () => endMs;
  const logs = await searchLogs(reader, clock)({ ...SearchLogsRequest.create(), range }, contextOf("default"));
  assert.equal(logs.totalCount, 2500n);
  const traces = await searchTraces(reader, clock)({ ...SearchTracesRequest.create(), range }, contextOf("default"));
  assert.equal(traces.traces.length, 20);
  const { services } = await listServices(reader, clock)(
    ListServicesRequest.fromPartial({ range }),
    contextOf("default"),
  );
  assert.equal(
    services.reduce((sum, { spanCount }) => sum + spanCount, 0n),
    2500n,
  );
});
