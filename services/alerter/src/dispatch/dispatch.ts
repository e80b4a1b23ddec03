import type { Gap } from "@sightline/alertmanager/dispatch/dispatcher";
import type { Flush } from "@sightline/alertmanager/dispatch/flush";
import { AppError } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import type { Pool } from "@sightline/postgres/pool";
import { failpoint } from "@sightline/service/failpoint";
import type { Logger } from "@sightline/service/logger";
import { retry } from "@sightline/service/retry";
import type { Bell } from "../bell.ts";
import type { Outcome } from "../channels/integration.ts";
import type { RateLimiter } from "../channels/rate-limit.ts";
import type { AlerterMetrics } from "../metrics.ts";
import type { ActiveConfiguration } from "./active-configuration.ts";
import { listTenantVersions, type TenantVersions } from "./configuration-store.ts";
import { insertDecisions } from "./decision-store.ts";
import { holdEpoch, markAlive, takeEpoch } from "./epoch.ts";
import { type ReceivedEntry, readInbox, takeInbox } from "./inbox.ts";
import { createLanes } from "./lanes.ts";
import { isChanged, readSnapshot, writeChanges } from "./record-store.ts";
import { sendFlush } from "./send-flush.ts";
import { readSilences } from "./silence-store.ts";
import { createTenantDispatch, type DispatchLimits, type TenantDispatch } from "./tenant-dispatch.ts";

export interface DispatchOptions {
  readonly sql: Pool;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly log: Logger;
  readonly metrics: AlerterMetrics;
  readonly limiter: RateLimiter;
  readonly limits: DispatchLimits;
  readonly externalUrl: string;
  /** Notifications that are sent to one receiver at the same time. */
  readonly maxConcurrentPerReceiver: number;
  /** How often it is looked for what came in by way of other replicas. */
  readonly intervalMs: number;
  /** Rung when something came in here. */
  readonly bell: Bell;
  /** Where others see what is dispatched here. */
  readonly tenants: Map<string, TenantDispatch>;
  /** Reads the configuration in force. Throws when it cannot be used. */
  configurationOf(tenant: string): Promise<ActiveConfiguration>;
}

/** Longer than this, and another replica may do it as well. */
const writing = { attempts: 8, baseDelayMs: 250, maxDelayMs: 4000 };

/**
 * Takes what comes in, decides whom to tell of it, and tells them, for all tenants, until the signal aborts. One replica at a time does
 * this; another one that still believes it is the one finds out when it writes, and what it would send is written before it is sent.
 */
export async function dispatch(options: DispatchOptions, signal: AbortSignal): Promise<void> {
  const { sql, bell, tenants, intervalMs, clock } = options;
  const { epoch, aliveAtMs } = await takeEpoch(sql);
  const gap = gapSince(aliveAtMs, clock());
  const versions = new Map<string, TenantVersions>();
  const sending = createSending(options, signal);
  tenants.clear();
  try {
    let followAtMs = clock();
    while (!signal.aborted) {
      if (clock() >= followAtMs) {
        followAtMs = clock() + intervalMs;
        await markAlive(sql, epoch, clock());
        await follow({ ...options, gap }, versions, signal);
      }
      const byTenant = Map.groupBy(await readInbox(sql), ({ tenant }) => tenant);
      for (const one of tenants.values()) {
        const flushes = await turn(one, byTenant.get(one.tenant) ?? [], { ...options, epoch, signal });
        for (const flush of flushes) sending.begin(one, flush);
      }
      // More may be waiting than is read at once.
      const waitMs = byTenant.size > 0 ? 0 : untilDue(tenants.values(), clock(), intervalMs);
      await bell.wait(waitMs, signal);
    }
  } finally {
    await sending.idle();
    tenants.clear();
  }
}

function untilDue(all: Iterable<TenantDispatch>, nowMs: number, intervalMs: number): number {
  let waitMs = intervalMs;
  for (const { dispatcher } of all) {
    const dueMs = dispatcher.nextDueMs();
    if (dueMs !== undefined) waitMs = Math.min(waitMs, dueMs - nowMs);
  }
  return Math.max(0, waitMs);
}

/** So long nobody dispatched without anybody having noticed it. */
const SHORT_MS = 60_000;
/** Prometheus sends what fires again each minute, and says that it fires for four. */
const GRACE_MS = 5 * 60_000;

function gapSince(aliveAtMs: number | undefined, nowMs: number): Gap | undefined {
  if (aliveAtMs === undefined || nowMs - aliveAtMs < SHORT_MS) return undefined;
  return { sinceMs: aliveAtMs, graceMs: GRACE_MS };
}

