import type { Clock } from "@sightline/model/time";
import type { Pool } from "@sightline/postgres/pool";
import type { Logger } from "@sightline/service/logger";
import { type Bell, createBell, runOnBell } from "../bell.ts";
import type { RateLimiter } from "../channels/rate-limit.ts";
import type { ActiveConfiguration } from "../dispatch/active-configuration.ts";
import { createLanes } from "../dispatch/lanes.ts";
import { drainSignal } from "../drain-signal.ts";
import type { AlerterMetrics } from "../metrics.ts";
import { advanceDue } from "./advance-due.ts";
import { dueContacts } from "./contact-store.ts";
import { pruneEscalations } from "./escalation-store.ts";
import { noticeHandovers } from "./handover-notices.ts";
import { integrationsIn } from "./integrations-in.ts";
import { createContactSender } from "./send-contacts.ts";

export interface DriveOptions {
  readonly sql: Pool;
  /** The time in which only this replica does it. */
  readonly epoch: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: AlerterMetrics;
  /** The same as that of all other notifications: receivers count all of them. */
  readonly limiter: RateLimiter;
  readonly maxConcurrentPerReceiver: number;
  /** How often it is looked for what other replicas have begun. */
  readonly intervalMs: number;
  readonly keepMs: number;
  readonly externalUrl: string;
  /** Rung when there may be something to do. */
  readonly bell: Bell;
  configurationOf(tenant: string): Promise<ActiveConfiguration>;
}

const HANDOVER_INTERVAL_MS = 30_000;
const PRUNE_INTERVAL_MS = 3_600_000;
/** What is being told gets to end when stopping. */
const DRAIN_MS = 3000;
const PER_RECEIVER = 32;
const MAX_AT_A_TIME = 2000;

/** Carries out the steps of all escalations and tells whom they reach, and who hands over to whom, until the signal aborts. */
export async function driveEscalations(options: DriveOptions, signal: AbortSignal): Promise<void> {
  const { sql, clock, log, metrics, bell, intervalMs, keepMs, maxConcurrentPerReceiver } = options;
  const draining = drainSignal(signal, DRAIN_MS);
  const lanes = createLanes(maxConcurrentPerReceiver);
  const sender = createContactSender({ ...options, lanes, signal, drained: draining.signal, onSettled: bell.ring });
  const integrationsOf = async (tenant: string) => integrationsIn(await options.configurationOf(tenant));
  const escalate = async () => {
    const nowMs = clock();
    await advanceDue({ ...options, nowMs, integrationsOf }, signal);
    sender.begin(await dueContacts(sql, { nowMs: clock(), perReceiver: PER_RECEIVER, limit: MAX_AT_A_TIME }));
  };
  const loop = (name: string, everyMs: number, job: () => Promise<unknown>, wake = createBell()) =>
    runOnBell(async () => void (await job()), {
      ...{ name, bell: wake, intervalMs: everyMs, signal, log },
      failures: metrics.jobFailures,
    });
  try {
    await Promise.all([
      loop("escalate", intervalMs, escalate, bell),
      loop("hand over", HANDOVER_INTERVAL_MS, async () => {
        await noticeHandovers({ ...options, nowMs: clock(), integrationsOf }, signal);
        bell.ring();
      }),
      loop("prune escalations", PRUNE_INTERVAL_MS, () => pruneEscalations(sql, clock() - keepMs)),
    ]);
  } finally {
    await sender.idle();
    draining.release();
  }
}
