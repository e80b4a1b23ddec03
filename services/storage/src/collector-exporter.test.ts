import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { z } from "zod";
import { startTestDatabase, type TestDatabase } from "./testing/database.ts";

// What opentelemetry-collector-contrib's clickhouseexporter sends with create_schema: false, by the columns it names.
const logColumns = [
  ...["Timestamp", "TraceId", "SpanId", "TraceFlags", "SeverityText", "SeverityNumber", "ServiceName", "Body"],
  ...["ResourceSchemaUrl", "ResourceAttributes", "ScopeSchemaUrl", "ScopeName", "ScopeVersion", "ScopeAttributes"],
  ...["LogAttributes", "EventName"],
];
const spanColumns = [
  ...["Timestamp", "TraceId", "SpanId", "ParentSpanId", "TraceState", "SpanName", "SpanKind", "ServiceName"],
  ...["ResourceAttributes", "ScopeName", "ScopeVersion", "SpanAttributes", "Duration", "StatusCode", "StatusMessage"],
  ...["Events.Timestamp", "Events.Name", "Events.Attributes"],
  ...["Links.TraceId", "Links.SpanId", "Links.TraceState", "Links.Attributes"],
];
const trace = "0af7651916cd43dd8448eb211c80319c";
let database: TestDatabase;

before(async () => {
  database = await startTestDatabase();
});
after(() => database[Symbol.asyncDispose]());

async function one(sql: string): Promise<Record<string, unknown>> {
  const [row] = await database.clickhouse.query(sql, {}, { schema: z.record(z.string(), z.unknown()) });
  assert.ok(row);
  return row;
}

test("a collector's log records are the default tenant's", async () => {
  await database.clickhouse.command(
    `INSERT INTO "${database.address.database}"."otel_logs" (${logColumns.join(", ")}) VALUES
     (now64(9), '${trace}', '00f067aa0ba902b7', 1, 'INFO', 9, 'shop', 'hello', '', {'service.name': 'shop'}, '', 'scope', '1', {}, {'a': 'b'}, 'e')`,
  );
  const { Tenant, Body, Id } = await one("SELECT Tenant, Body, Id FROM otel_logs");
  assert.deepEqual([Tenant, Body], ["default", "hello"]);
  assert.ok(BigInt(String(Id)) > 0n, "records of one nanosecond can be told apart");
});

test("a collector's spans are found by their trace", async () => {
  await database.clickhouse.command(
    `INSERT INTO "${database.address.database}"."otel_traces" (${spanColumns.map((name) => `"${name}"`).join(", ")}) VALUES
     (now64(9), '${trace}', '00f067aa0ba902b7', '', '', 'GET /', 'Server', 'shop', {'service.name': 'shop'}, 'scope', '1', {'k': 'v'}, 12, 'Ok', '',
      [now64(9)], ['exception'], [{'x': 'y'}], ['${trace}'], ['00f067aa0ba902b7'], [''], [{}])`,
  );
  const found = await one(
    `SELECT Tenant, Start <= now() AS known FROM otel_traces_trace_id_ts WHERE TraceId = '${trace}'`,
  );
  assert.deepEqual(found, { Tenant: "default", known: 1 });
});

test("the columns that the exporter looks for at its start are there, with its types", async () => {
  const described = z.object({ name: z.string(), type: z.string() });
  const columnsOf = async (table: string) => {
    const rows = await database.clickhouse.query(`DESC TABLE ${table}`, {}, { schema: described });
    return new Map(rows.map(({ name, type }) => [name, type]));
  };
  const [logs, spans] = [await columnsOf("otel_logs"), await columnsOf("otel_traces")];
  assert.deepEqual(
    logColumns.filter((name) => !logs.has(name)),
    [],
  );
  assert.deepEqual(
    spanColumns.filter((name) => !spans.has(name)),
    [],
  );
  assert.equal(logs.get("EventName"), "String");
  assert.equal(spans.get("Timestamp"), "DateTime64(9)");
  assert.equal(spans.get("Duration"), "UInt64");
});
