import { type Bus, connectBus } from "@sightline/bus/connect";
import { preflight } from "@sightline/bus/preflight";
import { createPublisher } from "@sightline/bus/publish";
import { ensureStreams } from "@sightline/bus/streams";
import type { Signal } from "@sightline/bus/subjects";
import { AppError } from "@sightline/errors/app-error";
import { uuid7 } from "@sightline/model/uuid7";
import { registerBootstrapKeys } from "@sightline/postgres/bootstrap-keys";
import { migrate } from "@sightline/postgres/migrate";
import { createPool, type Pool } from "@sightline/postgres/pool";
import { createRedis } from "@sightline/redis/client";
import { createBytesServer } from "@sightline/rpc/bytes-server";
import type { Deps } from "@sightline/service/deps";
import { listenHttp } from "@sightline/service/http-server";
import { watchDoor } from "@sightline/service/listening";
import { rpcServerDuration } from "@sightline/service/metrics";
import { retry } from "@sightline/service/retry";
import { createByteBudget } from "./admission/byte-budget.ts";
import { createAuthenticator } from "./auth/authenticator.ts";
import { createCommitter } from "./commit/committer.ts";
import { createShardChooser } from "./commit/shard.ts";
import { createStore } from "./commit/store.ts";
import type { Config } from "./config.ts";
import { createDoors } from "./doors/doors.ts";
import { countRefusals, createAdmitCall, createGrpcDoor, messageInflater } from "./grpc/door.ts";
import { createHttpDoor } from "./http/door.ts";
import { createHealthCheck } from "./http/health-check.ts";
import { createInflater } from "./http/inflate.ts";
import type { Route } from "./http/route.ts";
import { startLimits } from "./limits/start-limits.ts";
import { createIngestMetrics } from "./metrics.ts";
import { createReceiveEvents } from "./receive/receive-events.ts";
import { createReceiveLogs } from "./receive/receive-logs.ts";
import { createReceiveOtlp } from "./receive/receive-otlp.ts";

