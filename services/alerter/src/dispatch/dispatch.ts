import type { Gap } from "@sightline/alertmanager/dispatch/dispatcher";
import type { Flush } from "@sightline/alertmanager/dispatch/flush";
import { AppError } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import type { Pool } from "@sightline/postgres/pool";
import { failpoint } from "@sightline/service/failpoint";
import type { Logger } from "@sightline/service/logger";
import { retry } from "@sightline/service/retry";
import type { Bell } from "../bell.ts";
import type { RateLimiter } from "../channels/rate-limit.ts";
import { createHeldClock } from "../clock/held-clock.ts";
import { drainSignal } from "../drain-signal.ts";
import { readWindows } from "../maintenance/window-store.ts";
import type { AlerterMetrics } from "../metrics.ts";
import type { ActiveConfiguration } from "./active-configuration.ts";
import { listTenantVersions, type TenantVersions } from "./configuration-store.ts";
import { insertDecisions } from "./decision-store.ts";
import { type Epoch, holdEpoch, markAlive } from "./epoch.ts";
import { type ReceivedEntry, readInbox, takeInbox, weighInboxes } from "./inbox.ts";
import { putLabels } from "./label-store.ts";
import { isChanged, readSnapshot, writeChanges } from "./record-store.ts";
import { createSending, type Sending } from "./sending.ts";
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
  /** Notifications that are sent to one receiver of a tenant at the same time. */
  readonly maxConcurrentPerReceiver: number;
  /** The time that began for the caller. */
  readonly began: Epoch;
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
const patiently = { attempts: 8, baseDelayMs: 250, maxDelayMs: 4000 };
/** What is being sent gets to end when stopping. */
const DRAIN_MS = 3000;
const LAST_WRITE_MS = 5000;
/** Entries of each tenant that are taken in one turn. */
const ENTRIES_PER_TURN = 20;

/** What one who dispatches has at hand. */
interface Round extends DispatchOptions {
  readonly epoch: string;
  readonly signal: AbortSignal;
  readonly sending: Sending;
  /** By how much the clock was set, milliseconds; 0 while it was not. */
  readonly clockStepMs: () => number;
  readonly versions: Map<string, TenantVersions>;
  /** Tenants whose configuration in force cannot be used. */
  readonly unusable: Set<string>;
  /** Tenants of whom something failed: what came in is taken one by one then. */
  readonly failing: Set<string>;
}

/**
 * Takes what comes in, decides whom to tell of it, and tells them, for all tenants, until the signal aborts. One replica at a time does
 * this; another one that still believes it is the one finds out when it writes, and what it would send is written before it is sent.
 */
export async function dispatch(options: DispatchOptions, signal: AbortSignal): Promise<void> {
  let { aliveAtMs } = options.began;
  while (!signal.aborted) {
    const stepMs = await dispatchByOneClock(options, aliveAtMs, signal);
    aliveAtMs = options.clock() - stepMs;
  }
}

/**
 * As {@link dispatch}, until the signal aborts or the clock is set: then whoever goes on begins with what was written, as after a failover, for
 * which times of a clock that is ahead or behind are nothing new. Resolves to by how much it was set, milliseconds.
 */
async function dispatchByOneClock(
  options: DispatchOptions,
  aliveAtMs: number | undefined,
  signal: AbortSignal,
): Promise<number> {
  const { tenants } = options;
  // A dispatcher's times must neither leap nor go back.
  const { clock, stepMs: clockStepMs } = createHeldClock({ clock: options.clock, steadyMs: () => performance.now() });
  const { epoch } = options.began;
  const failed = new AbortController();
  const over = new AbortController();
  const ending = AbortSignal.any([signal, over.signal, failed.signal]);
  const draining = drainSignal(AbortSignal.any([signal, over.signal]), DRAIN_MS);
  const drained = AbortSignal.any([draining.signal, failed.signal]);
  const sending = createSending({ ...options, clock, signal: ending, drained });
  const round: Round = {
    ...options,
    clock,
    clockStepMs,
    epoch,
    signal,
    sending,
    versions: new Map(),
    unusable: new Set(),
    failing: new Set(),
  };
  tenants.clear();
  try {
    const stepMs = await untilStopped(round, gapSince(aliveAtMs, clock()));
    over.abort();
    await sending.idle();
    if (stepMs !== undefined) await writeLast(round);
    return stepMs ?? 0;
  } catch (thrown) {
    options.metrics.jobFailures.inc();
    // Nobody may dispatch before this has ended, so that it ends at once.
    failed.abort(thrown);
    await sending.idle();
    throw thrown;
  } finally {
    draining.release();
    tenants.clear();
    options.metrics.dispatch.unusable(0);
  }
}

