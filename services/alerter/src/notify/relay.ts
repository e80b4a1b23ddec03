import { AppError } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import type { Pool, Sql } from "@sightline/postgres/pool";
import type { Seal } from "@sightline/postgres/seal";
import type { Channel } from "@sightline/proto/sightline/alert/v1/alert_service";
import { failpoint } from "@sightline/service/failpoint";
import type { Logger } from "@sightline/service/logger";
import { retry } from "@sightline/service/retry";
import { findChannel, isLostChannel } from "../channels/channel-store.ts";
import { retryPolicyOf, type Teller } from "../channels/kinds.ts";
import { createNotice, type Outcome, type RetryPolicy } from "../channels/notice.ts";
import { endOutlet, type Outlet, raiseOutlet } from "../dispatch/outlet-trouble.ts";
import type { AlerterMetrics } from "../metrics.ts";
import { channelDecision } from "./channel-decision.ts";
import { holdHidden } from "./held.ts";
import type { HidingIn, HidingOf } from "./hiding.ts";
import { type Claim, claimDue, type DueGroup, dueGroups, giveBack, recordAttempts } from "./outbox.ts";
import { createRests } from "./rests.ts";

export interface RelayOptions {
  readonly sql: Pool;
  readonly seal: Seal;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: AlerterMetrics;
  readonly tell: Teller;
  /** What hides alerts: of those nobody is told until nothing does. */
  readonly hidingIn: HidingIn;
  readonly externalUrl: string;
  /** Channels that are told something at the same time. */
  readonly maxConcurrent: number;
  /** Of these, those of one tenant: channels of which none answers leave room for those of others. */
  readonly maxConcurrentOfTenant: number;
  /** Alerts of one notice. */
  readonly maxAlertsPerNotice: number;
  /** Attempts of a notice that have to fail until its channel counts as unreachable; or all that it has. */
  readonly failuresUntilAlert: number;
  /** Called when a channel is free again, for more may be due to it or to others. */
  readonly onFree: () => void;
}

/**
 * Tells channels what is due to them: one notice at a time to each channel and several channels at a time, so that a
 * slow receiver delays nobody else's.
 */
export interface Relay {
  /** Begins to tell what is due to channels that are free. Resolves when all have begun, not when they are done. */
  begin(signal: AbortSignal): Promise<void>;
  /** Resolves when nothing is being told any more. */
  idle(): Promise<void>;
}

/** For how long whoever could not be told anything is left alone: others, who can, have their turn. */
const restMs = 3000;
const maxRests = 1000;
/** Time for recording the outcome, after which an attempt counts as lost. */
const recordingMs = 30_000;
/** At most half of that time, also when the service is to stop. */
const recording = { attempts: 8, baseDelayMs: 250, maxDelayMs: 4000, signal: new AbortController().signal };
const maxRetryDelayMs = 10 * 60_000;

export function createRelay(options: RelayOptions): Relay {
  const { sql, clock, log, maxConcurrent, maxConcurrentOfTenant, onFree } = options;
  const busy = new Map<string, { readonly group: DueGroup; readonly work: Promise<void> }>();
  /** Channels of which it was said that they cannot be opened. */
  const unopened = new Set<string>();
  const rests = {
    channels: createRests<DueGroup>({ clock, restMs, maxRests }),
    tenants: createRests<string>({ clock, restMs, maxRests }),
  };

  const work = async (key: string, group: DueGroup, signal: AbortSignal) => {
    try {
      const hidingOf = await options.hidingIn(group.tenant).catch((thrown: unknown) => {
        rests.tenants.begin(group.tenant, group.tenant);
        throw thrown;
      });
      await tellGroup(group, { ...options, hidingOf }, signal);
      unopened.delete(key);
    } catch (thrown) {
      // What failed before an attempt began is still due.
      rests.channels.begin(key, group);
      const { code, message } = AppError.from(thrown);
      // Whoever runs Sightline has to mend that, which takes longer than a rest.
      const wasSaid = code === "failed_precondition" && unopened.has(key);
      if (code === "failed_precondition" && unopened.size < maxRests) unopened.add(key);
      if (!signal.aborted && !wasSaid) log.warn({ ...group, code, error: message }, "a channel could not be told");
    }
    busy.delete(key);
    onFree();
  };

  /** How many channels of each tenant are being told something. */
  const busyOf = (): Map<string, number> => {
    const counts = new Map<string, number>();
    for (const { group } of busy.values()) counts.set(group.tenant, (counts.get(group.tenant) ?? 0) + 1);
    return counts;
  };

  return {
    async begin(signal) {
      if (busy.size >= maxConcurrent || signal.aborted) return;
      const groups = [...busy.values()].map(({ group }) => group);
      const full = [...busyOf()].flatMap(([tenant, count]) => (count >= maxConcurrentOfTenant ? [tenant] : []));
      const due = await dueGroups(sql, {
        nowMs: clock(),
        channels: [...groups, ...rests.channels.now()],
        tenants: [...rests.tenants.now(), ...full],
        limit: maxConcurrent - busy.size,
      });
      const counts = busyOf();
      for (const group of due) {
        const key = `${group.tenant} ${group.channel}`;
        const count = counts.get(group.tenant) ?? 0;
        if (busy.has(key) || count >= maxConcurrentOfTenant) continue;
        counts.set(group.tenant, count + 1);
        busy.set(key, { group, work: work(key, group, signal) });
      }
    },
    async idle() {
      while (busy.size > 0) await Promise.all([...busy.values()].map((one) => one.work));
    },
  };
}

interface GroupOptions extends RelayOptions {
  readonly hidingOf: HidingOf;
}

