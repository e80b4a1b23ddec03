import { AppError } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import type { Pool } from "@sightline/postgres/pool";
import { alignState } from "@sightline/rules/evaluate/align-state";
import { evaluateGroup } from "@sightline/rules/evaluate/evaluate-group";
import type { GroupPlan } from "@sightline/rules/evaluate/plan";
import type { GroupState } from "@sightline/rules/evaluate/state";
import type { SampleSink } from "@sightline/rules/evaluate/written-samples";
import type { Logger } from "@sightline/service/logger";
import { insertDecisions } from "../dispatch/decision-store.ts";
import { transitionsOf } from "./alert-transition.ts";
import { type GroupId, groupKeyOf, shardOf } from "./group-id.ts";
import { type ListedGroup, listGroupStates, takeGroupState } from "./group-state-store.ts";
import type { RuleCatalog } from "./rule-catalog.ts";
import { decisionsOf } from "./rule-decisions.ts";
import { holdShardEpochs, type ShardEpochs } from "./shard-epochs.ts";
import { writeTransitions } from "./transition-store.ts";

export interface SweepOptions {
  readonly sql: Pool;
  readonly catalog: Pick<RuleCatalog, "groups" | "unreadable">;
  /** Has the catalog know what there is now. */
  refresh(): Promise<void>;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly log: Logger;
  readonly sinkOf?: (tenant: string) => SampleSink;
  /** Called after alerts were moved. */
  readonly onMoved: () => void;
}

const neverAsked = {
  instant: async () => {
    throw new AppError("internal", "cannot answer: there are no rules that could ask");
  },
};

/**
 * Ends what is left of groups that are in no file any more: their alerts are over, their series end. Each group is swept by whoever holds its
 * shard, from what was written of it last. A file that cannot be read may have any group.
 */
export async function sweepGroups(shards: ShardEpochs, options: SweepOptions): Promise<void> {
  const { sql, catalog, refresh } = options;
  const listed = await listGroupStates(sql);
  // After that: what somebody has begun to evaluate just now is known then.
  await refresh();
  for (const group of listed) {
    if (mayExist(catalog, group.id)) continue;
    const epoch = shards.get(shardOf(group.id));
    if (epoch !== undefined) await endGroup(group, new Map([[shardOf(group.id), epoch]]), options);
  }
}

/** Whether a group is in a file that is in force, as far as anybody can tell. */
export function mayExist(catalog: Pick<RuleCatalog, "groups" | "unreadable">, id: GroupId): boolean {
  if (catalog.groups().has(groupKeyOf(id))) return true;
  return catalog.unreadable().some(({ tenant, file }) => tenant === id.tenant && file === id.file);
}

async function endGroup({ id, version }: ListedGroup, shard: ShardEpochs, options: SweepOptions): Promise<void> {
  const { sql, clock, newId, log, onMoved } = options;
  const onUnreadable = () => log.error({ ...id }, "the state of a group cannot be read");
  const nowMs = clock();
  const ended = await sql.transaction(async (tx) => {
    const held = await holdShardEpochs(tx, shard);
    if (held.size === 0) return undefined;
    // What is evaluated just now has come before, or comes behind it and is swept with the next.
    const state = await takeGroupState(tx, { id, version }, onUnreadable);
    if (state === undefined) return undefined;
    const { records, state: after } = alignState(nothingOf(id), state, nowMs);
    const transitions = transitionsOf(id, nothingOf(id), { state: after, records });
    const alerts = await writeTransitions(tx, id.tenant, transitions, { nowMs, newId });
    // Of a tenant that is gone there is nothing to say.
    if (alerts > 0) await insertDecisions(tx, id.tenant, decisionsOf(id, records));
    return { state, alerts };
  });
  if (ended === undefined) return;
  await endSeries(id, ended.state, options);
  log.info({ ...id, alerts: ended.alerts }, "a group of rules is not there any more");
  if (ended.alerts > 0) onMoved();
}

function nothingOf({ group }: GroupId): GroupPlan {
  return { name: group, queryOffsetMs: 0, limit: 0, rules: [] };
}

/** What its rules have recorded ends. */
async function endSeries(id: GroupId, state: GroupState, { clock, sinkOf }: SweepOptions): Promise<void> {
  const sink = sinkOf?.(id.tenant);
  if (sink === undefined) return;
  const sources = { queries: neverAsked, firing: () => [], signal: new AbortController().signal };
  await evaluateGroup(nothingOf(id), state, { atMs: clock(), clock, sources, expand: (text) => text, sink });
}
