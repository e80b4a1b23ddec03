import { cachedKey, createKeyVerifier, KEY_CACHE_PREFIX } from "@sightline/auth/verify-key";
import { connectBus } from "@sightline/bus/connect";
import { heardLive } from "@sightline/bus/live";
import { createPublisher } from "@sightline/bus/publish";
import { createEventBuilder } from "@sightline/events/builder";
import { DEFAULT_TENANT } from "@sightline/model/tenant";
import { findApiKey } from "@sightline/postgres/api-keys";
import { pruneDeliveries, sealSources } from "@sightline/postgres/inbound-sources";
import { migrate } from "@sightline/postgres/migrate";
import { createPool } from "@sightline/postgres/pool";
import { createSeal } from "@sightline/postgres/seal";
import { deleteExpiredSessions } from "@sightline/postgres/sessions";
import { ActionServiceService } from "@sightline/proto/sightline/alert/v1/action_service";
import { AlertServiceService } from "@sightline/proto/sightline/alert/v1/alert_service";
import { BacktestServiceService } from "@sightline/proto/sightline/alert/v1/backtest_service";
import { EscalationServiceService } from "@sightline/proto/sightline/alert/v1/escalation_service";
import { IncidentServiceService } from "@sightline/proto/sightline/alert/v1/incident_service";
import { MaintenanceWindowServiceService } from "@sightline/proto/sightline/alert/v1/maintenance_window_service";
import { OncallServiceService } from "@sightline/proto/sightline/alert/v1/oncall_service";
import { RuleServiceService } from "@sightline/proto/sightline/alert/v1/rule_service";
import { AnalysisServiceService } from "@sightline/proto/sightline/analysis/v1/analysis_service";
import { TargetServiceService } from "@sightline/proto/sightline/collector/v1/target_service";
import { DeadLetterServiceService } from "@sightline/proto/sightline/deadletter/v1/dead_letter_service";
import { LogqlServiceService } from "@sightline/proto/sightline/query/v1/logql_service";
import { PromqlServiceService } from "@sightline/proto/sightline/query/v1/promql_service";
import { QueryServiceService } from "@sightline/proto/sightline/query/v1/query_service";
import { SqlServiceService } from "@sightline/proto/sightline/query/v1/sql_service";
import { TraceqlServiceService } from "@sightline/proto/sightline/query/v1/traceql_service";
import { ReportServiceService } from "@sightline/proto/sightline/report/v1/report_service";
import { RetentionServiceService } from "@sightline/proto/sightline/retention/v1/retention_service";
import { createCache } from "@sightline/redis/cache";
import { createRedis } from "@sightline/redis/client";
import { createEventSender, type EventSender } from "@sightline/rpc/event-sender";
import { createGrpcServer } from "@sightline/rpc/server";
import type { Deps } from "@sightline/service/deps";
import { listenHttp } from "@sightline/service/http-server";
import { within } from "@sightline/service/lifecycle";
import { every } from "@sightline/service/loop";
import { rpcServerDuration } from "@sightline/service/metrics";
import { createAuthenticate, createAuthenticateSender } from "./auth/authenticate.ts";
import { bootstrap } from "./auth/bootstrap.ts";
import { createFailureEvents, type TellFailure } from "./auth/failure-events.ts";
import { createSessions } from "./auth/sessions.ts";
import { closeClients, createClients } from "./clients.ts";
import type { Config } from "./config.ts";
import { createGrpcAdmit } from "./grpc-admit.ts";
import { createReceive } from "./inbound/receive.ts";
import { addJaegerServices } from "./jaeger/grpc.ts";
import { createTailDoor } from "./loki/tail.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import { createPrometheusContext } from "./prometheus/context.ts";
import { lookAtParts } from "./prometheus/look-at-parts.ts";
import { createNotifications } from "./prometheus/notifications.ts";
import { createPublicApp } from "./public-app.ts";
import { createRoutes } from "./routes.ts";
import { createFanOut } from "./stream/fan-out.ts";
import { feedLive } from "./stream/live-feed.ts";
import { createLiveView } from "./stream/live-view.ts";
import { serveStreams } from "./stream/websocket.ts";
import { addStreamingQuerier } from "./tempo/streaming-querier.ts";
import { VERSION } from "./version.ts";

/** What inbound sources may have on the way to the bus. */
const MAX_INBOUND_BYTES = 16 * 1024 * 1024;

