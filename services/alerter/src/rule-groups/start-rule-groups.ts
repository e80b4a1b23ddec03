import type { Bus } from "@sightline/bus/connect";
import { AppError } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import { holdLease } from "@sightline/postgres/lease";
import type { Pool } from "@sightline/postgres/pool";
import { holdShards } from "@sightline/postgres/shards";
import type { SampleSink } from "@sightline/rules/evaluate/written-samples";
import type { Logger } from "@sightline/service/logger";
import { type Bell, createBell, runOnBell } from "../bell.ts";
import type { Config } from "../config.ts";
import { consumeEvents, type EventConsumption } from "../evaluate/consume-events.ts";
import type { AlerterMetrics } from "../metrics.ts";
import { createEventIntake } from "./event-intake.ts";
import { EVENT_SHARD, SHARDS } from "./group-id.ts";
import { createGroupRunner } from "./group-runner.ts";
import { createGroupWriter } from "./group-writer.ts";
import { createHeldGroups } from "./held-groups.ts";
import { createGroupKeeping } from "./keep-group.ts";
import { keepPlatformAlerts, type PlatformTrouble } from "./platform-alerts.ts";
import { resendAlerts } from "./resend-alerts.ts";
import { createRuleCatalog, type RuleCatalog } from "./rule-catalog.ts";
import type { RuleQueries } from "./rule-queries.ts";
import { type ShardEpochs, takeShardEpochs } from "./shard-epochs.ts";
import { sweepGroups } from "./sweep-groups.ts";
import { findLateGroups, findOutages } from "./watch-groups.ts";

export interface StartRuleGroupsOptions {
  readonly config: Config;
  readonly sql: Pool;
  readonly bus: Bus;
  readonly queries: RuleQueries;
  /** Who takes what a tenant's rules record. */
  readonly sinkOf: (tenant: string) => SampleSink;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly log: Logger;
  readonly metrics: AlerterMetrics;
  /** Called after alerts were moved. */
  readonly onMoved: () => void;
  readonly signal: AbortSignal;
}

export interface StartedRuleGroups {
  /** To be rung when rule files were changed here. */
  readonly changed: Bell;
  /** Resolves when it has ended, after the signal aborted. */
  readonly ended: Promise<void>;
}

const SWEEP_INTERVAL_MS = 60_000;
/** How long the evaluation sleeps at most: shards that are taken have something due at once. */
const MAX_SLEEP_MS = 250;
/** How many times of the watch pass between two looks at what is not evaluated. */
const LATE_INTERVAL_MS = 10_000;

/** Evaluates rule files, divided between all replicas, and watches over that. */
export function startRuleGroups(options: StartRuleGroupsOptions): StartedRuleGroups {
  const { config, sql, log, signal, metrics } = options;
  const changed = createBell();
  const due = createBell();
  const sweep = createBell();
  const { ruleEvaluationIntervalMs: defaultIntervalMs, maxSeriesPerRule: maxSeries } = config;
  const catalog = createRuleCatalog({ sql, defaultIntervalMs, maxSeries, log });
  const part = createPart(options, catalog);
  const loop = (name: string, bell: Bell, intervalMs: number, job: () => Promise<void>) =>
    runOnBell(job, { name, bell, intervalMs, signal, log, failures: metrics.jobFailures });

  const refresh = async (): Promise<void> => {
    if (!(await catalog.refresh())) return;
    part.follow();
    due.ring();
    // A group may have gone.
    sweep.ring();
  };
  const evaluate = async (): Promise<void> => {
    const running = new Set<Promise<void>>();
    while (!signal.aborted) {
      const run = part.runner.runDue().finally(() => running.delete(run));
      running.add(run);
      await due.wait(part.runner.untilDueMs(MAX_SLEEP_MS), signal);
    }
    await Promise.all(running);
  };
  const hold = () =>
    holdShards(sql, {
      ...{ name: "rule-groups", shards: SHARDS, retryMs: config.leaseRetryMs, signal, log },
      async onHeld(shards) {
        await part.hold(shards);
        due.ring();
        sweep.ring();
      },
    });
  const watch = () =>
    holdLease(sql, {
      ...{ name: "rule-watch", retryMs: config.leaseRetryMs, signal, log },
      work: (held) => watchGroups({ ...options, signal: held }, catalog),
    });
  const run = async (): Promise<void> => {
    const refreshing = loop("rule files", changed, config.rulesRefreshMs, refresh);
    await Promise.all([
      refreshing,
      evaluate(),
      hold(),
      watch(),
      loop("rule times", createBell(), config.ruleTimesIntervalMs, part.writeTimes),
      loop("sweep rules", sweep, SWEEP_INTERVAL_MS, () => part.sweep(refresh)),
    ]);
  };
  return { changed, ended: run() };
}

