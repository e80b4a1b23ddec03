import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { generateLogs, generateMetrics, generateTraces } from "@sightline/otlp/testing/generate";
import { eventually } from "@sightline/testkit/eventually";
import { z } from "zod";
import { startTestDatabase, type TestDatabase } from "./testing/database.ts";
import { type Dashboard, expand } from "./testing/grafana-macros.ts";
import { startPipeline, startTestWriter } from "./testing/pipeline.ts";

/**
 * What Grafana's ClickHouse data source asks (its builder for logs and traces with OpenTelemetry columns, and the kinds
 * of queries of its three dashboards), against what our writer has stored.
 */
const now = Math.floor(Date.now() / 1000);
const dashboard: Dashboard = {
  from: now - 3600,
  to: now + 3600,
  intervalSeconds: 60,
  variables: { status: undefined, operation: undefined },
  table: "otel_logs",
  column: "Body",
};
const opened = new AsyncDisposableStack();
let database: TestDatabase;
let service = "";
let traceId = "";
const row = z.record(z.string(), z.unknown());

async function ask(sql: string): Promise<Record<string, unknown>[]> {
  const variables = { ...dashboard.variables, service: `'${service}'`, traceId };
  return await database.clickhouse.query(expand(sql, { ...dashboard, variables }), {}, { schema: row });
}

async function first(sql: string): Promise<Record<string, unknown>> {
  const [found] = await ask(sql);
  assert.ok(found, `no row for ${sql}`);
  return found;
}

before(async () => {
  database = opened.use(await startTestDatabase());
  const pipeline = opened.use(await startPipeline());
  const writer = await startTestWriter(pipeline.bus, database.clickhouse);
  opened.defer(() => writer.stop());
  const load = { requests: 2, records: 200, seed: 1, nowUnixNano: BigInt(now) * 1_000_000_000n };
  const ids = Array.from({ length: 400 }, () => "");
  await pipeline.publish("traces", ids, { payload: Buffer.concat(generateTraces(load)) });
  await pipeline.publish("logs", ids, { payload: Buffer.concat(generateLogs(load)) });
  await pipeline.publish("metrics", ids, { payload: Buffer.concat(generateMetrics(load)) });
  const call = { TraceId: "called", Timestamp: String(now), Duration: 1, StatusCode: "Unset", SpanKind: "Client" };
  await database.insert("otel_traces", [
    { ...call, SpanId: "1", ServiceName: "frontend" },
    { ...call, SpanId: "2", ParentSpanId: "1", ServiceName: "checkout" },
  ]);
  await eventually(
    async () => {
      const stored = await first(
        `SELECT (SELECT count() FROM otel_traces) > 2 AND (SELECT count() FROM otel_logs) > 0
          AND (SELECT count() FROM metrics_samples) > 0 AS all`,
      );
      assert.ok(stored["all"]);
    },
    { timeoutMs: 60_000 },
  );
  const span = await first(
    "SELECT ServiceName AS service, TraceId AS trace FROM otel_traces WHERE TraceId != 'called' LIMIT 1",
  );
  service = z.string().parse(span["service"]);
  traceId = z.string().parse(span["trace"]);
});
after(() => opened.disposeAsync());

interface Query {
  readonly name: string;
  readonly sql: string;
  /** In the order that Grafana wants. */
  readonly columns: readonly string[];
}

const traceColumns = `"TraceId" AS traceID, "SpanId" AS spanID, "ParentSpanId" AS parentSpanID, "ServiceName" AS serviceName,
  "SpanName" AS operationName, multiply(toUnixTimestamp64Nano("Timestamp"), 0.000001) AS startTime,
  multiply("Duration", 0.000001) AS duration,
  arrayMap(key -> map('key', key, 'value', "SpanAttributes"[key]), mapKeys("SpanAttributes")) AS tags,
  arrayMap(key -> map('key', key, 'value', "ResourceAttributes"[key]), mapKeys("ResourceAttributes")) AS serviceTags,
  if("StatusCode" IN ('Error', 'STATUS_CODE_ERROR'), 2, 0) AS statusCode, "SpanKind" AS kind, "StatusMessage" AS statusMessage,
  "TraceState" AS traceState,
  arrayMap((name, time, attributes) -> tuple(name, toString(toUnixTimestamp64Milli(time)),
    arrayMap(key -> map('key', key, 'value', attributes[key]), mapKeys(attributes))),
    "Events".Name, "Events".Timestamp, "Events".Attributes) AS logs,
  arrayMap((trace, span, attributes) -> tuple(trace, span,
    arrayMap(key -> map('key', key, 'value', attributes[key]), mapKeys(attributes))),
    "Links".TraceId, "Links".SpanId, "Links".Attributes) AS references`;

