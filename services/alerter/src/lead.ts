import type { Bus } from "@sightline/bus/connect";
import type { Clock } from "@sightline/model/time";
import type { Pool } from "@sightline/postgres/pool";
import type { Seal } from "@sightline/postgres/seal";
import type { Logger } from "@sightline/service/logger";
import { publishActions } from "./actions/action-events.ts";
import { prune } from "./alerts/prune.ts";
import { type Bell, createBell, runOnBell } from "./bell.ts";
import type { Teller } from "./channels/kinds.ts";
import type { Config } from "./config.ts";
import { drainSignal } from "./drain-signal.ts";
import { consumeEvents } from "./evaluate/consume-events.ts";
import { createEventEvaluator } from "./evaluate/events.ts";
import { createMetricEvaluator, type MetricSource } from "./evaluate/metric.ts";
import { evaluateRound } from "./evaluate/round.ts";
import type { AlerterMetrics } from "./metrics.ts";
import { releaseHeld } from "./notify/held.ts";
import type { HidingIn } from "./notify/hiding.ts";
import { type ChangePublisher, publishChanges } from "./notify/publish-changes.ts";
import { createRelay } from "./notify/relay.ts";
import type { RuleBook } from "./rules/rule-book.ts";

/** What wakes the loops before their time. */
export interface Bells {
  /** Rules changed. */
  readonly evaluate: Bell;
  /** Something is to be told to channels. */
  readonly notify: Bell;
  /** Something is to be told to the bus. */
  readonly publish: Bell;
}

export interface LeadOptions {
  readonly config: Config;
  readonly sql: Pool;
  readonly seal: Seal;
  readonly bus: Bus;
  readonly publisher: ChangePublisher;
  readonly source: MetricSource;
  readonly tell: Teller;
  /** What hides alerts from channels. */
  readonly hidingIn: HidingIn;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly log: Logger;
  readonly metrics: AlerterMetrics;
  readonly bells: Bells;
  readonly book: RuleBook;
  /** To be called after alerts were moved. */
  readonly onMoved: () => void;
  readonly signal: AbortSignal;
}

/** What notices under way get to be delivered when stopping. */
const drainMs = 3000;
/** How often it is looked whether what is held back is still hidden. */
const releaseIntervalMs = 5000;
const pruneIntervalMs = 600_000;

/**
 * Everything that only one alerter does at a time: evaluating, telling channels and telling the bus. Runs until the
 * signal aborts. Should two ever do it at the same time, unique keys and compared states keep them from telling anybody
 * twice.
 */
export async function lead(options: LeadOptions): Promise<void> {
  const { config, sql, clock, log, metrics, signal, bells, book } = options;
  await book.refresh();
  const events = createEventEvaluator({
    ...options,
    rulesOf: book.eventRulesOf,
    maxAgeMs: config.maxEventAgeMs,
    maxOpenAlerts: config.maxOpenAlertsPerRule,
    maxGroups: config.maxGroupsPerRule,
    onDropped: (reason) => metrics.eventsDropped.inc({ reason }),
  });
  const consumption = await consumeEvents(options.bus, { ...options, events, settleMs: config.settleMs });
  const round = {
    ...options,
    events,
    evaluateMetric: createMetricEvaluator(options),
    knownUntilMs: consumption.knownUntilMs,
    maxConcurrent: config.maxConcurrentRules,
    deadlineMs: config.queryTimeoutMs,
  };
  const relay = createRelay({
    ...options,
    externalUrl: config.externalUrl,
    maxConcurrent: config.maxConcurrentChannels,
    maxConcurrentOfTenant: Math.max(1, Math.floor(config.maxConcurrentChannels / 8)),
    maxAlertsPerNotice: config.maxAlertsPerNotice,
    failuresUntilAlert: config.dispatch.failuresUntilAlert,
    onFree: bells.notify.ring,
  });
  const loop = (name: string, bell: Bell, intervalMs: number, job: () => Promise<void>) =>
    runOnBell(job, { name, bell, intervalMs, signal, log, failures: metrics.jobFailures });
  const draining = drainSignal(signal, drainMs);
  try {
    await Promise.all([
      loop("evaluate", bells.evaluate, config.evaluationIntervalMs, () => evaluateRound(round, signal)),
      loop("rules", createBell(), config.rulesRefreshMs, book.refresh),
      loop("notify", bells.notify, config.notifyIntervalMs, () => relay.begin(draining.signal)),
      loop("release", createBell(), releaseIntervalMs, async () => {
        if ((await releaseHeld(options)) > 0) bells.notify.ring();
      }),
      loop("publish", bells.publish, config.notifyIntervalMs, async () => {
        await publishChanges(options, signal);
        await publishActions(options, signal);
      }),
      loop("prune", createBell(), pruneIntervalMs, () =>
        prune(sql, { nowMs: clock(), keepResolvedMs: config.keepResolvedDays * 24 * 3600_000 }),
      ),
    ]);
  } finally {
    await consumption.close();
    await relay.idle();
    draining.release();
  }
}
