import type { Clock } from "@sightline/model/time";
import { holdLease } from "@sightline/postgres/lease";
import type { Pool } from "@sightline/postgres/pool";
import type { Logger } from "@sightline/service/logger";
import { createBell, runOnBell } from "../bell.ts";
import type { Config } from "../config.ts";
import type { MetricSource } from "../evaluate/metric.ts";
import type { AlerterMetrics } from "../metrics.ts";
import { createCallGraph } from "./call-graph.ts";
import { createDriveIncidents } from "./drive-incidents.ts";
import { pruneIncidents } from "./incident-store.ts";

export interface StartIncidentsOptions {
  readonly config: Config;
  readonly sql: Pool;
  readonly source: MetricSource;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly log: Logger;
  readonly metrics: AlerterMetrics;
  readonly signal: AbortSignal;
}

const DAY_MS = 24 * 3_600_000;
const PRUNE_INTERVAL_MS = 3_600_000;

/** Has one of all replicas make incidents of alerts. Resolves when it has ended, after the signal aborted. */
export function startIncidents(options: StartIncidentsOptions): Promise<void> {
  const { config, sql, clock, log, metrics, signal } = options;
  const { quietSeconds, intervalMs, keepDays, ...bounds } = config.incidents;
  const work = async (held: AbortSignal) => {
    const graph = createCallGraph(options);
    const drive = createDriveIncidents({ ...options, ...bounds, graph, quietMs: quietSeconds * 1000 });
    const bell = createBell();
    const loop = (name: string, everyMs: number, own: typeof bell, job: () => Promise<void>) =>
      runOnBell(job, { name, bell: own, intervalMs: everyMs, signal: held, log, failures: metrics.jobFailures });
    await Promise.all([
      loop("incidents", intervalMs, bell, async () => {
        // More may be waiting than is looked at at once.
        if (await drive(held)) bell.ring();
      }),
      loop("prune incidents", PRUNE_INTERVAL_MS, createBell(), () => pruneIncidents(sql, clock() - keepDays * DAY_MS)),
    ]);
  };
  return holdLease(sql, { name: "incidents", retryMs: config.leaseRetryMs, signal, log, work });
}