const queries: readonly Query[] = [
  {
    name: "a trace by its id, found through the times of traces",
    sql: `WITH '$traceId' AS trace_id,
        (SELECT min(Start) FROM otel_traces_trace_id_ts WHERE TraceId = trace_id) AS trace_start,
        (SELECT max(End) + 1 FROM otel_traces_trace_id_ts WHERE TraceId = trace_id) AS trace_end
      SELECT ${traceColumns} FROM otel_traces
      WHERE traceID = trace_id AND "Timestamp" >= trace_start AND "Timestamp" <= trace_end LIMIT 1000`,
    columns: [
      ...["traceID", "spanID", "parentSpanID", "serviceName", "operationName", "startTime", "duration", "tags"],
      ...["serviceTags", "statusCode", "kind", "statusMessage", "traceState", "logs", "references"],
    ],
  },
  {
    name: "traces of a service, slowest first",
    sql: `SELECT "TraceId" AS traceID, "ServiceName" AS serviceName, "SpanName" AS operationName, "Timestamp" AS startTime,
        multiply("Duration", 0.000001) AS duration
      FROM otel_traces WHERE ( Timestamp >= $__fromTime AND Timestamp <= $__toTime ) AND ( ServiceName = $service ) AND ( Duration > 0 )
      ORDER BY Timestamp DESC, Duration DESC LIMIT 100`,
    columns: ["traceID", "serviceName", "operationName", "startTime", "duration"],
  },
  {
    name: "log records, newest first",
    sql: `SELECT Timestamp AS timestamp, Body AS body, SeverityText AS level, LogAttributes AS labels, TraceId AS traceID
      FROM otel_logs WHERE ( timestamp >= $__fromTime AND timestamp <= $__toTime )
      ORDER BY timestamp DESC LIMIT 1000`,
    columns: ["timestamp", "body", "level", "labels", "traceID"],
  },
  {
    name: "the volume of logs by level",
    sql: `SELECT toStartOfInterval("Timestamp", INTERVAL $__interval_s second) AS time,
        sum(multiSearchAny(toString("SeverityText"), ['error', 'ERROR', 'err', 'ERR', 'eror', 'EROR'])) AS error,
        sum(multiSearchAny(toString("SeverityText"), ['info', 'INFO', 'information', 'INFORMATION'])) AS info
      FROM otel_logs WHERE $__timeFilter(Timestamp) GROUP BY time ORDER BY time ASC`,
    columns: ["time", "error", "info"],
  },
  {
    name: "the record of a trace's logs",
    sql: `SELECT Timestamp AS timestamp, Body AS body, SeverityText AS level FROM otel_logs
      WHERE $__timeFilter_ms(Timestamp) AND $__conditionalAll(SeverityText IN ($status), $status) LIMIT 10`,
    columns: ["timestamp", "body", "level"],
  },
  {
    name: "keys of attributes, for ad hoc filters",
    sql: `SELECT DISTINCT arrayJoin(ResourceAttributesKeys) AS keys FROM otel_logs WHERE $__dateFilter(toDate(Timestamp)) LIMIT 1000`,
    columns: ["keys"],
  },
  {
    name: "attributes as items",
    sql: `SELECT arrayJoin(arrayConcat(ResourceAttributeItems, SpanAttributeItems)) AS item, count() AS spans
      FROM otel_traces WHERE $__dt(toDate(Timestamp), Timestamp) GROUP BY item ORDER BY spans DESC LIMIT 20`,
    columns: ["item", "spans"],
  },
  {
    name: "requests, errors and durations of a service",
    sql: `SELECT $__timeInterval(Timestamp) AS time, count() / $__interval_s AS rate,
        countIf(StatusCode IN ('Error', 'STATUS_CODE_ERROR')) / count() AS errors,
        quantile(0.95)(Duration) / 1000000 AS p95
      FROM otel_traces
      WHERE $__timeFilter(Timestamp) AND $__conditionalAll(ServiceName IN ($service), $service)
        AND SpanKind IN ('Server', 'Client', 'Internal', 'Consumer', 'Producer')
      GROUP BY time ORDER BY time`,
    columns: ["time", "rate", "errors", "p95"],
  },
  {
    name: "who calls whom",
    sql: `SELECT concat(caller.ServiceName, '-', called.ServiceName) AS id, caller.ServiceName AS source,
        called.ServiceName AS target, concat(toString(count()), ' calls') AS mainstat
      FROM otel_traces AS called INNER JOIN otel_traces AS caller
        ON called.ParentSpanId = caller.SpanId AND called.TraceId = caller.TraceId
      WHERE $__timeFilter(called.Timestamp) AND $__timeFilter(caller.Timestamp)
      GROUP BY source, target LIMIT 50`,
    columns: ["id", "source", "target", "mainstat"],
  },
  {
    name: "traces with their slowest span and state",
    sql: `SELECT TraceId, any(ServiceName) AS Service, any(SpanName) AS RootOperation, min(Timestamp) AS Time,
        max(Duration) AS Duration, count() AS Spans, anyIf(StatusCode, StatusCode IN ('Error', 'STATUS_CODE_ERROR')) AS Status
      FROM otel_traces WHERE $__timeFilter(Timestamp) AND $__conditionalAll(SpanName IN ($operation), $operation)
      GROUP BY TraceId ORDER BY Time DESC LIMIT 200`,
    columns: ["TraceId", "Service", "RootOperation", "Time", "Duration", "Spans", "Status"],
  },
  {
    name: "a gauge over time",
    sql: `SELECT $__timeInterval_ms(TimeUnix) AS time, MetricName, avg(Value) AS value FROM otel_metrics_gauge
      WHERE $__timeFilter(TimeUnix) GROUP BY time, MetricName ORDER BY time`,
    columns: ["time", "MetricName", "value"],
  },
  {
    name: "a counter with its kind",
    sql: `SELECT TimeUnix, Value, AggregationTemporality, IsMonotonic, Attributes, ResourceAttributes['service.name'] AS service
      FROM otel_metrics_sum WHERE $__timeFilter(TimeUnix) ORDER BY TimeUnix LIMIT 10`,
    columns: ["TimeUnix", "Value", "AggregationTemporality", "IsMonotonic", "Attributes", "service"],
  },
  {
    name: "a column of a table that the query names",
    sql: "SELECT $__column FROM $__table WHERE Timestamp >= $__fromTime_ms AND Timestamp <= $__toTime_ms LIMIT 1",
    columns: ["Body"],
  },
  {
    name: "a series for each service",
    sql: "$__columns(Timestamp, ServiceName AS service, count() AS spans) FROM otel_traces WHERE Duration > 0 LIMIT 10",
    columns: ["t", "service", "spans"],
  },
  {
    name: "requests a second of each service",
    sql: "$__rateColumns(Timestamp, ServiceName, count()) FROM otel_traces",
    columns: ["t", "metric", "value"],
  },
  {
    name: "how fast a counter grew",
    sql: "$__perSecondColumns(TimeUnix, MetricName, Value) FROM otel_metrics_sum WHERE IsMonotonic",
    columns: ["t", "metric", "value"],
  },
  {
    name: "what a counter grew by",
    sql: "$__increaseColumns(TimeUnix, MetricName, Value AS growth) FROM otel_metrics_sum WHERE IsMonotonic",
    columns: ["t", "metric", "growth"],
  },
  {
    name: "the shape of durations in a few points",
    sql: "$__lttb(auto, Timestamp, Duration) FROM otel_traces",
    columns: ["Timestamp", "Duration"],
  },
  {
    name: "the shape of what was counted before",
    sql: "$__lttb(10, second, count() AS spans) FROM (SELECT Timestamp, toStartOfSecond(Timestamp) AS second FROM otel_traces) GROUP BY second",
    columns: ["second", "spans"],
  },
];
for (const { name, sql, columns } of queries) {
  test(`Grafana asks for ${name}`, async () => {
    const found = await first(sql);
    assert.deepEqual(Object.keys(found), columns);
  });
}

test("statuses and kinds are spelled as the dashboards filter them", async () => {
  const statuses = await ask("SELECT DISTINCT StatusCode AS status FROM otel_traces WHERE $__timeFilter(Timestamp)");
  assert.deepEqual(
    statuses.filter(({ status }) => !["Unset", "Ok", "Error"].includes(String(status))),
    [],
  );
  const kinds = await ask("SELECT DISTINCT SpanKind AS kind FROM otel_traces WHERE $__timeFilter(Timestamp)");
  const known = ["Unspecified", "Internal", "Server", "Client", "Producer", "Consumer"];
  assert.deepEqual(
    kinds.filter(({ kind }) => !known.includes(String(kind))),
    [],
  );
});

test("the data source takes the tables for the schema without TimestampTime", async () => {
  const columns = await ask("DESCRIBE TABLE otel_logs");
  assert.ok(!columns.some(({ name }) => name === "TimestampTime"));
  const map = columns.find(({ name }) => name === "LogAttributes");
  assert.equal(map?.["type"], "Map(LowCardinality(String), String)");
});
