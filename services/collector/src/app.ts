import { hostname, platform } from "node:os";
import { AppError } from "@sightline/errors/app-error";
import { migrate } from "@sightline/postgres/migrate";
import { createPool, type Pool } from "@sightline/postgres/pool";
import { TargetServiceService } from "@sightline/proto/sightline/collector/v1/target_service";
import { StoreEventsRequest } from "@sightline/proto/sightline/ingest/v1/event_service";
import { createGrpcServer } from "@sightline/rpc/server";
import type { Deps } from "@sightline/service/deps";
import { every } from "@sightline/service/loop";
import { rpcServerDuration } from "@sightline/service/metrics";
import type { Config } from "./config.ts";
import { createHostMetrics } from "./host/host-metrics.ts";
import { createMetrics, exposeQueue } from "./metrics.ts";
import { encodeMetrics, type MetricsBatch } from "./otlp/metrics-request.ts";
import { openDiskQueue } from "./outbox/disk-queue.ts";
import { createIngestClient } from "./outbox/ingest-client.ts";
import { createOutbox, type DropReason } from "./outbox/outbox.ts";
import { createTargetCatalog, type TargetCatalog } from "./targets/target-catalog.ts";
import { createTargetService } from "./targets/target-service.ts";
import { createTargetStore } from "./targets/target-store.ts";
import { createVisits, type Findings } from "./targets/visits.ts";

/** Starts the collector: the outbox first, then what fills it, the door last. */
export async function start(config: Config, deps: Deps): Promise<void> {
  const { log, lifecycle, clock, signal } = deps;

  const metrics = createMetrics(deps.metrics);
  const dropped = (reason: DropReason, count: number) => metrics.dropped.inc({ reason }, count);
  const queue = await openDiskQueue({ ...config.outbox, onDropped: dropped });
  lifecycle.push("queue", () => queue.close());
  exposeQueue(deps.metrics, queue.size);
  const ingest = createIngestClient({ ...config.ingest, apiKey: config.ingest.apiKey.reveal() });
  lifecycle.push("ingest client", () => ingest.close());
  const outbox = createOutbox({
    ...config.outbox,
    queue,
    ingest,
    log,
    baseDelayMs: 500,
    observer: {
      sent: (kind, requests) => metrics.sent.inc({ signal: kind }, requests),
      failed: () => metrics.failures.inc(),
      dropped,
    },
  });
  lifecycle.push("outbox", () => outbox.close());
  const findings: Findings = {
    metrics: (batch: MetricsBatch) => outbox.put("metrics", encodeMetrics(batch)),
    event: (event) => outbox.put("events", StoreEventsRequest.encode({ events: [event] }).finish()),
  };

  const hostName = config.host.name ?? hostname();
  if (config.host.enabled) {
    const read = createHostMetrics({ ...config.host, hostName, osType: platform(), clock, log });
    const job = async () => {
      const batch = await read();
      if (batch !== undefined) await findings.metrics(batch);
    };
    lifecycle.push("host metrics", every(config.host.intervalMs, job, { name: "host metrics", log, signal }));
  }

  const visits = createVisits({
    findings,
    observer: {
      visited: (kind, up) => metrics.visits.inc({ kind, outcome: up ? "up" : "down" }),
      badLines: (count) => metrics.badLines.inc(count),
    },
    log,
    clock,
    hostName,
    allowPrivateTargets: config.allowPrivateTargets,
    limits: config.scrape,
  });
  lifecycle.push("visits", () => visits.close());
  const sql = createPool(config.postgres, { log });
  lifecycle.push("postgres", () => sql.close());
  const catalog = createTargetCatalog({
    tenant: config.tenant,
    configured: config.targets,
    store: createTargetStore(sql),
    maxStored: config.maxStoredTargets,
    onChange: (known) => visits.set(known),
  });
  visits.set(catalog.known());
  lifecycle.push("target refresh", await keepRefreshed(catalog, sql, config.targetRefreshMs, deps));

  const server = createGrpcServer({
    host: config.bind,
    port: config.grpcPort,
    log,
    metrics: rpcServerDuration(deps.metrics),
  });
  const handlers = createTargetService({
    internalToken: config.internalToken.reveal(),
    tenant: config.tenant,
    catalog,
    statusOf: visits.statusOf,
  });
  server.addService(TargetServiceService, handlers);
  await server.listen();
  lifecycle.push("grpc", () => server.close(config.shutdownTimeoutMs / 4));
}

/**
 * Learns the stored targets now and again and again. While Postgres is away the collector works with the targets it
 * knows; a schema that is newer than this program is no reason to wait.
 */
async function keepRefreshed(catalog: TargetCatalog, sql: Pool, intervalMs: number, { log, signal }: Deps) {
  let migrated = false;
  const refresh = async () => {
    if (!migrated) await migrate(sql, log);
    migrated = true;
    await catalog.refresh();
  };
  try {
    await refresh();
  } catch (thrown) {
    const error = AppError.from(thrown);
    if (!error.retryable) throw error;
    log.warn({ reason: error.message }, "postgres is away: only the configured targets are visited");
  }
  return every(intervalMs, refresh, { name: "target refresh", log, signal, immediately: false });
}