interface FollowOptions extends DispatchOptions {
  readonly gap: Gap | undefined;
}

/** Reads anew what people changed. A configuration that cannot be used leaves the one before in force. */
async function follow(options: FollowOptions, known: Map<string, TenantVersions>, signal: AbortSignal): Promise<void> {
  const { sql, tenants, clock, log } = options;
  const all = await listTenantVersions(sql);
  const left = new Set(tenants.keys());
  for (const versions of all) {
    const { tenant } = versions;
    left.delete(tenant);
    const before = known.get(tenant);
    const one = tenants.get(tenant);
    if (signal.aborted) return;
    try {
      if (one === undefined) tenants.set(tenant, await openTenant(tenant, options));
      else {
        if (before?.silences !== versions.silences) one.learnSilences(await readSilences(sql, tenant), clock());
        if (before?.configuration !== versions.configuration) {
          one.reconfigure(await options.configurationOf(tenant), clock());
        }
      }
      known.set(tenant, versions);
    } catch (thrown) {
      const error = AppError.from(thrown);
      if (error.retryable) throw error;
      known.set(tenant, versions);
      log.warn({ tenant, error: error.message }, "a tenant's routes cannot be used");
    }
  }
  for (const gone of left) tenants.delete(gone);
}

async function openTenant(tenant: string, options: FollowOptions): Promise<TenantDispatch> {
  const { sql, clock } = options;
  const configuration = await options.configurationOf(tenant);
  const silences = await readSilences(sql, tenant);
  const snapshot = await readSnapshot(sql, tenant);
  return createTenantDispatch({ ...options, tenant, configuration, silences, snapshot, nowMs: clock() });
}

interface TurnOptions extends DispatchOptions {
  readonly epoch: string;
  readonly signal: AbortSignal;
}

/** One tenant: takes what came in, does what is due, and writes what follows. Resolves to what is to be sent now. */
async function turn(
  one: TenantDispatch,
  entries: readonly ReceivedEntry[],
  { sql, clock, epoch, signal }: TurnOptions,
): Promise<Flush[]> {
  one.take(
    entries.map(({ entry }) => entry),
    clock(),
  );
  const flushes = one.dispatcher.advance(clock());
  const { changes, decisions } = one.pending();
  if (entries.length === 0 && decisions.length === 0 && !isChanged(changes)) return flushes;
  const write = () =>
    sql.transaction(async (tx) => {
      await holdEpoch(tx, epoch);
      await takeInbox(tx, one.tenant, entries);
      await writeChanges(tx, one.tenant, changes);
      await insertDecisions(tx, one.tenant, decisions);
    });
  await retry(write, { ...writing, signal });
  if (flushes.length > 0) failpoint("alerter.outbox-committed");
  return flushes;
}

interface Sending {
  begin(one: TenantDispatch, flush: Flush): void;
  /** Resolves when nothing is being sent any more. */
  idle(): Promise<void>;
}

/** Sends flushes beside each other, and tells their dispatcher what came of it. */
function createSending(options: DispatchOptions, signal: AbortSignal): Sending {
  const { clock, log, bell } = options;
  const lanes = createLanes(options.maxConcurrentPerReceiver);
  const running = new Set<Promise<void>>();

  async function send(one: TenantDispatch, flush: Flush): Promise<void> {
    const configuration = one.configuration();
    const integration = configuration.integrationOf(flush);
    if (integration === undefined) return one.ended(flush, noIntegration, clock());
    const observer = {
      attempted: (_: Flush, number: number, outcome: Outcome) => one.attempted(flush, number, outcome, clock()),
    };
    const { templates } = configuration;
    const sent = { ...options, tenant: one.tenant, integration, templates, lanes, observer, signal };
    one.ended(flush, await sendFlush(flush, sent), clock());
  }

  async function begin(one: TenantDispatch, flush: Flush): Promise<void> {
    try {
      await send(one, flush);
      bell.ring();
    } catch (thrown) {
      const { code, message } = AppError.from(thrown);
      if (signal.aborted) return;
      log.error({ tenant: one.tenant, groupKey: flush.groupKey, code, error: message }, "a channel could not be told");
      one.ended(flush, { delivered: false, outcome: message, retryable: false }, clock());
    }
  }

  return {
    begin(one, flush) {
      const work = begin(one, flush).finally(() => running.delete(work));
      running.add(work);
    },
    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}

const noIntegration: Outcome = {
  delivered: false,
  outcome: "its receiver has no such integration any more",
  retryable: false,
};
