import type { Clock } from "@sightline/model/time";
import type { Pool } from "@sightline/postgres/pool";
import type { Logger } from "@sightline/service/logger";
import { createBell, runOnBell } from "../bell.ts";
import type { Config } from "../config.ts";
import type { AlerterMetrics } from "../metrics.ts";
import { findLateGroups, findOutages } from "./find-troubles.ts";
import { keepPlatformAlerts, type PlatformTrouble } from "./platform-alerts.ts";
import { resendAlerts } from "./resend-alerts.ts";
import type { RuleCatalog } from "./rule-catalog.ts";

export interface WatchOptions {
  readonly config: Config;
  readonly sql: Pool;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly log: Logger;
  readonly metrics: AlerterMetrics;
  /** Called after alerts were moved. */
  readonly onMoved: () => void;
  /** Has the catalog know what there is now. */
  readonly refresh: () => Promise<void>;
  readonly signal: AbortSignal;
}

/** Between two looks at what is not evaluated. */
const LATE_INTERVAL_MS = 10_000;

/** What one replica does for all, until the signal aborts: it finds out what is not evaluated, and tells the routes of what fires on. */
export async function watchGroups(catalog: RuleCatalog, options: WatchOptions): Promise<void> {
  const { config, sql, clock, signal, log, metrics, onMoved, refresh } = options;
  const watchedSinceMs = clock();
  let late: readonly PlatformTrouble[] = [];
  let lookAt = Number.NEGATIVE_INFINITY;
  let isFirst = true;
  const look = async (): Promise<void> => {
    // Before it is known what there is everything would seem to be well.
    if (isFirst) await refresh();
    isFirst = false;
    if (performance.now() >= lookAt) {
      late = await findLateGroups(sql, { catalog, nowMs: clock(), watchedSinceMs });
      lookAt = performance.now() + LATE_INTERVAL_MS;
    }
    if ((await keepPlatformAlerts([...(await findOutages(sql)), ...late], options)) > 0) onMoved();
  };
  const resend = async (): Promise<void> => {
    const { maxAlerts } = config.dispatch;
    if ((await resendAlerts(sql, { nowMs: clock(), maxAlerts })) > 0) onMoved();
  };
  const loop = (name: string, intervalMs: number, job: () => Promise<void>) =>
    runOnBell(job, { name, bell: createBell(), intervalMs, signal, log, failures: metrics.jobFailures });
  await Promise.all([
    loop("watch rules", config.ruleWatchIntervalMs, look),
    loop("resend alerts", config.ruleResendIntervalMs, resend),
  ]);
}
