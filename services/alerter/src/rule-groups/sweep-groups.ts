import { AppError } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import type { Pool } from "@sightline/postgres/pool";
import { evaluateGroup } from "@sightline/rules/evaluate/evaluate-group";
import type { GroupPlan } from "@sightline/rules/evaluate/plan";
import type { SampleSink } from "@sightline/rules/evaluate/written-samples";
import type { Logger } from "@sightline/service/logger";
import { insertDecisions } from "../dispatch/decision-store.ts";
import { transitionsOf } from "./alert-transition.ts";
import { groupKeyOf, shardOf } from "./group-id.ts";
import { deleteGroupState, type ListedGroup, listGroupStates, readGroupStates } from "./group-state-store.ts";
import type { RuleCatalog } from "./rule-catalog.ts";
import { decisionsOf } from "./rule-decisions.ts";
import { holdShardEpochs, type ShardEpochs } from "./shard-epochs.ts";
import { writeTransitions } from "./transition-store.ts";

export interface SweepOptions {
  readonly sql: Pool;
  readonly catalog: Pick<RuleCatalog, "groups">;
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
 * shard, from what was written of it last.
 */
export async function sweepGroups(shards: ShardEpochs, options: SweepOptions): Promise<void> {
  const { sql, catalog, refresh } = options;
  const listed = await listGroupStates(sql);
  // After that: what somebody has begun to evaluate just now is known then.
  await refresh();
  const known = catalog.groups();
  for (const group of listed.filter(({ id }) => !known.has(groupKeyOf(id)))) {
    const epoch = shards.get(shardOf(group.id));
    if (epoch !== undefined) await endGroup(group, new Map([[shardOf(group.id), epoch]]), options);
  }
}

async function endGroup(
  { id, version }: ListedGroup,
  shard: ShardEpochs,
  { sql, clock, newId, log, onMoved, sinkOf }: SweepOptions,
): Promise<void> {
  const states = await readGroupStates(sql, [id], () => log.error({ ...id }, "the state of a group cannot be read"));
  const state = states.get(groupKeyOf(id));
  if (state === undefined) return;
  const nothing: GroupPlan = { name: id.group, queryOffsetMs: 0, limit: 0, rules: [] };
  const nowMs = clock();
  const sources = { queries: neverAsked, firing: () => [], signal: new AbortController().signal };
  const sink = sinkOf?.(id.tenant);
  const ending = { atMs: nowMs, clock, sources, expand: (text: string) => text, ...(sink !== undefined && { sink }) };
  const { records } = await evaluateGroup(nothing, state, ending);
  const moved = await sql.transaction(async (tx) => {
    const held = await holdShardEpochs(tx, shard);
    if (held.size === 0 || !(await deleteGroupState(tx, id, version))) return 0;
    const alerts = await writeTransitions(tx, id.tenant, transitionsOf(id, nothing, { state, records }), {
      nowMs,
      newId,
    });
    // Of a tenant that is gone there is nothing to say.
    if (alerts > 0) await insertDecisions(tx, id.tenant, decisionsOf(id, records));
    return alerts;
  });
  log.info({ ...id, alerts: moved }, "a group of rules is not there any more");
  if (moved > 0) onMoved();
}
