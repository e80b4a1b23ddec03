import { fingerprintOf } from "@sightline/alertmanager/fingerprint";
import type { Sql } from "@sightline/postgres/pool";
import { endByHand } from "@sightline/rules/evaluate/end-by-hand";
import { storableLabels } from "./alert-transition.ts";
import { type EndedByHand, forgetEndedByHand, listEndedByHand } from "./ended-by-hand.ts";
import { groupKeyOf, ruleIdOf, shardOf } from "./group-id.ts";
import type { HeldGroups } from "./held-groups.ts";
import type { GroupKeeping } from "./keep-group.ts";
import type { RuleCatalog } from "./rule-catalog.ts";
import { after, followClockStep, type RunningGroup } from "./running-group.ts";
import { mayExist } from "./sweep-groups.ts";

export interface EndedOptions {
  readonly sql: Sql;
  readonly keeping: GroupKeeping;
  readonly catalog: Pick<RuleCatalog, "groups" | "unreadable">;
}

/** Has the groups that are held here know which of their alerts people have resolved, so that the next evaluation begins anew what still holds. */
export async function followEndedByHand(held: HeldGroups, options: EndedOptions): Promise<void> {
  const { sql, keeping, catalog } = options;
  const listed = await listEndedByHand(sql);
  if (listed.length === 0) return;
  const running = new Map([...held.all()].map((group) => [group.known.key, group]));
  const outcomes = [...Map.groupBy(listed, ({ id }) => groupKeyOf(id))].map(([key, ended]) => {
    const group = running.get(key);
    if (group !== undefined) return after([group], () => endIn(group, ended, { held, keeping }));
    const [{ id } = { id: undefined }] = ended;
    const isGone = id !== undefined && held.shards().has(shardOf(id)) && !mayExist(catalog, id);
    return isGone ? forgetEndedByHand(sql, ended) : undefined;
  });
  for (const outcome of await Promise.allSettled(outcomes)) if (outcome.status === "rejected") throw outcome.reason;
}

interface EndingIn {
  readonly held: HeldGroups;
  readonly keeping: GroupKeeping;
}

async function endIn(group: RunningGroup, ended: readonly EndedByHand[], { held, keeping }: EndingIn): Promise<void> {
  // Of one that is not read yet, or left, it waits.
  if (group.phase !== "running" || !held.has(group)) return;
  followClockStep(group);
  const { known, state } = group;
  const times = new Map(ended.map(({ ruleId, fingerprint, endedAtMs }) => [`${ruleId} ${fingerprint}`, endedAtMs]));
  const next = endByHand(known.plan(), state, (rule, { labels }) =>
    times.get(`${ruleIdOf(known.id, rule)} ${fingerprintOf(storableLabels(labels))}`),
  );
  await keeping.keepEnded(group, next, ended);
}
