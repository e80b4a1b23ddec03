// What the guard of users' SQL promises, held against a real ClickHouse with the tables as they are.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { guardSql, TENANT_PARAMETER } from "@sightline/query/sql/guard";
import { tenantFilters } from "@sightline/query/sql/tenant-filters";
import { z } from "zod";
import { startTestDatabase, type TestDatabase } from "./testing/database.ts";

let database: TestDatabase;
let tables: ReadonlySet<string>;

before(async () => {
  database = await startTestDatabase();
  const sql = "SELECT DISTINCT table FROM system.columns WHERE database = {database:String} AND name = 'Tenant'";
  const rows = await database.clickhouse.query(
    sql,
    { database: database.address.database },
    { schema: z.object({ table: z.string() }) },
  );
  tables = new Set(rows.map(({ table }) => table));
  const time = String(Math.floor(Date.now() / 1000));
  const log = (tenant: string, body: string) => ({
    ...{ Tenant: tenant, Timestamp: time, Body: body, ServiceName: "shop", TraceId: "t1" },
    LogAttributes: { tenant },
  });
  await database.insert("otel_logs", [log("ada", "hello"), log("bob", "secret")]);
  const span = (tenant: string) => ({ Tenant: tenant, Timestamp: time, TraceId: "t1", SpanName: tenant, Duration: 1 });
  await database.insert("otel_traces", [span("ada"), span("bob")]);
});

after(async () => await database[Symbol.asyncDispose]());

/** Runs a statement as somebody of the tenant would; rows as texts. */
async function run(source: string, parameters: Readonly<Record<string, unknown>> = {}): Promise<string[]> {
  const { sql } = guardSql(source, { database: database.address.database, tables });
  const rows = await database.clickhouse.query(
    sql,
    { ...parameters, [TENANT_PARAMETER]: "ada" },
    {
      schema: z.array(z.unknown()),
      format: "JSONCompactEachRow",
      settings: {
        ...{ readonly: 1, asterisk_include_alias_columns: 1, max_execution_time: 10 },
        additional_table_filters: tenantFilters({ database: database.address.database, tables }, "ada"),
      },
    },
  );
  return rows.map((row) => row.map(String).join(" "));
}

test("every table and view of a tenant can be read, and shows no other tenant", async () => {
  assert.ok(tables.has("otel_logs") && tables.has("otel_metrics_sum") && tables.size > 10);
  for (const table of tables) {
    const rows = await run(`SELECT DISTINCT Tenant FROM ${table}`);
    assert.ok(
      rows.every((row) => row === "ada"),
      `${table}: got ${rows.join(", ")}`,
    );
  }
});

test("what people ask runs as they wrote it", async () => {
  const f = async (source: string, want: string[], parameters: object = {}) =>
    assert.deepEqual(await run(source, { ...parameters }), want, source);
  await f("SELECT Body FROM otel_logs", ["hello"]);
  await f("SELECT otel_logs.Body, LogAttributes['tenant'] FROM otel_logs WHERE Timestamp > now() - INTERVAL 1 HOUR", [
    "hello ada",
  ]);
  await f("SELECT l.Body, t.SpanName FROM otel_logs l JOIN otel_traces t ON l.TraceId = t.TraceId", ["hello ada"]);
  await f("SELECT l.Body, t.SpanName FROM otel_logs l, otel_traces t WHERE l.TraceId = t.TraceId", ["hello ada"]);
  await f("SELECT Body FROM otel_logs WHERE TraceId IN (SELECT TraceId FROM otel_traces WHERE SpanName = 'bob')", []);
  await f("WITH a AS (SELECT Body AS b FROM otel_logs) SELECT b FROM a UNION ALL SELECT b FROM a", ["hello", "hello"]);
  await f("WITH otel_traces AS (SELECT 1 AS one) SELECT one, (SELECT count() FROM otel_logs) FROM otel_traces", [
    "1 1",
  ]);
  await f("SELECT k FROM otel_logs ARRAY JOIN mapKeys(LogAttributes) AS k", ["tenant"]);
  await f(
    "SELECT toStartOfInterval(Timestamp, INTERVAL 1 DAY) AS day, count() c FROM otel_logs GROUP BY day HAVING c > 5 ORDER BY day DESC LIMIT 5",
    [],
  );
  await f(
    "SELECT count() OVER (PARTITION BY ServiceName ORDER BY Timestamp ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM otel_logs",
    ["1"],
  );
  await f(
    "SELECT CASE WHEN Body = 'it''s' THEN 1 ELSE 2 END, CAST(1 AS Nullable(String)), arrayMap(x -> x + 1, [1])[1], tuple(1, 2).2 FROM otel_logs",
    ["2 1 2 2"],
  );
  await f("SELECT {a:UInt8} + 1, 'x' IN {b:Array(String)}", ["2 1"], { a: 1, b: ["x"] });
  await f("SELECT * EXCEPT (Tenant) FROM (SELECT Tenant, Body FROM otel_logs)", ["hello"]);
});

test("a tenant's filter holds for a statement that nobody guarded", async () => {
  const settings = (tenant: string) => ({
    readonly: 1,
    additional_table_filters: tenantFilters({ database: database.address.database, tables }, tenant),
  });
  const ask = async (sql: string, tenant: string) =>
    await database.clickhouse.query(sql, {}, { schema: z.object({ Tenant: z.string() }), settings: settings(tenant) });
  const sql =
    "SELECT Tenant FROM otel_logs UNION ALL SELECT Tenant FROM otel_traces AS t WHERE Tenant IN (SELECT Tenant FROM otel_logs)";
  assert.deepEqual(await ask(sql, "bob"), [{ Tenant: "bob" }, { Tenant: "bob" }]);
  assert.deepEqual(await ask(sql, "' OR 1 --"), []);
  assert.deepEqual(await ask(sql, "\\' OR 1 = 1 OR \\'"), []);
  await assert.rejects(
    async () => await ask(`${sql} SETTINGS additional_table_filters = {}`, "bob"),
    /READONLY|readonly mode/,
  );
});
