import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { z } from "zod";
import { getTrace } from "../query/get-trace.ts";
import { contextOf, startTestDatabase, type TestDatabase } from "./database.ts";

const SPANS = 20_000;
let database: TestDatabase;

before(async () => {
  database = await startTestDatabase();
  const end = BigInt(Date.now()) * 1_000_000n;
  for (const name of ["generate-logs", "generate-spans"]) {
    const sql = readFileSync(new URL(`./sql/${name}.sql`, import.meta.url), "utf8");
    await database.clickhouse.command(sql, { seed: 1, tenant: "default", end, rows: SPANS, first: 0, count: SPANS });
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