/** Who asks whether requests can be answered is told so within this time: Postgres may stand still. */
const PROBE_MS = 1000;

/** How soon those hear of it who are told live that a part of the system is away or back. */
const NOTIFICATIONS_MS = 5000;

/** A storage that does not answer within this time is slow. */
const STORAGE_LOOK_MS = 2000;

/** As many of one tenant as Prometheus lets be told live. */
const MAX_NOTIFIED_OF_TENANT = 16;

/** Long enough for those to be gone that run without a key when there is a new one: they could not open what is sealed. */
const SEAL_INTERVAL_MS = 600_000;

/** Wires the gateway: what it asks first, its doors last. */
export async function start(config: Config, deps: Deps): Promise<void> {
  const { log, lifecycle, readiness, clock, signal } = deps;
  const metrics = createMetrics(deps.metrics);

  const pool = createPool(config.postgres, { log });
  lifecycle.push("postgres", pool.close);
  await migrate(pool, log);
  readiness.add("postgres", () => pool.ping().then(() => true));
  if (await bootstrap(pool, config, clock)) log.info({ username: config.admin.username }, "first user made");

  const redis = createRedis(config.redis, { log });
  lifecycle.push("redis", redis.close);
  const cache = createCache(redis, { prefix: KEY_CACHE_PREFIX, schema: cachedKey });
  const keys = createKeyVerifier({ lookup: (hash) => findApiKey(pool, hash), cache, clock, maxEntries: 10_000 });

  const bus = await connectBus({ url: config.nats.url, name: "gateway", log, signal });
  lifecycle.push("bus", bus.close);
  readiness.add("bus", bus.isConnected);

  const clients = createClients(config);
  lifecycle.push("clients", () => closeClients(clients));

  const { sessionTtlMs, secureCookie } = config;
  const sessions = createSessions({ sql: pool, clock, ttlMs: sessionTtlMs, secureCookie });
  const authenticate = createAuthenticate(keys, sessions);
  const forgetSessions = async () => {
    await deleteExpiredSessions(pool, new Date(clock()));
  };
  lifecycle.push("expired sessions", every(3_600_000, forgetSessions, { signal, log, name: "expired sessions" }));

  const forgetDeliveries = () => pruneDeliveries(pool, new Date(clock() - config.keepDeliveriesMs));
  lifecycle.push("old deliveries", every(3_600_000, forgetDeliveries, { signal, log, name: "old deliveries" }));

  const seal = createSeal(config.seal);
  if (seal.prefix === undefined) {
    log.warn({ missing: "seal.key" }, "secrets of inbound sources are kept in Postgres as they are");
  }
  const sealAll = async () => {
    const sealed = await sealSources({ sql: pool, seal }, signal);
    if (sealed > 0) log.info({ sealed }, "secrets of inbound sources are sealed that were not, or with the key before");
  };
  const sealing = { signal, log, name: "seal secrets", immediately: false };
  lifecycle.push("seal secrets", every(SEAL_INTERVAL_MS, sealAll, sealing));

  const tellFailure = tellFailuresTo(createEventSender(config.telemetry), metrics, deps);

  const routes = createRoutes({
    clients,
    clock,
    sessions: {
      sessions,
      attempted: (result, username, address) => {
        metrics.logins.inc({ method: "password", result });
        if (result === "succeeded") return;
        log.warn({ username, address }, "login failed");
        tellFailure?.({ username, address });
      },
    },
    keys: { sql: pool, clock, forget: cache.delete },
    seal,
  });
  const app = createPublicApp({
    routes,
    pageDir: config.pageDir,
    trustedProxies: config.trustedProxies,
    prometheus: createPrometheusContext({
      clients,
      clock,
      metrics,
      cache: config.rangeCache,
      notifications: createNotifications({
        look: lookAtParts({
          askStorage: (signal) =>
            clients.storage.call(
              "getStorageState",
              {},
              { tenant: DEFAULT_TENANT, signal, deadlineMs: STORAGE_LOOK_MS },
            ),
          isBusConnected: bus.isConnected,
          pingPostgres: () => within(pool.ping(), PROBE_MS),
        }),
        clock,
        monotonicMs: () => performance.now(),
        intervalMs: Math.min(NOTIFICATIONS_MS, config.live.pingIntervalMs),
        checkMs: config.live.pingIntervalMs,
        maxPerTenant: MAX_NOTIFIED_OF_TENANT,
        maxPlaces: config.live.maxViewers,
        stopping: signal,
      }),
      ownMetrics: deps.metrics,
    }),
    probes: { isReady: () => within(pool.ping(), PROBE_MS).then(bus.isConnected, () => false), version: VERSION },
    loki: { logql: clients.logql, retention: clients.retention, clock },
    tempo: { traceql: clients.traceql, clock },
    jaeger: { traceql: clients.traceql, promql: clients.promql, clock },
    rules: clients.rules,
    alertmanager: { alertmanager: clients.alertmanager, clock, startedMs: clock(), version: VERSION },
    inbound: {
      receive: createReceive({
        sql: pool,
        seal,
        clock,
        metrics,
        alertmanager: clients.alertmanager,
        interactions: clients.interactions,
        publisher: createPublisher(bus, "inbound", { as: "gateway", maxInFlightBytes: MAX_INBOUND_BYTES }),
      }),
      metrics,
    },
    authenticateSender: createAuthenticateSender(keys, authenticate),
    rest: {
      authenticate,
      answered: ({ method, path }, status, seconds) =>
        metrics.httpDuration.observe({ method, endpoint: path, status_code: status }, seconds),
      defect: (error, where) => log.error({ err: error, where }, "request failed on our side"),
    },
  });
  const grpc = createGrpcServer({
    host: config.bind,
    port: config.grpcPort,
    log,
    metrics: rpcServerDuration(deps.metrics),
  });
  const { server } = await listenHttp(app, {
    ...{ ...deps, host: config.bind, port: config.httpPort, name: "http" },
    // Grafana streams from the address of its data source, which is that of HTTP.
    takeHttp2: grpc.takeConnection,
  });

  const live = {
    fanOut: createFanOut(feedLive(bus)),
    heard: () => heardLive(bus),
    ...config.live,
    dropped: (count: number) => metrics.liveDropped.inc(count),
  };
  const stream = serveStreams(server, {
    doors: [createLiveView(live), createTailDoor({ ...live, logql: clients.logql, clock })],
    authenticate,
    ...config.live,
    viewers: (count) => metrics.liveViewers.set(count),
  });
  lifecycle.push("live stream", stream.close);

  const admit = createGrpcAdmit(keys);
  grpc.forward(QueryServiceService, clients.storage, admit);
  grpc.forward(LogqlServiceService, clients.logql, admit);
  grpc.forward(PromqlServiceService, clients.promql, admit);
  grpc.forward(SqlServiceService, clients.sql, admit);
  grpc.forward(TraceqlServiceService, clients.traceql, admit);
  grpc.forward(AnalysisServiceService, clients.analyzer, admit);
  grpc.forward(AlertServiceService, clients.alerter, admit);
  grpc.forward(ActionServiceService, clients.alertActions, admit);
  grpc.forward(MaintenanceWindowServiceService, clients.maintenance, admit);
  grpc.forward(RuleServiceService, clients.rules, admit);
  grpc.forward(BacktestServiceService, clients.backtests, admit);
  grpc.forward(IncidentServiceService, clients.incidents, admit);
  grpc.forward(OncallServiceService, clients.oncall, admit);
  grpc.forward(EscalationServiceService, clients.escalations, admit);
  grpc.forward(ReportServiceService, clients.reporter, admit);
  grpc.forward(TargetServiceService, clients.collector, admit);
  grpc.forward(DeadLetterServiceService, clients.deadLetters, admit);
  grpc.forward(RetentionServiceService, clients.retention, admit);
  addStreamingQuerier(grpc, { traceql: clients.traceql, clock }, admit);
  addJaegerServices(grpc, { traceql: clients.traceql, promql: clients.promql, clock }, admit);
  await grpc.listen();
  lifecycle.push("grpc", () => grpc.close(5000));
}

/** Failed logins become events where there is a way for them. */
function tellFailuresTo(
  sender: EventSender | undefined,
  metrics: Pick<Metrics, "untoldFailures">,
  { clock, lifecycle, log }: Deps,
): TellFailure | undefined {
  if (sender === undefined) return undefined;
  lifecycle.push("event sender", sender.close);
  return createFailureEvents({
    events: createEventBuilder({ clock }),
    send: sender.send,
    maxInFlight: 32,
    dropped: (reason, error) => {
      metrics.untoldFailures.inc({ reason });
      if (error !== undefined) log.warn({ error: error.message }, "no event tells of a failed login");
    },
  });
}