/** Runs until the signal aborts or the clock is set, by as much as is resolved to; undefined when not all that was decided was written. */
async function untilStopped(round: Round, gap: Gap | undefined): Promise<number | undefined> {
  try {
    return await rounds(round, gap);
  } catch (thrown) {
    if (!round.signal.aborted) throw thrown;
    return undefined;
  }
}

/** Often enough to tell a short gap from a long one. */
const MARK_INTERVAL_MS = 10_000;
/** So long nobody dispatched without anybody having noticed it. */
const SHORT_MS = 60_000;
/** Prometheus sends what fires again each minute, and says that it fires for four. */
const GRACE_MS = 5 * 60_000;

function gapSince(aliveAtMs: number | undefined, nowMs: number): Gap | undefined {
  if (aliveAtMs === undefined || nowMs - aliveAtMs < SHORT_MS) return undefined;
  return { sinceMs: aliveAtMs, graceMs: GRACE_MS };
}

async function rounds(round: Round, firstGap: Gap | undefined): Promise<number> {
  const { sql, bell, tenants, intervalMs, clock, signal, epoch, metrics, log } = round;
  let gap = firstGap;
  let followAt = Number.NEGATIVE_INFINITY;
  let markAt = Number.NEGATIVE_INFINITY;
  while (!signal.aborted) {
    const follows = performance.now() >= followAt;
    if (follows) {
      followAt = performance.now() + intervalMs;
      await follow(round, gap);
    }
    const read = () => readInbox(sql, [...tenants.keys()], ENTRIES_PER_TURN);
    const byTenant = Map.groupBy(await retry(read, { ...patiently, signal }), ({ tenant }) => tenant);
    // What was read may have times of the clock as it is now.
    const stepMs = round.clockStepMs();
    if (stepMs !== 0) {
      log.warn({ stepMs }, "the clock was set: telling begins anew with what was written");
      return stepMs;
    }
    for (const one of [...tenants.values()]) await turn(one, byTenant.get(one.tenant) ?? [], round);
    if (follows) gap = undefined;
    if (performance.now() >= markAt) {
      markAt = performance.now() + MARK_INTERVAL_MS;
      await retry(() => markAlive(sql, epoch, clock()), { ...patiently, signal });
      metrics.dispatch.waiting(await weighInboxes(sql, clock()));
    }
    // More may be waiting than is read at once.
    await bell.wait(byTenant.size > 0 ? 0 : untilDue(tenants.values(), clock(), intervalMs), signal);
  }
  return 0;
}

function untilDue(all: Iterable<TenantDispatch>, nowMs: number, intervalMs: number): number {
  let waitMs = intervalMs;
  for (const { dispatcher } of all) {
    const dueMs = dispatcher.nextDueMs();
    if (dueMs !== undefined) waitMs = Math.min(waitMs, dueMs - nowMs);
  }
  return Math.max(0, waitMs);
}

/**
 * Reads anew what people changed. A configuration that cannot be used leaves the one before in force; where there is none before, what came in
 * waits until there is one that can be used: by any other it would be told to nobody.
 */
async function follow(round: Round, gap: Gap | undefined): Promise<void> {
  const { sql, tenants, versions: known, unusable, signal, log, metrics } = round;
  const all = await retry(() => listTenantVersions(sql), { ...patiently, signal });
  const left = new Set(tenants.keys());
  for (const versions of all) {
    const { tenant } = versions;
    left.delete(tenant);
    if (signal.aborted) return;
    try {
      await followTenant(versions, round, gap);
    } catch (thrown) {
      const error = AppError.from(thrown);
      if (error.retryable) throw error;
      unusable.add(tenant);
      const waits = !tenants.has(tenant);
      log.error({ tenant, waits, error: error.message }, "a tenant's alerts cannot be dispatched as they should be");
    }
    known.set(tenant, versions);
  }
  for (const gone of left) {
    tenants.delete(gone);
    unusable.delete(gone);
  }
  metrics.dispatch.unusable(unusable.size);
}

