import { readFileSync } from "node:fs";
import { fingerprintOf } from "@sightline/alertmanager/fingerprint";
import type { Sql } from "@sightline/postgres/pool";
import { isActive } from "@sightline/rules/evaluate/instance";
import type { GroupState } from "@sightline/rules/evaluate/state";
import { z } from "zod";
import { double } from "../alerts/alert.ts";
import { insertDecisions } from "../dispatch/decision-store.ts";
import { type AlertTransition, storableLabels } from "./alert-transition.ts";
import { type GroupId, groupKeyOf, ruleIdOf, shardOf } from "./group-id.ts";
import type { HeldGroups } from "./held-groups.ts";
import { groupDecisionKey } from "./rule-decisions.ts";
import { after, type RunningGroup } from "./running-group.ts";
import { holdShardEpochs, type ShardEpochs } from "./shard-epochs.ts";
import { mayExist, type SweepOptions } from "./sweep-groups.ts";
import { writeTransitions } from "./transition-store.ts";

const groupsWithOpenAlertsSql = readFileSync(new URL("./sql/groups-with-open-alerts.sql", import.meta.url), "utf8");
const openAlertsOfGroupSql = readFileSync(new URL("./sql/open-alerts-of-group.sql", import.meta.url), "utf8");
const findGroupStateSql = readFileSync(new URL("./sql/find-group-state.sql", import.meta.url), "utf8");

const groupRow = z
  .object({ tenant: z.string(), file: z.string(), group_name: z.string() })
  .transform(({ tenant, file, group_name }): GroupId => ({ tenant, file, group: group_name }));
const openRow = z
  .object({ rule_id: z.string(), rule_name: z.string(), fingerprint: z.string(), value: double })
  .transform(({ rule_id, rule_name, fingerprint, value }) => ({
    ruleId: rule_id,
    ruleName: rule_name,
    fingerprint,
    value,
  }));
type OpenAlert = z.infer<typeof openRow>;
const foundRow = z.object({ found: z.literal(true) });

export type StrayOptions = Omit<SweepOptions, "sinkOf">;

/**
 * Ends alerts that no state of a group has, as when a state could not be read: no evaluation would, and they would fire for ever. Those of groups
 * that are evaluated here are compared with what is known of these, those of groups that are gone have to have a state.
 */
export async function endStrays(held: HeldGroups, options: StrayOptions): Promise<void> {
  const { sql, catalog, refresh } = options;
  const listed = await sql.query(groupsWithOpenAlertsSql, [], groupRow);
  // After that: what somebody has begun to evaluate just now is known then.
  await refresh();
  const running = new Map([...held.all()].map((group) => [group.known.key, group]));
  for (const id of listed) {
    const group = running.get(groupKeyOf(id));
    if (group !== undefined) await after([group], () => endStraysOf(group, held, options));
    else if (!mayExist(catalog, id)) await endStraysOfNone(id, held.shards(), options);
  }
}

async function endStraysOf(group: RunningGroup, held: HeldGroups, options: StrayOptions): Promise<void> {
  const { known, epoch, state, phase, isChanged } = group;
  if (phase !== "running" || isChanged || !held.has(group)) return;
  const { active, unsure } = openIn(known.id, state);
  const open = await openAlertsOf(options.sql, known.id);
  const strays = open.filter((alert) => !active.has(keyOf(alert)) && !unsure.has(alert.ruleId));
  if (strays.length > 0) await end(known.id, strays, { ...options, shard: new Map([[known.shard, epoch]]) });
}

async function endStraysOfNone(id: GroupId, shards: ShardEpochs, options: StrayOptions): Promise<void> {
  const epoch = shards.get(shardOf(id));
  if (epoch === undefined) return;
  const hasState = (await options.sql.query(findGroupStateSql, [id.tenant, id.file, id.group], foundRow)).length > 0;
  // It is swept.
  if (hasState) return;
  const strays = await openAlertsOf(options.sql, id);
  if (strays.length > 0) await end(id, strays, { ...options, shard: new Map([[shardOf(id), epoch]]) });
}

function openAlertsOf(sql: Sql, { tenant, file, group }: GroupId): Promise<OpenAlert[]> {
  return sql.query(openAlertsOfGroupSql, [tenant, file, group], openRow);
}

function keyOf({ ruleId, fingerprint }: Pick<OpenAlert, "ruleId" | "fingerprint">): string {
  return `${ruleId} ${fingerprint}`;
}

/** The alerts that a state has, and the rules of which it cannot say that it has all. */
function openIn(id: GroupId, { rules }: GroupState) {
  const active = new Set<string>();
  const unsure = new Set<string>();
  for (const rule of rules) {
    const ruleId = ruleIdOf(id, rule.id);
    if (rule.health !== "ok" || rule.lastEvaluatedAtMs === undefined) unsure.add(ruleId);
    for (const instance of rule.instances.filter(isActive)) {
      active.add(keyOf({ ruleId, fingerprint: fingerprintOf(storableLabels(instance.labels)) }));
    }
  }
  return { active, unsure };
}

interface Ending extends StrayOptions {
  readonly shard: ShardEpochs;
}

async function end(
  id: GroupId,
  strays: readonly OpenAlert[],
  { sql, clock, newId, log, onMoved, shard }: Ending,
): Promise<void> {
  const nowMs = clock();
  const moved = await sql.transaction(async (tx) => {
    if ((await holdShardEpochs(tx, shard)).size === 0) return 0;
    const transitions = strays.map((alert) => endingOf(id, alert, nowMs));
    const alerts = await writeTransitions(tx, id.tenant, transitions, { nowMs, newId });
    const fingerprints = strays.map(({ fingerprint }) => fingerprint);
    const why = { step: "rule", reason: note, detail: `${alerts} alerts of its group` };
    if (alerts > 0)
      await insertDecisions(tx, id.tenant, [{ ...why, atMs: nowMs, fingerprints, groupKey: groupDecisionKey(id) }]);
    return alerts;
  });
  log.warn({ ...id, alerts: moved }, "alerts that no state of their group has are over");
  if (moved > 0) onMoved();
}

const note = "what was known of it was lost, and its rule does not find it";

function endingOf({ file, group }: GroupId, alert: OpenAlert, nowMs: number): AlertTransition {
  const nothing = {
    labels: {},
    annotations: {},
    severity: "warning",
    summary: "",
    channels: [],
    recipients: [],
  } as const;
  const when = { atMs: nowMs, foundMs: nowMs };
  return { ...alert, ...nothing, ...when, origin: "rule_file", file, group, to: "resolved", reason: "lost", note };
}
