import { connectBus } from "@sightline/bus/connect";
import { openKv } from "@sightline/bus/kv";
import { ensureStreams } from "@sightline/bus/streams";
import { type ClickHouse, createClickHouse } from "@sightline/clickhouse/client";
import { migrate } from "@sightline/clickhouse/migrate";
import { createGrpcServer } from "@sightline/rpc/server";
import type { Deps } from "@sightline/service/deps";
import { every } from "@sightline/service/loop";
import { rpcServerDuration } from "@sightline/service/metrics";
import { retry } from "@sightline/service/retry";
import type { StorageConfig } from "./config.ts";
import { addDeadLetterService } from "./dead-letters/dead-letter-service.ts";
import { createMaintenance } from "./maintenance/maintenance.ts";
import { addMaintenanceService } from "./maintenance/maintenance-service.ts";
import { createWriterMetrics } from "./metrics.ts";
import { migrations } from "./migrations.ts";
import { addQueryService } from "./query/query-service.ts";
import { createReader } from "./query/reader.ts";
import { applyRetention } from "./retention/retention.ts";
import { LANES_BUCKET } from "./writer/lanes.ts";
import { watchPause } from "./writer/pause.ts";
import { startWriter } from "./writer/writer.ts";

const RETENTION_INTERVAL_MS = 3_600_000;
const QUERY_GRACE_MS = 5000;

/** Starts storage: the database and the bus first, then the writer, the door for queries last. */
export async function start(config: StorageConfig, deps: Deps): Promise<void> {
  const { log, lifecycle, readiness, clock, signal } = deps;

  const clickhouse = createClickHouse(config.clickhouse, { log });
  lifecycle.push("clickhouse", clickhouse.close);
  await patiently(deps, "clickhouse", () => prepareDatabase(clickhouse, config, deps));
  readiness.add("clickhouse", async () => {
    await clickhouse.ping();
    return true;
  });
  // Tables of the server's own appear when it first writes them, and come anew with its versions.
  const endChecks = every(RETENTION_INTERVAL_MS, () => applyRetention(clickhouse, config.retention, log), {
    name: "retention",
    log,
    immediately: false,
  });
  lifecycle.push("retention", endChecks);

  const bus = await connectBus({ url: config.nats.url, name: "storage", log, signal });
  lifecycle.push("bus", bus.close);
  await patiently(deps, "bus", () => ensureStreams(bus, config.nats));
  readiness.add("bus", () => bus.isConnected() || "the bus is not reachable");

  const bucket = await openKv(bus, LANES_BUCKET, { replicas: config.nats.replicas });
  const pause = await watchPause({ bucket, log, now: () => performance.now() });
  lifecycle.push("pause", pause.close);

  const metrics = createWriterMetrics(deps.metrics, clock);
  const { maxBatchRows, maxBatchBytes, ...writing } = config.writer;
  const writer = startWriter({
    ...writing,
    bus,
    bucket,
    pause,
    clickhouse,
    limits: { ...writing, maxRows: maxBatchRows, maxBytes: maxBatchBytes },
    observe: metrics.observer,
    log,
    random: Math.random,
  });
  lifecycle.push("writer", writer.stop);
  for (const lane of writer.lanes()) metrics.showPending(lane.name, lane.pending);

  // Connections of their own: however many queries wait, inserts go on.
  const requestTimeoutMs = config.query.maxExecutionMs + QUERY_GRACE_MS;
  const forQueries = createClickHouse({ ...config.clickhouse, requestTimeoutMs }, { log });
  lifecycle.push("clickhouse for queries", forQueries.close);
  const server = createGrpcServer({
    host: config.bind,
    port: config.grpcPort,
    log,
    metrics: rpcServerDuration(deps.metrics),
  });
  addQueryService(server, {
    reader: createReader(forQueries, config.query),
    lags: async () => writer.lags(),
    clock,
    internalToken: config.internalToken.reveal(),
  });
  addMaintenanceService(server, createMaintenance({ bucket, watch: pause }), config.internalToken.reveal());
  addDeadLetterService(server, { bus, internalToken: config.internalToken.reveal() });
  lifecycle.push("grpc", () => server.close(QUERY_GRACE_MS));
  const port = await server.listen();
  log.info({ port, lanes: config.writer.lanes }, "storage answers");
}

async function prepareDatabase(clickhouse: ClickHouse, config: StorageConfig, { log }: Deps): Promise<void> {
  await migrate(clickhouse, migrations, log);
  await applyRetention(clickhouse, config.retention, log);
}

/** What the service cannot do without may come up after it. */
function patiently(deps: Deps, what: string, connect: () => Promise<void>): Promise<void> {
  return retry(connect, {
    attempts: Number.POSITIVE_INFINITY,
    baseDelayMs: 200,
    maxDelayMs: 5000,
    signal: deps.signal,
    onRetry: (error) => deps.log.warn({ error: error.message }, `${what} cannot be used yet`),
  });
}
