import { type Bus, connectBus } from "@sightline/bus/connect";
import { type BusMessage, consume } from "@sightline/bus/consume";
import { createPublisher } from "@sightline/bus/publish";
import { ensureStreams } from "@sightline/bus/streams";
import type { SubjectKey } from "@sightline/bus/subjects";
import { createEventBuilder } from "@sightline/events/builder";
import { openWireEvents, walkEvents } from "@sightline/events/wire-event";
import { nanosOfMs } from "@sightline/model/time";
import { createPointSampler } from "@sightline/otlp/point-sampler";
import { holdLease } from "@sightline/postgres/lease";
import { migrate } from "@sightline/postgres/migrate";
import { createPool, type Pool } from "@sightline/postgres/pool";
import { listTenantLimits, type TenantLimits } from "@sightline/postgres/tenant-limits";
import { AnalysisServiceService } from "@sightline/proto/sightline/analysis/v1/analysis_service";
import { EventBatch, type SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import { createGrpcServer } from "@sightline/rpc/server";
import type { Deps } from "@sightline/service/deps";
import { every } from "@sightline/service/loop";
import { rpcServerDuration } from "@sightline/service/metrics";
import { retry } from "@sightline/service/retry";
import { createDetector, type Found } from "./anomaly/detector.ts";
import { deleteAnomaliesBefore, insertAnomaly } from "./anomaly/store.ts";
import { createCheckpoint } from "./baseline/checkpoint.ts";
import { createPointAllowance } from "./baseline/point-allowance.ts";
import { createSeriesStore } from "./baseline/series-store.ts";
import type { Config } from "./config.ts";
import { createAnalysisHandlers } from "./handlers.ts";
import { createChanges } from "./health/changes.ts";
import { fleetScore } from "./health/fleet.ts";
import { createFleets } from "./health/fleets.ts";
import { observeEvent, observeSample } from "./health/observe.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import { readSamples } from "./samples.ts";
import { watchSpans } from "./spans/watch-spans.ts";

const MAX_TENANTS_REMEMBERED = 10_000;

/** Wires the analyzer: what it has learned first, then what it reads, its door last. */
export async function start(config: Config, deps: Deps): Promise<void> {
  const { log, lifecycle, readiness, clock, signal } = deps;
  const metrics = createMetrics(deps.metrics);

  const pool = createPool(config.postgres, { log });
  lifecycle.push("postgres", pool.close);
  await migrate(pool, log);
  readiness.add("postgres", () => pool.ping().then(() => true));

  const store = createSeriesStore({ ...config.baseline, refused: () => metrics.refused.inc({ reason: "series" }) });
  const checkpoint = createCheckpoint({ sql: pool, store, clock, maxSeries: config.baseline.maxSeries });
  log.info({ series: await checkpoint.load() }, "baselines loaded");
  lifecycle.push("baselines", checkpoint.save);

  const bus = await connectBus({ url: config.nats.url, name: "analyzer", log, signal });
  lifecycle.push("bus", bus.close);
  await ensureStreams(bus, config.nats);
  readiness.add("bus", bus.isConnected);

  const publishers = {
    anomaly: createPublisher(bus, "anomaly", { as: "analyzer", maxInFlightBytes: 4 * 1024 * 1024 }),
    health: createPublisher(bus, "health", { as: "analyzer", maxInFlightBytes: 1024 * 1024 }),
  };
  const publish = async (subject: keyof typeof publishers, tenant: string, event: SystemEvent) => {
    const payload = EventBatch.encode({ events: [event] }).finish();
    await publishers[subject].publish(payload, { tenant, records: 1, msgId: event.eventId }, signal);
  };

  const events = createEventBuilder({ clock });
  const fleets = createFleets({
    ...config.health,
    maxTargets: config.health.maxTargetsPerTenant,
    refused: () => metrics.refused.inc({ reason: "targets" }),
  });
  const detect = createDetector({ store, events, consecutive: config.baseline.consecutive });

  // The series has moved on by now: what is not told at the second or third attempt would never be told.
  const tell = async ({ tenant, target, anomaly, event }: Found) => {
    metrics.anomalies.inc();
    fleets.of(tenant).burdened(target, "anomaly", clock());
    const patiently = { attempts: 5, baseDelayMs: 200, maxDelayMs: 3000, signal };
    await retry(() => publish("anomaly", tenant, event), patiently);
    await retry(() => insertAnomaly(pool, tenant, anomaly), patiently);
  };

  const ignored = config.baseline.ignoredPrefixes;
  // Twice as often as baselines take values, as times are told in whole seconds.
  const sampler = createPointSampler({
    intervalMs: config.baseline.sampleIntervalMs / 2,
    maxSeries: 4 * config.baseline.maxSeries,
  });
  const allows = createPointAllowance({
    pointsPerSecond: config.baseline.maxPointsPerSecond,
    maxTenants: MAX_TENANTS_REMEMBERED,
    now: () => performance.now(),
  });
  const onMetrics = async ({ tenant, payload, records }: BusMessage) => {
    if (!allows(tenant, records)) {
      metrics.skippedPoints.inc(records);
      return;
    }
    const found: Found[] = [];
    const fleet = fleets.of(tenant);
    readSamples(sampler, { tenant, payload }, (sample) => {
      observeSample(fleet, sample);
      if (ignored.some((prefix) => sample.metric.startsWith(prefix))) return;
      metrics.samples.inc();
      const anomaly = detect(tenant, sample);
      if (anomaly !== undefined) found.push(anomaly);
    });
    for (const each of found) await tell(each);
  };
  const onEvents = async ({ tenant, payload }: BusMessage) => {
    const fleet = fleets.of(tenant);
    const event = openWireEvents(payload);
    walkEvents(event, () => observeEvent(fleet, event));
  };
  const read = (subject: SubjectKey, onMessage: (message: BusMessage) => Promise<void>) =>
    consume(bus, {
      subjects: [subject],
      as: "analyzer",
      durable: "analyzer",
      signal,
      onMessage,
      onGiveUp: (_message, error) => {
        metrics.unreadable.inc({ subject });
        log.warn({ subject, error: error.message }, "message given up");
      },
    });
  lifecycle.push("events", (await read("events", onEvents)).close);
  lifecycle.push("metrics", (await read("metrics", onMetrics)).close);

  if (config.spans.enabled) startSpans(config, deps, { bus, pool, metrics });

  const changes = createChanges(events);
  const score = async () => {
    metrics.series.set(store.size());
    metrics.targetScore.reset();
    for (const [tenant, fleet] of fleets.all()) {
      const targets = fleet.scores(clock());
      metrics.fleetScore.set({ tenant }, fleetScore(targets));
      for (const target of targets) metrics.targetScore.set({ tenant, target: target.target }, target.score);
      const change = changes(tenant, targets);
      if (change !== undefined) await publish("health", tenant, change);
    }
  };
  const loop = { signal, log };
  lifecycle.push("scores", every(config.health.scoreIntervalMs, score, { ...loop, name: "scores" }));
  lifecycle.push("saving", every(config.baseline.saveIntervalMs, checkpoint.save, { ...loop, name: "saving" }));
  const forget = async () => {
    await deleteAnomaliesBefore(pool, nanosOfMs(clock() - config.anomalyRetentionMs));
    await checkpoint.forget();
  };
  lifecycle.push("forgetting", every(3_600_000, forget, { ...loop, name: "forgetting" }));

  const grpc = createGrpcServer({
    host: config.bind,
    port: config.grpcPort,
    log,
    metrics: rpcServerDuration(deps.metrics),
  });
  const internalToken = config.internalToken.reveal();
  grpc.addService(AnalysisServiceService, createAnalysisHandlers({ internalToken, sql: pool, fleets, clock }));
  await grpc.listen();
  lifecycle.push("grpc", () => grpc.close(5000));
}

interface SpanParts {
  readonly bus: Bus;
  readonly pool: Pool;
  readonly metrics: Metrics;
}

/** Has one of all analyzers compute metrics of spans. */
function startSpans(config: Config, { log, lifecycle, clock, signal }: Deps, { bus, pool, metrics }: SpanParts): void {
  let limits: ReadonlyMap<string, TenantLimits> = new Map();
  const learnLimits = async () => {
    limits = await listTenantLimits(pool);
  };
  lifecycle.push("limits", every(10_000, learnLimits, { signal, log, name: "limits" }));
  const stop = new AbortController();
  const watch = (held: AbortSignal) =>
    watchSpans(
      {
        ...{ bus, clock, log, config: config.spans, replicas: config.nats.replicas },
        maxSeries: (tenant) => limits.get(tenant)?.maxSpanSeries ?? config.spans.maxSeriesPerTenant,
        observer: {
          counted: (spans) => metrics.spans.inc(spans),
          dropped: (reason) => metrics.droppedSpans.inc({ reason }),
          skipped: (messages) => metrics.skippedMessages.inc(messages),
          unreadable: () => metrics.unreadable.inc({ subject: "traces" }),
          holds: ({ series, waiting, weight }) => {
            metrics.spanSeries.set(series);
            metrics.waitingSpans.set(waiting);
            metrics.spanWeight.set(weight);
          },
        },
      },
      held,
    );
  const held = AbortSignal.any([signal, stop.signal]);
  const watching = holdLease(pool, { name: "analyzer-spans", retryMs: 2000, signal: held, log, work: watch });
  lifecycle.push("spans", async () => {
    stop.abort();
    await watching;
  });
}
