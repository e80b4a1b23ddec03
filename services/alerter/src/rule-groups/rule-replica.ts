import type { Bus } from "@sightline/bus/connect";
import { AppError } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import type { Pool } from "@sightline/postgres/pool";
import type { SampleSink } from "@sightline/rules/evaluate/written-samples";
import type { Logger } from "@sightline/service/logger";
import type { Config } from "../config.ts";
import { consumeEvents, type EventConsumption } from "../evaluate/consume-events.ts";
import type { AlerterMetrics } from "../metrics.ts";
import { endStrays } from "./end-strays.ts";
import { createEventIntake } from "./event-intake.ts";
import { followEndedByHand } from "./follow-ended-by-hand.ts";
import { EVENT_SHARD } from "./group-id.ts";
import { createGroupRunner, type GroupRunner } from "./group-runner.ts";
import { createGroupWriter } from "./group-writer.ts";
import { createHeldGroups } from "./held-groups.ts";
import { createGroupKeeping } from "./keep-group.ts";
import type { RuleCatalog } from "./rule-catalog.ts";
import type { RuleQueries } from "./rule-queries.ts";
import { type ShardEpochs, takeShardEpochs } from "./shard-epochs.ts";
import { sweepGroups } from "./sweep-groups.ts";

export interface RuleReplicaOptions {
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

/** The part that one replica has of all groups. */
export interface RuleReplica {
  readonly runner: GroupRunner;
  /** Has the groups of these shards and no others. Resolves when the others are left alone. `refresh` is as with `sweep`. */
  hold(shards: ReadonlySet<number>, refresh: () => Promise<void>): Promise<void>;
  /** Takes over what has changed in the catalog. */
  follow(): void;
  writeTimes(): Promise<void>;
  /** Takes over which alerts people have ended. */
  followEndedByHand(): Promise<void>;
  /** Ends what is left of groups that are not there any more; `refresh` has the catalog know what there is now. */
  sweep(refresh: () => Promise<void>): Promise<void>;
  /** Ends alerts that no group knows of; `refresh` is as with `sweep`. */
  endStrays(refresh: () => Promise<void>): Promise<void>;
}

/** Makes one that has none. */
export function createRuleReplica(catalog: RuleCatalog, options: RuleReplicaOptions): RuleReplica {
  const { config, sql, bus, clock, log, metrics, signal } = options;
  const { externalUrl, maxConcurrentRuleGroups: maxConcurrent, maxEventAgeMs: maxAgeMs, settleMs } = config;
  const writer = createGroupWriter(options);
  const keeping = createGroupKeeping({ ...options, writer });
  const held = createHeldGroups({ catalog, clock });
  let consumption: EventConsumption | undefined;
  const knownUntilMs = (tenant: string) => consumption?.knownUntilMs(tenant);
  const steadyMs = () => performance.now();
  const rim = { ...options, externalUrl, held, keeping, steadyMs, maxConcurrent, knownUntilMs };
  const runner = createGroupRunner(rim);
  const onDropped = (reason: string, count: number) => metrics.eventsDropped.inc({ reason }, count);
  const events = createEventIntake({ held, runner, keeping, writer, maxAgeMs, onDropped });

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
    followEndedByHand: () => followEndedByHand(held, { sql, keeping, catalog }),
    sweep: (refresh) => sweepGroups(held.shards(), { ...options, catalog, refresh }),
    endStrays: (refresh) => endStrays(held, { ...options, catalog, refresh }),
    async hold(shards, refresh) {
      const before = held.shards();
      const kept = new Map([...before].filter(([shard]) => shards.has(shard)));
      if (kept.size < before.size) await leave(kept);
      const gained = [...shards].filter((shard) => !before.has(shard));
      if (gained.length > 0) {
        // Before any event is taken in: it would mean nothing to rules that are not known yet.
        await refresh();
        const taken = await takeShardEpochs(sql, gained);
        await held.hold(new Map([...kept, ...taken]));
        if (taken.has(EVENT_SHARD)) consumption = await consume();
      }
      follow();
    },
  };
}
