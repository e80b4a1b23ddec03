import { readFileSync } from "node:fs";
import type { Decision } from "@sightline/alertmanager/dispatch/decision";
import type { Sql } from "@sightline/postgres/pool";

const insertDecisionsSql = readFileSync(new URL("./sql/insert-decisions.sql", import.meta.url), "utf8");
const pruneDecisionsSql = readFileSync(new URL("./sql/prune-decisions.sql", import.meta.url), "utf8");

const maxDetailChars = 2000;

/** Keeps decisions in the order in which they were made. */
export async function insertDecisions(tx: Sql, tenant: string, decisions: readonly Decision[]): Promise<void> {
  if (decisions.length === 0) return;
  await tx.execute(insertDecisionsSql, [tenant, JSON.stringify(decisions.map(rowOf))]);
}

/** Forgets those made before, of all tenants. Returns how many. */
export function pruneDecisions(sql: Sql, beforeMs: number): Promise<number> {
  return sql.execute(pruneDecisionsSql, [new Date(beforeMs)]);
}

function rowOf(decision: Decision): object {
  const { atMs, step, reason, fingerprints, groupKey, receiver, integration, ids, dueAtMs, detail } = decision;
  return {
    decided_at: new Date(atMs),
    step,
    reason,
    fingerprints,
    group_key: groupKey ?? "",
    receiver: receiver ?? "",
    integration: integration ?? "",
    ids: ids ?? [],
    due_at: dueAtMs === undefined ? null : new Date(dueAtMs),
    detail: (detail ?? "").slice(0, maxDetailChars),
  };
}