/** Starts ingest: the bus first, the doors last. */
export async function start(config: Config, deps: Deps): Promise<void> {
  const { log, lifecycle, clock, signal } = deps;
  const { limits, commit } = config;
  const { maxConnections, maxStreams } = limits;

  const sql = createPool(config.postgres, { log });
  lifecycle.push("postgres", () => sql.close());
  const redis = createRedis(config.redis, { log });
  lifecycle.push("redis", () => redis.close());
  await prepareKeys(sql, config, deps);

  const bus = await connectBus({ url: config.nats.url, name: "ingest", log, signal });
  lifecycle.push("bus", () => bus.close());
  await preflight(bus, { monitorUrl: config.nats.monitorUrl, signal });
  await retry(() => ensureStreams(bus, config.nats), { attempts: 10, baseDelayMs: 200, maxDelayMs: 5000, signal });
  deps.readiness.add("bus", () => bus.isConnected() || "the bus is not reachable");

  const budget = createByteBudget({ maxBytes: limits.maxHeldBytes, maxTenantShare: limits.maxHeldShare });
  const gate = await startLimits(limits, { sql, redis, random: Math.random }, deps);
  const metrics = createIngestMetrics(deps.metrics, { heldBytes: budget.held });
  const publishers = createPublishers(bus, limits.maxHeldBytes);
  const shards = { shards: commit.shards, bytesPerSecond: commit.shardBytesPerSecond, clock };
  const choosers = {
    traces: createShardChooser(shards),
    metrics: createShardChooser(shards),
    logs: createShardChooser(shards),
    events: createShardChooser(shards),
  };
  const committer = createCommitter({
    publishers,
    maxDelayMs: commit.maxDelayMs,
    maxBatchBytes: commit.maxBatchBytes,
    shardOf: (kind, bytes) => choosers[kind](bytes),
    newId: () => uuid7(clock()),
    observer: metrics,
  });
  lifecycle.push("commit", () => committer.close());
  const store = createStore({ committer, maxMessageBytes: (kind) => publishers[kind].maxMessageBytes() });
  const receiveEvents = createReceiveEvents({ store, metrics, clock, gate });
  const receiveOtlp = createReceiveOtlp({ store, metrics, clock, gate });
  const receiveLogs = createReceiveLogs({ receiveOtlp, metrics, maxBytes: limits.maxRequestBytes });
  const keys = createAuthenticator({ sql, redis, clock });
  const authenticate = (key: string | undefined) => keys.verify(key, "ingest");
  const isReady = () => bus.isConnected();
  const doors = createDoors({ config, receiveOtlp, receiveLogs, receiveEvents, metrics, clock, isReady });

  const inflater = createInflater({ maxConcurrent: limits.maxInflations });
  const http = createHttpDoor({
    authenticate,
    budget,
    inflater,
    gate,
    maxAtOnceBytes: limits.maxAtOnceBytes,
    metrics,
    log,
  });
  const listen = (routes: readonly Route[], port: number, name: string) => {
    const serve = http(routes);
    return listenHttp(serve, { ...deps, host: config.bind, port, name, http2: serve, maxConnections, maxStreams });
  };
  await listen(
    doors.flatMap(({ routes = [] }) => routes),
    config.otlp.httpPort,
    "otlp http",
  );
  for (const { routes = [], port } of doors) {
    if (port !== undefined && port.port !== "off") await listen(routes, port.port, port.name);
  }
  for (const door of doors) await door.listen?.({ host: config.bind, authenticate, budget, gate, deps });

  const grpc = createBytesServer({
    host: config.bind,
    port: config.otlp.grpcPort,
    log,
    maxReceiveBytes: limits.maxRequestBytes,
    inflater: messageInflater(inflater),
    metrics: countRefusals(rpcServerDuration(deps.metrics), metrics),
    admit: createAdmitCall({ authenticate, budget, gate }),
    health: async () => isReady(),
    maxConnections,
    maxConcurrentStreams: maxStreams,
    watch: watchDoor(deps, "otlp grpc"),
  });
  const door = createGrpcDoor(metrics);
  for (const { addMethods } of doors) addMethods?.(grpc, door);
  await grpc.listen();
  lifecycle.push("otlp grpc", () => grpc.close(config.shutdownTimeoutMs / 4));

  const { port: healthPort } = config.healthCheck;
  if (healthPort === "off") return;
  const healthCheck = createHealthCheck({ isReady, clock });
  await listenHttp(healthCheck, { ...deps, host: config.bind, port: healthPort, name: "health check", maxConnections });
}

function createPublishers(bus: Bus, maxInFlightBytes: number) {
  const of = (kind: Signal) => createPublisher(bus, kind, { as: "ingest", maxInFlightBytes });
  return { traces: of("traces"), metrics: of("metrics"), logs: of("logs"), events: of("events") };
}

/**
 * Brings the schema up, so that keys can be looked up, and registers those given. While Postgres is away ingest starts
 * all the same, since keys that Redis knows go on working; it tries again behind.
 */
async function prepareKeys(sql: Pool, { bootstrapKeys }: Config, { log, clock, signal }: Deps): Promise<void> {
  const prepare = async () => {
    await migrate(sql, log);
    await registerBootstrapKeys(sql, bootstrapKeys, clock);
  };
  try {
    await prepare();
  } catch (thrown) {
    const error = AppError.from(thrown);
    if (!error.retryable) throw error;
    log.warn({ error: error.message }, "postgres is away: only keys that the cache knows will work");
    const options = { attempts: Number.POSITIVE_INFINITY, baseDelayMs: 500, maxDelayMs: 15_000, signal };
    retry(prepare, options).catch((err: unknown) => {
      if (!signal.aborted) log.error({ err }, "the keys could not be prepared");
    });
  }
}
