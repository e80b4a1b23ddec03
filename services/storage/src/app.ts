import { randomUUID } from "node:crypto";
import { connectBus } from "@sightline/bus/connect";
import { openKv } from "@sightline/bus/kv";
import { readerStates } from "@sightline/bus/needed";
import { openRedrive } from "@sightline/bus/redrive";
import { ensureStreams } from "@sightline/bus/streams";
import { createClickHouse } from "@sightline/clickhouse/client";
import { setExpiry } from "@sightline/clickhouse/contents";
import { migrate } from "@sightline/clickhouse/migrate";
import { createEventBuilder } from "@sightline/events/builder";
import { DEFAULT_TENANT } from "@sightline/model/tenant";
import { createPool } from "@sightline/postgres/pool";
import type { SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import { createEventSender } from "@sightline/rpc/event-sender";
import { createGrpcServer } from "@sightline/rpc/server";
import type { Deps } from "@sightline/service/deps";
import { every } from "@sightline/service/loop";
import { rpcServerDuration } from "@sightline/service/metrics";
import { retry } from "@sightline/service/retry";
import { createBehindWatch } from "./behind/behind-watch.ts";
import type { StorageConfig } from "./config.ts";
import { addDeadLetterService } from "./dead-letters/dead-letter-service.ts";
import { diskEvent, evictionEvent } from "./disk/disk-events.ts";
import { createEviction, type Eviction, readDisks } from "./disk/disks.ts";
import { pauseForDisk } from "./disk/pause-for-disk.ts";
import { createDiskWatch } from "./disk/watch-disk.ts";
import { addLogqlService } from "./logql/logql-service.ts";
import { createMaintenance } from "./maintenance/maintenance.ts";
import { addMaintenanceService } from "./maintenance/maintenance-service.ts";
import { takeUpkeep } from "./maintenance/upkeep-rest.ts";
import { createQueryMetrics, createWriterMetrics } from "./metrics.ts";
import { migrations } from "./migrations.ts";
import { createKnownRollups } from "./promql/known-rollups.ts";
import { addPromqlService } from "./promql/promql-service.ts";
import { createTenantPurge } from "./purge/purge-tenants.ts";
import { createQueryHandlers } from "./query/query-handlers.ts";
import { addQueryService } from "./query/query-service.ts";
import { createQueryTurns } from "./query/query-turns.ts";
import { createReader } from "./query/reader.ts";
import { defaultDays } from "./retention/config.ts";
import { createRetentionKeeper } from "./retention/keep-applying.ts";
import { createKnownSettings } from "./retention/known-settings.ts";
import { addRetentionService } from "./retention/retention-service.ts";
import { limitSystemLogs } from "./retention/system-logs.ts";
import { createRollup } from "./rollup/rollup.ts";
import { addSqlService } from "./sql/sql-service.ts";
import { addTraceqlService } from "./traceql/traceql-service.ts";
import { startUpkeep } from "./upkeep.ts";
import { LANES_BUCKET } from "./writer/lanes.ts";
import { watchPause } from "./writer/pause.ts";
import { createTell } from "./writer/tell.ts";
import { startWriter } from "./writer/writer.ts";

const SYSTEM_LOGS_INTERVAL_MS = 3_600_000;
const RETENTION_INTERVAL_MS = 5000;
/** Longer than the bus may keep what it could not yet hand on. */
const PURGE_SETTLE_MS = 24 * 3_600_000;
const ROLLUP_INTERVAL_MS = 30_000;
const QUERY_GRACE_MS = 5000;
const EXPIRY_TIMEOUT_MS = 30_000;

/** Starts storage: the database and the bus first, then the writer, the door for queries last. */
export async function start(config: StorageConfig, deps: Deps): Promise<void> {
  const { log, lifecycle, readiness, clock, signal } = deps;

  const clickhouse = createClickHouse(config.clickhouse, { log });
  lifecycle.push("clickhouse", clickhouse.close);
  await patiently(deps, "clickhouse", () => migrate(clickhouse, migrations, log));
  readiness.add("clickhouse", async () => {
    await clickhouse.ping();
    return true;
  });
  const { systemLogsDays } = config.retention;
  if (systemLogsDays > 0) {
    const limit = async () => void (await limitSystemLogs(clickhouse, systemLogsDays, log));
    lifecycle.push("system logs", every(SYSTEM_LOGS_INTERVAL_MS, limit, { name: "system logs", log }));
  }

  const bus = await connectBus({ url: config.nats.url, name: "storage", log, signal });
  lifecycle.push("bus", bus.close);
  await patiently(deps, "bus", () => ensureStreams(bus, config.nats));
  readiness.add("bus", () => bus.isConnected() || "the bus is not reachable");

  const bucket = await openKv(bus, LANES_BUCKET, { replicas: config.nats.replicas });
  const pause = await watchPause({ bucket, log, now: () => performance.now() });
  lifecycle.push("pause", pause.close);
  const metrics = createWriterMetrics(deps.metrics, clock);
  const events = createEventBuilder({ clock });
  const own = createEventSender(config.telemetry);
  if (own !== undefined) lifecycle.push("events", async () => own.close());
  const tell = (event: SystemEvent) => void own?.send(event).catch(metrics.droppedEvent);
  const disk = createDiskWatch({
    readDisks: () => readDisks(clickhouse),
    marks: config.disk,
    log,
    changed: (found, level) => tell(diskEvent(events, found, level)),
  });
  await disk.look();
  metrics.showDisk(disk.usedPercent);
  lifecycle.push("disk", every(config.disk.checkIntervalMs, disk.look, { name: "disk", log, immediately: false }));

  const { maxBatchRows, maxBatchBytes, ...writing } = config.writer;
  const writer = startWriter({
    ...writing,
    bus,
    bucket,
    pause: pauseForDisk(pause, disk),
    clickhouse,
    limits: { ...writing, maxRows: maxBatchRows, maxBytes: maxBatchBytes },
    observe: metrics.observer,
    droppedLetters: metrics.droppedLetters,
    log,
    clock,
    random: Math.random,
  });
  lifecycle.push("writer", writer.stop);
  for (const lane of writer.lanes()) metrics.showLane(lane);
  const readers = async () => {
    if (!bus.isConnected()) return [];
    // What cannot be asked now is asked at the next time; the other metrics are not to wait for it.
    const states = await Promise.all([readerStates(bus, "telemetry"), readerStates(bus, "signals")]).catch(() => []);
    return states.flat();
  };
  metrics.showReaders(readers);
  const tellOnBus = createTell(bus, log);
  const lookBehind = createBehindWatch({
    ...config.behind,
    lanes: writer.lanes,
    readers,
    clock,
    tell: (event) => tellOnBus(event, DEFAULT_TENANT),
  });
  lifecycle.push("behind", every(config.behind.checkIntervalMs, lookBehind, { name: "behind", log }));

  // Not waited for: what is stored and asked needs none of it.
  const pool = createPool(config.postgres, { log });
  lifecycle.push("postgres", pool.close);
  const keepRetention = createRetentionKeeper({ sql: pool, clickhouse, config: config.retention, log });
  const { metricsDays } = config.retention;
  const defaults = defaultDays(config.retention);
  const keptDays = createKnownSettings({ sql: pool, defaults, now: () => performance.now() });
  const sampleDaysOf = (tenant: string) => keptDays(tenant).metrics;
  const { delayMs } = config.rollup;
  const rollUp = createRollup({ clickhouse, clock, log, backfillDays: metricsDays, sampleDaysOf, delayMs });
  const purge = createTenantPurge({ sql: pool, clickhouse, clock, log, settleMs: PURGE_SETTLE_MS });
  const evicted = (day: Eviction) => {
    metrics.evicted(day.table, day.rows);
    tell(evictionEvent(events, day));
  };
  const evict = createEviction({ clickhouse, disk, clock, log, evicted });
  const chores = [
    ...(config.disk.evictOldest ? [{ name: "eviction", intervalMs: config.disk.checkIntervalMs, run: evict }] : []),
    { name: "deleted tenants", intervalMs: config.purgeIntervalMs, run: purge },
    { name: "retention", intervalMs: RETENTION_INTERVAL_MS, run: keepRetention },
    { name: "rollups", intervalMs: ROLLUP_INTERVAL_MS, run: rollUp },
  ];
  const setExpiryNow = (expires: boolean) => setExpiry(clickhouse, expires, AbortSignal.timeout(EXPIRY_TIMEOUT_MS));
  const take = () => takeUpkeep({ bucket, pause, owner: randomUUID(), setExpiry: setExpiryNow, log });
  lifecycle.push("upkeep", startUpkeep({ pool, chores, take, log, failures: metrics.failedChores }));

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
  const internalToken = config.internalToken.reveal();
  const queryMetrics = createQueryMetrics(deps.metrics);
  const turns = createQueryTurns({ limits: config.query, refused: queryMetrics.refused });
  queryMetrics.showTurns(turns);
  const handlers = createQueryHandlers({ internalToken, turns });
  const reader = createReader(forQueries, config.query);
  addQueryService(server, {
    reader,
    clickhouse: forQueries,
    lags: async () => writer.lags(),
    disk,
    sampleDaysOf,
    clock,
    handlers,
  });
  addLogqlService(server, { reader, clock, limits: config.logql, handlers });
  addTraceqlService(server, { reader, clock, limits: config.traceql, handlers });
  addPromqlService(server, {
    reader,
    maxConnections: config.clickhouse.maxConnections,
    limits: config.promql,
    rollups: createKnownRollups({ reader, keptDays, clock }),
    clock,
    handlers,
  });
  addSqlService(server, { clickhouse: forQueries, reader, limits: { ...config.query, ...config.sql }, handlers });
  addRetentionService(server, { sql: pool, clickhouse: forQueries, reader, defaults, clock, internalToken });
  addMaintenanceService(server, createMaintenance({ bucket, watch: pause }), internalToken);
  addDeadLetterService(server, { bus, ...(await openRedrive(bus, config.nats)), internalToken });
  lifecycle.push("grpc", () => server.close(QUERY_GRACE_MS));
  const port = await server.listen();
  log.info({ port, lanes: config.writer.lanes }, "storage answers");
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
