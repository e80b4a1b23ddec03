import { holdLease } from "@sightline/postgres/lease";
import { holdShards } from "@sightline/postgres/shards";
import { type Bell, createBell, runOnBell } from "../bell.ts";
import { SHARDS } from "./group-id.ts";
import { createRuleCatalog, type RuleCatalog } from "./rule-catalog.ts";
import { createRuleReplica, type RuleReplicaOptions } from "./rule-replica.ts";
import { watchGroups } from "./watch-groups.ts";

export interface StartedRuleGroups {
  /** To be rung when rule files were changed here. */
  readonly changed: Bell;
  /** What is evaluated, by whichever replica. */
  readonly catalog: Pick<RuleCatalog, "filesOf">;
  /** Has the catalog know what there is now. Rejects when Postgres does not answer. */
  refresh(): Promise<void>;
  /** Resolves when it has ended, after the signal aborted. */
  readonly ended: Promise<void>;
}

const SWEEP_INTERVAL_MS = 60_000;
const STRAYS_INTERVAL_MS = 5 * 60_000;
/** How long the evaluation sleeps at most: shards that are taken have something due at once. */
const MAX_SLEEP_MS = 250;

/** Evaluates rule files, divided between all replicas, and watches over that. */
export function startRuleGroups(options: RuleReplicaOptions): StartedRuleGroups {
  const { config, sql, log, signal, metrics } = options;
  const changed = createBell();
  const due = createBell();
  const sweep = createBell();
  const { ruleEvaluationIntervalMs: defaultIntervalMs, ruleQueryOffsetMs: defaultQueryOffsetMs } = config;
  const { maxSeriesPerRule: maxSeries } = config;
  const catalog = createRuleCatalog({ sql, defaultIntervalMs, defaultQueryOffsetMs, maxSeries, log });
  const replica = createRuleReplica(catalog, options);
  const loop = (name: string, bell: Bell, intervalMs: number, job: () => Promise<void>) =>
    runOnBell(job, { name, bell, intervalMs, signal, log, failures: metrics.jobFailures });

  const refresh = async (): Promise<void> => {
    if (!(await catalog.refresh())) return;
    replica.follow();
    due.ring();
    // A group may have gone.
    sweep.ring();
  };
  const evaluate = async (): Promise<void> => {
    const running = new Set<Promise<void>>();
    while (!signal.aborted) {
      const run = replica.runner.runDue().finally(() => running.delete(run));
      running.add(run);
      await due.wait(replica.runner.untilDueMs(MAX_SLEEP_MS), signal);
    }
    await Promise.all(running);
  };
  const hold = () =>
    holdShards(sql, {
      ...{ name: "rule-groups", shards: SHARDS, retryMs: config.leaseRetryMs, signal, log },
      async onHeld(shards) {
        await replica.hold(shards, refresh);
        due.ring();
        sweep.ring();
      },
    });
  const watch = () =>
    holdLease(sql, {
      ...{ name: "rule-watch", retryMs: config.leaseRetryMs, signal, log },
      work: (held) => watchGroups(catalog, { ...options, refresh, signal: held }),
    });
  const run = async (): Promise<void> => {
    const refreshing = loop("rule files", changed, config.rulesRefreshMs, refresh);
    await Promise.all([
      refreshing,
      evaluate(),
      hold(),
      watch(),
      loop("rule times", createBell(), config.ruleTimesIntervalMs, replica.writeTimes),
      loop("alerts ended by hand", createBell(), config.rulesRefreshMs, replica.followEndedByHand),
      loop("sweep rules", sweep, SWEEP_INTERVAL_MS, () => replica.sweep(refresh)),
      loop("end stray alerts", createBell(), STRAYS_INTERVAL_MS, () => replica.endStrays(refresh)),
    ]);
  };
  return { changed, catalog, refresh, ended: run() };
}
