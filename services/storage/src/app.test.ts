import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  Aggregation,
  ListServicesRequest,
  QueryMetricsRequest,
  QueryServiceClient,
  SearchEventsRequest,
  SearchLogsRequest,
  SearchTracesRequest,
  SeriesFunction,
} from "@sightline/proto/sightline/query/v1/query_service";
import { createClient } from "@sightline/rpc/client";
import { eventually } from "@sightline/testkit/eventually";
import { freePort } from "@sightline/testkit/free-port";
import { startClickHouse } from "@sightline/testkit/servers";
import { startService } from "@sightline/testkit/start-service";
import { start } from "./app.ts";
import { type StorageConfig, storageConfig } from "./config.ts";
import { startPipeline } from "./testing/pipeline.ts";

const internalToken = "the-internal-token";
const tenant = "acme";
const opened = new AsyncDisposableStack();
let config: StorageConfig;
let pipeline: Awaited<ReturnType<typeof startPipeline>>;
let service: Awaited<ReturnType<typeof startService>>;
let client: ReturnType<typeof connect>;

function connect(token: string) {
  return createClient(QueryServiceClient, `127.0.0.1:${config.grpcPort}`, { internalToken: token });
}

before(async () => {
  const clickhouse = opened.use(await startClickHouse());
  pipeline = opened.use(await startPipeline());
  const { url, database, username, password } = clickhouse;
  config = storageConfig.parse({
    grpcPort: await freePort(),
    internalToken,
    nats: { url: pipeline.nats.url, diskBudgetBytes: 100_000_000 },
    clickhouse: { url, database, username, password },
    writer: { flushIntervalMs: 20, insertIntervalMs: 50 },
    query: { maxRowsToRead: 1000 },
  });
  service = opened.use(await startService({ start, config }));
  client = connect(internalToken);
  opened.defer(() => client.close());
});
after(() => opened.disposeAsync());

test("what is published can be asked for over gRPC, of all signals", async () => {
  await pipeline.publish("logs", ["a log"], { tenant });
  await pipeline.publish("traces", ["a span"], { tenant });
  await pipeline.publish("metrics", ["a series"], { tenant });
  await pipeline.publish("events", ["an event"], { tenant });
  await eventually(async () => {
    const logs = await client.call("searchLogs", SearchLogsRequest.create(), { tenant });
    assert.deepEqual(
      logs.records.map(({ body, serviceName }) => [body, serviceName]),
      [["a log", "shop"]],
    );
    const traces = await client.call("searchTraces", SearchTracesRequest.create(), { tenant });
    assert.deepEqual(
      traces.traces.map(({ rootName }) => rootName),
      ["a span"],
    );
    const events = await client.call("searchEvents", SearchEventsRequest.create(), { tenant });
    assert.deepEqual(
      events.events.map(({ title }) => title),
      ["an event"],
    );
    const range = { startUnixNano: 0n, endUnixNano: BigInt(Date.now() + 1000) * 1_000_000n };
    const request = { ...QueryMetricsRequest.create(), metric: "level", range };
    const metrics = await client.call("queryMetrics", request, { tenant });
    assert.deepEqual(
      metrics.series.map(({ labels }) => labels),
      [{ id: "a series", "service.name": "shop" }],
    );
  });
  const { traces } = await client.call("searchTraces", SearchTracesRequest.create(), { tenant });
  const { resourceSpans } = await client.call("getTrace", { traceId: traces[0]?.traceId ?? "" }, { tenant });
  assert.equal(resourceSpans[0]?.scopeSpans[0]?.spans[0]?.name, "a span");
  const { services } = await client.call("listServices", ListServicesRequest.create(), { tenant });
  assert.deepEqual(
    services.map(({ name, spanCount, logCount }) => [name, spanCount, logCount]),
    [["shop", 1n, 1n]],
  );
  const statistics = await client.call("getStorageStatistics", {}, { tenant });
  assert.ok(statistics.lags.every(({ pendingMessages }) => pendingMessages === 0n));
  assert.equal(statistics.tables.find(({ table }) => table === "otel_logs")?.rows, 1n);
});

test("a caller without the token, or without a tenant, is told nothing", async () => {
  const stranger = connect("another token");
  try {
    const call = stranger.call("searchLogs", SearchLogsRequest.create(), { tenant });
    await assert.rejects(call, { code: "unauthenticated" });
  } finally {
    stranger.close();
  }
  await assert.rejects(client.call("searchLogs", SearchLogsRequest.create()), { code: "invalid_argument" });
});

test("a request that is wrong keeps its message on the way", async () => {
  const request = { ...SearchLogsRequest.create(), limit: 9999 };
  await assert.rejects(client.call("searchLogs", request, { tenant }), {
    code: "invalid_argument",
    message: "cannot use limit: got 9999, want at most 5000",
  });
});

test("a query that would read too much is cut off", async () => {
  const ids = Array.from({ length: 1500 }, (_, at) => `busy-${at}`);
  await pipeline.publish("metrics", ids, { tenant: "busy" });
  const request = {
    ...QueryMetricsRequest.create(),
    metric: "level",
    function: SeriesFunction.AVG_OVER_TIME,
    aggregation: Aggregation.SUM,
  };
  await eventually(
    async () => {
      await assert.rejects(client.call("queryMetrics", request, { tenant: "busy" }), { code: "resource_exhausted" });
    },
    { intervalMs: 200 },
  );
});

test("the service is ready while its servers are", async () => {
  assert.deepEqual((await service.deps.readiness.report()).notReady, {});
  const metrics = await service.deps.metrics.metrics();
  assert.match(metrics, /sightline_storage_inserted_rows_total\{table="otel_logs"\} 1/);
  assert.match(metrics, /sightline_storage_lane_owned\{lane="logs"\} 1/);
  assert.match(metrics, /sightline_storage_pending_messages\{lane="logs"\} 0/);
  await pipeline.nats.kill();
  await eventually(async () => "bus" in (await service.deps.readiness.report()).notReady);
  await pipeline.nats.restart();
  await eventually(async () => (await service.deps.readiness.report()).ready);
});