async function followTenant(versions: TenantVersions, round: Round, gap: Gap | undefined): Promise<void> {
  const { sql, tenants, clock, sending } = round;
  const { tenant } = versions;
  const before = round.versions.get(tenant);
  const one = tenants.get(tenant);
  if (one === undefined) {
    if (!isNews(before, versions)) return;
    tenants.set(tenant, await openTenant(tenant, round, gap));
    round.unusable.delete(tenant);
    return;
  }
  if (before?.silences !== versions.silences) one.learnSilences(await readSilences(sql, tenant), clock());
  if (before?.maintenance !== versions.maintenance) one.learnWindows(await readWindows(sql, tenant));
  if (before?.configuration !== versions.configuration) {
    sending.abandon(one.reconfigure(await round.configurationOf(tenant), clock()));
    round.unusable.delete(tenant);
  }
}

async function openTenant(tenant: string, round: Round, gap: Gap | undefined): Promise<TenantDispatch> {
  const { sql, clock } = round;
  const configuration = await round.configurationOf(tenant);
  const silences = await readSilences(sql, tenant);
  const windows = await readWindows(sql, tenant);
  const snapshot = await readSnapshot(sql, tenant);
  const known = { configuration, silences, windows, snapshot };
  return createTenantDispatch({ ...round, tenant, ...known, nowMs: clock(), gap });
}

function isNews(before: TenantVersions | undefined, now: TenantVersions): boolean {
  if (before === undefined) return true;
  const { configuration, silences, maintenance } = now;
  return before.configuration !== configuration || before.silences !== silences || before.maintenance !== maintenance;
}

/** One tenant's turn. What is wrong with what it sent is nobody else's trouble. */
async function turn(one: TenantDispatch, entries: readonly ReceivedEntry[], round: Round): Promise<void> {
  const { failing, tenants, versions, log, metrics } = round;
  const { tenant } = one;
  const taken = failing.has(tenant) ? entries.slice(0, 1) : entries;
  try {
    const flushes = await decideAndWrite(one, taken, round);
    if (flushes.length > 0) failpoint("alerter.round-written");
    for (const flush of flushes) round.sending.begin(one, flush);
    if (entries.length <= 1) failing.delete(tenant);
  } catch (thrown) {
    const error = AppError.from(thrown);
    if (error.retryable || error.code === "cancelled") throw error;
    metrics.jobFailures.inc();
    log.error({ tenant, entries: taken.length, error: error.message }, "a tenant's turn of dispatching failed");
    if (taken.length === 1) await setAside(taken, round);
    // What it knows is not what was written: it begins anew with that.
    failing.add(tenant);
    tenants.delete(tenant);
    versions.delete(tenant);
  }
}

/** What nobody can take would come again and again. */
async function setAside(entries: readonly ReceivedEntry[], { sql, epoch, log }: Round): Promise<void> {
  for (const { tenant, entryId } of entries) log.error({ tenant, entryId }, "what was sent cannot be taken: given up");
  await sql.transaction(async (tx) => {
    await holdEpoch(tx, epoch);
    for (const entry of entries) await takeInbox(tx, entry.tenant, [entry]);
  });
}

/** Takes what came in, does what is due, and writes what follows. Resolves to what is to be sent now. */
async function decideAndWrite(
  one: TenantDispatch,
  entries: readonly ReceivedEntry[],
  round: Round,
): Promise<readonly Flush[]> {
  const { clock } = round;
  one.take(
    entries.map(({ entry }) => entry),
    clock(),
  );
  const flushes = one.dispatcher.advance(clock());
  await write(one, entries, round);
  return flushes;
}

async function write(
  one: TenantDispatch,
  entries: readonly ReceivedEntry[],
  { sql, epoch, signal, clock, metrics }: Pick<Round, "sql" | "epoch" | "signal" | "clock" | "metrics">,
): Promise<void> {
  const pending = one.pending();
  const { changes, decisions, refused } = pending;
  if (entries.length === 0 && decisions.length === 0 && !isChanged(changes)) return;
  const transaction = () =>
    sql.transaction(async (tx) => {
      await holdEpoch(tx, epoch);
      await takeInbox(tx, one.tenant, entries);
      await writeChanges(tx, one.tenant, changes);
      await insertDecisions(tx, one.tenant, decisions);
      await putLabels(tx, one.tenant, pending, clock());
    });
  await retry(transaction, { ...patiently, signal });
  metrics.dispatch.decided(decisions);
  metrics.dispatch.refused(refused);
}

/** What was told while stopping is not to be told again by whoever goes on. */
async function writeLast(round: Round): Promise<void> {
  const signal = AbortSignal.timeout(LAST_WRITE_MS);
  for (const one of round.tenants.values()) {
    await write(one, [], { ...round, signal }).catch((thrown: unknown) => {
      const error = AppError.from(thrown).message;
      round.log.warn({ tenant: one.tenant, error }, "what was told last could not be written");
    });
  }
}