async function tellGroup(group: DueGroup, options: GroupOptions, signal: AbortSignal): Promise<void> {
  const { sql, clock, hidingOf } = options;
  const { channel, missing } = await channelOf(group, options);
  const policy = channel === undefined ? undefined : retryPolicyOf(channel);
  const nowMs = clock();
  const lostAtMs = nowMs + (policy?.timeoutMs ?? 0) + recordingMs;
  const { claims, held } = await sql.transaction(async (tx) => {
    const claimed = await claimDue(tx, group, { nowMs, lostAtMs, limit: options.maxAlertsPerNotice });
    // Together with the claim: what could not be held back has had no attempt.
    const shown = await holdHidden(tx, group, claimed, { hidingOf, nowMs });
    return { claims: shown, held: claimed.length - shown.length };
  });
  if (held > 0) options.log.info({ ...group, alerts: held }, "channel not told: something hides it");
  if (claims.length === 0) return;
  const attempt = { group, claims, atMs: nowMs };
  if (channel === undefined || policy === undefined) {
    const outcome = `the channel ${group.channel} ${missing}`;
    await finish(attempt, { outcome: { delivered: false, outcome, retryable: false }, kind: "none" }, options);
    return;
  }
  const kind = channel.kind?.$case ?? "none";
  const lost = claims.filter((claim) => claim.attempt > policy.attempts);
  if (lost.length > 0) {
    const outcome = "the last attempt was interrupted";
    await finish(
      { ...attempt, claims: lost },
      { outcome: { delivered: false, outcome, retryable: false }, kind },
      options,
    );
  }
  const [first, ...rest] = claims.filter((claim) => claim.attempt <= policy.attempts);
  if (first === undefined) return;
  const outcome = await tellOrGiveBack(channel, [first, ...rest], { attempt, options, signal });
  await finish({ ...attempt, claims: [first, ...rest] }, { outcome, kind, policy }, options);
}

interface Found {
  readonly channel?: Channel | undefined;
  /** Why there is none. */
  readonly missing: string;
}

/** Throws failed_precondition where it is sealed with a key that somebody may still have. */
async function channelOf({ tenant, channel: name }: DueGroup, { sql, seal }: RelayOptions): Promise<Found> {
  try {
    return { channel: await findChannel({ sql, seal }, tenant, name), missing: "was deleted" };
  } catch (thrown) {
    const isSealed = AppError.from(thrown).code === "failed_precondition";
    if (isSealed && (await isLostChannel(sql, tenant, name)))
      return { missing: "is sealed with a key that was given up" };
    throw thrown;
  }
}

interface Attempt {
  readonly group: DueGroup;
  readonly claims: readonly Claim[];
  readonly atMs: number;
}

interface Telling {
  readonly attempt: Attempt;
  readonly options: RelayOptions;
  readonly signal: AbortSignal;
}

async function tellOrGiveBack(
  channel: Channel,
  claims: readonly [Claim, ...Claim[]],
  { attempt: { group }, options, signal }: Telling,
): Promise<Outcome> {
  const notice = createNotice(claims, { channel: group.channel, externalUrl: options.externalUrl });
  try {
    failpoint("alerter.attempt-begun");
    const outcome = await options.tell(channel, notice, signal);
    failpoint("alerter.channel-told");
    return outcome;
  } catch (thrown) {
    await giveBack(options.sql, group.tenant, claims, options.clock());
    throw thrown;
  }
}

interface Ended {
  readonly outcome: Outcome;
  readonly kind: string;
  /** Unset: never again. */
  readonly policy?: RetryPolicy;
}

/** Records what came of an attempt; each notification is tried again as often as its channel wants. */
async function finish({ group, claims, atMs }: Attempt, { outcome, kind, policy }: Ended, options: RelayOptions) {
  const { sql, clock, log, metrics } = options;
  for (const [attempt, same] of Map.groupBy(claims, (claim) => claim.attempt)) {
    const again = !outcome.delivered && outcome.retryable && policy !== undefined && attempt < policy.attempts;
    const retryAtMs = again ? clock() + retryDelayMs(policy, attempt, outcome.retryAfterMs) : undefined;
    // What was told and not recorded would be told again.
    const decided = {
      step: outcome.delivered ? "delivered" : "failed",
      reason: outcome.outcome,
      integration: kind === "none" ? "" : kind,
      atMs: clock(),
    };
    const alerts = same.map(({ alert }) => alert);
    const decisions = again ? [] : [channelDecision(group.channel, alerts, decided)];
    const isFailing = !outcome.delivered && (!again || attempt >= options.failuresUntilAlert);
    const outlet: Outlet = { kind: "channel", channel: group.channel };
    const also = async (tx: Sql) => {
      // Of a channel that is no more there is nothing to be mended.
      if (policy === undefined) return;
      if (outcome.delivered) await endOutlet(tx, group.tenant, outlet, clock());
      else if (isFailing) await raiseOutlet(tx, group.tenant, outlet, { outcome: outcome.outcome, nowMs: clock() });
    };
    const recorded = { ...outcome, atMs, retryAtMs, decisions, also };
    await retry(() => recordAttempts(sql, group.tenant, same, recorded), recording);
    const result = outcome.delivered ? "delivered" : again ? "retry" : "failed";
    metrics.notifications.inc({ kind, outcome: result }, same.length);
    const fields = { ...group, alerts: same.length, attempt, outcome: outcome.outcome };
    if (result === "delivered") log.info(fields, "channel told");
    else log.warn({ ...fields, again }, "channel not told");
  }
}

/** The pause after the given failed attempt (from 1): what the channel says, doubled each time, or what it asks for. */
export function retryDelayMs({ delayMs }: RetryPolicy, attempt: number, retryAfterMs = 0): number {
  return Math.max(Math.min(delayMs * 2 ** (attempt - 1), maxRetryDelayMs), retryAfterMs);
}
