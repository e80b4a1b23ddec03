import { readFileSync } from "node:fs";
import { DECISION_STEPS, type Decision } from "@sightline/alertmanager/dispatch/decision";
import type { Sql } from "@sightline/postgres/pool";
import { z } from "zod";
import { storable } from "./storable.ts";

const insertDecisionsSql = readFileSync(new URL("./sql/insert-decisions.sql", import.meta.url), "utf8");
const pruneDecisionsSql = readFileSync(new URL("./sql/prune-decisions.sql", import.meta.url), "utf8");

const explainAlertSql = readFileSync(new URL("./sql/explain-alert.sql", import.meta.url), "utf8");

const maxDetailChars = 2000;

/** Keeps decisions in the order in which they were made. */
export async function insertDecisions(tx: Sql, tenant: string, decisions: readonly Decision[]): Promise<void> {
  if (decisions.length === 0) return;
  await tx.execute(insertDecisionsSql, [tenant, JSON.stringify(decisions.map(rowOf))]);
}

const pruneBatch = 10_000;

/** Forgets those made before, of all tenants, in pieces that hold up nobody. */
export async function pruneDecisions(sql: Sql, beforeMs: number, signal: AbortSignal): Promise<void> {
  let pruned = pruneBatch;
  while (pruned === pruneBatch && !signal.aborted) {
    pruned = await sql.execute(pruneDecisionsSql, [new Date(beforeMs), pruneBatch]);
  }
}

function rowOf(decision: Decision): object {
  const { atMs, step, reason, fingerprints, groupKey, receiver, integration, ids, dueAtMs, detail } = decision;
  return {
    decided_at: new Date(atMs),
    step,
    reason: storable(reason),
    // There are many attempts: they are found by their group.
    fingerprints: step === "attempted" ? [] : fingerprints,
    group_key: storable(groupKey ?? ""),
    receiver: storable(receiver ?? ""),
    integration: storable(integration ?? ""),
    ids: (ids ?? []).map(storable),
    due_at: dueAtMs === undefined ? null : new Date(dueAtMs),
    detail: storable((detail ?? "").slice(0, maxDetailChars)),
  };
}

/** A decision as it is told: without what it has in common with others. */
export type ToldDecision = Omit<Decision, "fingerprints">;

const decisionRow = z
  .object({
    decided_at: z.date(),
    step: z.enum(DECISION_STEPS),
    reason: z.string(),
    detail: z.string(),
    group_key: z.string(),
    receiver: z.string(),
    integration: z.string(),
    ids: z.array(z.string()),
    due_at: z.date().nullable(),
  })
  .transform(({ decided_at, group_key, due_at, ...rest }): ToldDecision => {
    const due = due_at === null ? {} : { dueAtMs: due_at.getTime() };
    return { ...rest, atMs: decided_at.getTime(), groupKey: group_key, ...due };
  });

export interface AlertPeriod {
  readonly fingerprint: string;
  readonly startMs: number;
  /** Exclusive. */
  readonly endMs: number;
}

/** What was decided about an alert and its groups in a time, oldest first. */
export function decisionsOf(
  sql: Sql,
  tenant: string,
  { fingerprint, startMs, endMs }: AlertPeriod,
  limit: number,
): Promise<ToldDecision[]> {
  return sql.query(explainAlertSql, [tenant, fingerprint, new Date(startMs), new Date(endMs), limit], decisionRow);
}