/** The part of all groups that this replica has. */
function createPart(options: StartRuleGroupsOptions, catalog: RuleCatalog) {
  const { config, sql, bus, clock, log, metrics, signal } = options;
  const { externalUrl, maxConcurrentRuleGroups: maxConcurrent, maxEventAgeMs: maxAgeMs, settleMs } = config;
  const writer = createGroupWriter(options);
  const keeping = createGroupKeeping({ ...options, writer });
  const held = createHeldGroups({ catalog, clock });
  let consumption: EventConsumption | undefined;
  const knownUntilMs = () => consumption?.knownUntilMs();
  const steadyMs = () => performance.now();
  const rim = { ...options, externalUrl, held, keeping, steadyMs, maxConcurrent, knownUntilMs };
  const runner = createGroupRunner(rim);
  const onTooLate = () => metrics.eventsDropped.inc({ reason: "too_late" });
  const events = createEventIntake({ held, runner, keeping, writer, clock, maxAgeMs, onTooLate });

  const consume = () =>
    consumeEvents(bus, {
      ...{ clock, settleMs, events, signal, durable: "alerter-rules", from: "new" },
      metrics: { events: metrics.ruleEvents, eventsDropped: metrics.eventsDropped },
      // Who writes says so.
      onMoved: () => undefined,
    });
  const leave = async (kept: ShardEpochs): Promise<void> => {
    if (!kept.has(EVENT_SHARD)) {
      await consumption?.close();
      consumption = undefined;
    }
    await keeping.writeTimes(held.without(kept)).catch((thrown: unknown) => {
      log.warn({ error: AppError.from(thrown).message }, "the times of groups of rules could not be kept");
    });
    await held.hold(kept);
    await writer.idle();
  };
  const follow = (): void => {
    held.follow();
    runner.forgetOthers();
    metrics.ruleGroups.set([...held.all()].length);
    metrics.ruleShards.set(held.shards().size);
  };
  return {
    runner,
    follow,
    writeTimes: () => keeping.writeTimes(held.all()),
    sweep: (refresh: () => Promise<void>) => sweepGroups(held.shards(), { ...options, catalog, refresh }),
    async hold(shards: ReadonlySet<number>): Promise<void> {
      const before = held.shards();
      const kept = new Map([...before].filter(([shard]) => shards.has(shard)));
      if (kept.size < before.size) await leave(kept);
      const gained = [...shards].filter((shard) => !before.has(shard));
      if (gained.length > 0) {
        const taken = await takeShardEpochs(sql, gained);
        await held.hold(new Map([...kept, ...taken]));
        if (taken.has(EVENT_SHARD)) consumption = await consume();
      }
      follow();
    },
  };
}

/** What one replica does for all: it finds out what is not evaluated, and tells the routes of what fires on. */
async function watchGroups(options: StartRuleGroupsOptions, catalog: RuleCatalog): Promise<void> {
  const { config, sql, clock, signal, log, metrics, onMoved } = options;
  const watchedSinceMs = clock();
  let late: readonly PlatformTrouble[] = [];
  let lookAt = Number.NEGATIVE_INFINITY;
  const look = async (): Promise<void> => {
    if (performance.now() >= lookAt) {
      late = await findLateGroups(sql, { catalog, nowMs: clock(), watchedSinceMs });
      lookAt = performance.now() + LATE_INTERVAL_MS;
    }
    if ((await keepPlatformAlerts([...(await findOutages(sql)), ...late], options)) > 0) onMoved();
  };
  const resend = async (): Promise<void> => {
    if ((await resendAlerts(sql, clock())) > 0) onMoved();
  };
  const loop = (name: string, intervalMs: number, job: () => Promise<void>) =>
    runOnBell(job, { name, bell: createBell(), intervalMs, signal, log, failures: metrics.jobFailures });
  await Promise.all([
    loop("watch rules", config.ruleWatchIntervalMs, look),
    loop("resend alerts", config.ruleResendIntervalMs, resend),
  ]);
}
