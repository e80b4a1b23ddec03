import type { Clock } from "@sightline/model/time";
import type { Pool } from "@sightline/postgres/pool";
import type { Logger } from "@sightline/service/logger";
import { type Bell, createBell, runOnBell } from "../bell.ts";
import type { RateLimiter } from "../channels/rate-limit.ts";
import { createLanes } from "../dispatch/lanes.ts";
import { drainSignal } from "../drain-signal.ts";
import type { AlerterMetrics } from "../metrics.ts";
import { createRests } from "../notify/rests.ts";
import { advanceDue } from "./advance-due.ts";
import { dueContacts, postponeContacts } from "./contact-store.ts";
import { pruneEscalations } from "./escalation-store.ts";
import { noticeHandovers } from "./handover-notices.ts";
import { integrationsIn } from "./integrations-in.ts";
import { createContactSender } from "./send-contacts.ts";
import { type ConfigurationOf, untilUsable } from "./until-usable.ts";

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
  /** As of `createContactSender`. */
  readonly failuresUntilAlert: number;
  readonly failingForMs: number;
  /** How often it is looked for what other replicas have begun. */
  readonly intervalMs: number;
  readonly keepMs: number;
  readonly externalUrl: string;
  /** Rung when there may be something to do. */
  readonly bell: Bell;
  readonly configurationOf: ConfigurationOf;
}

const HANDOVER_INTERVAL_MS = 30_000;
const PRUNE_INTERVAL_MS = 3_600_000;
/** What is being told gets to end when stopping. */
const DRAIN_MS = 3000;
const PER_RECEIVER = 32;
const MAX_AT_A_TIME = 2000;
/** For how long a tenant is left alone whose configuration could not be read. */
const REST_MS = 5000;
const MAX_RESTS = 1000;
/** When a contact that this version cannot read is looked at again. */
const POSTPONED_MS = 60_000;

/** Carries out the steps of all escalations and tells whom they reach, and who hands over to whom, until the signal aborts. */
export async function driveEscalations(options: DriveOptions, signal: AbortSignal): Promise<void> {
  const { sql, clock, log, metrics, bell, intervalMs, keepMs, maxConcurrentPerReceiver } = options;
  const draining = drainSignal(signal, DRAIN_MS);
  const lanes = createLanes(maxConcurrentPerReceiver);
  const rests = createRests<string>({ clock, restMs: REST_MS, maxRests: MAX_RESTS });
  const configurationOf = askedTogether(untilUsable(options.configurationOf), (tenant) => rests.begin(tenant, tenant));
  const contactBell = createBell();
  const sender = createContactSender({
    ...{ ...options, configurationOf, lanes, signal },
    drained: draining.signal,
    onSettled: contactBell.ring,
  });
  const integrationsOf = async (tenant: string) => integrationsIn(await options.configurationOf(tenant));
  const escalate = async () => {
    // What people did means something to those who were told before.
    contactBell.ring();
    await advanceDue({ ...options, nowMs: clock(), integrationsOf, onSome: contactBell.ring }, signal);
    contactBell.ring();
  };
  const tell = async () => {
    const nowMs = clock();
    const bounds = { perReceiver: PER_RECEIVER, limit: MAX_AT_A_TIME };
    const { contacts, unreadable } = await dueContacts(sql, { nowMs, ...bounds, resting: rests.now() });
    sender.begin(contacts);
    for (const one of unreadable) log.error({ ...one }, "a contact cannot be read; it is tried again");
    await postponeContacts(sql, unreadable, nowMs + POSTPONED_MS);
  };
  const loop = (name: string, everyMs: number, job: () => Promise<unknown>, wake = createBell()) =>
    runOnBell(async () => void (await job()), {
      ...{ name, bell: wake, intervalMs: everyMs, signal, log },
      failures: metrics.jobFailures,
    });
  try {
    await Promise.all([
      loop("escalate", intervalMs, escalate, bell),
      // A loop of its own: whatever is wrong with escalations, whom they reached already is told.
      loop("tell contacts", intervalMs, tell, contactBell),
      loop("hand over", HANDOVER_INTERVAL_MS, async () => {
        await noticeHandovers({ ...options, nowMs: clock(), integrationsOf }, signal);
        contactBell.ring();
      }),
      loop("prune escalations", PRUNE_INTERVAL_MS, () => pruneEscalations(sql, clock() - keepMs)),
    ]);
  } finally {
    await sender.idle();
    draining.release();
  }
}

/** Who asks while another one waits for the same answer gets that one: a thousand contacts of a tenant open its configuration once. */
function askedTogether(configurationOf: ConfigurationOf, onFailed: (tenant: string) => void): ConfigurationOf {
  const asked = new Map<string, ReturnType<ConfigurationOf>>();
  return async (tenant) => {
    const answer = asked.get(tenant) ?? configurationOf(tenant);
    asked.set(tenant, answer);
    try {
      return await answer;
    } catch (thrown) {
      onFailed(tenant);
      throw thrown;
    } finally {
      // Others who had this answer may come to it later than somebody who asks anew.
      if (asked.get(tenant) === answer) asked.delete(tenant);
    }
  };
}
