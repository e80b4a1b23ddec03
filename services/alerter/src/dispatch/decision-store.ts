import { readFileSync } from "node:fs";
import type { Decision } from "@sightline/alertmanager/dispatch/decision";
import type { Sql } from "@sightline/postgres/pool";
import { z } from "zod";
import { storable } from "./storable.ts";

const insertDecisionsSql = readFileSync(new URL("./sql/insert-decisions.sql", import.meta.url), "utf8");
const pruneDecisionsSql = readFileSync(new URL("./sql/prune-decisions.sql", import.meta.url), "utf8");

const explainAlertSql = readFileSync(new URL("./sql/explain-alert.sql", import.meta.url), "utf8");
const readUserDecisionsSql = readFileSync(new URL("./sql/read-user-decisions.sql", import.meta.url), "utf8");
const readDecisionsSql = readFileSync(new URL("./sql/read-decisions.sql", import.meta.url), "utf8");

const maxDetailChars = 2000;

/** A decision of any part of the way from a rule to a person: what its step means is that part's to say. */
export interface RecordedDecision extends Omit<Decision, "step"> {
  readonly step: string;
}

/** Keeps decisions in the order in which they were made. */
export async function insertDecisions(tx: Sql, tenant: string, decisions: readonly RecordedDecision[]): Promise<void> {
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

function rowOf(decision: RecordedDecision): object {
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
export type ToldDecision = Omit<RecordedDecision, "fingerprints">;

const decisionColumns = z.object({
  decided_at: z.date(),
  step: z.string(),
  reason: z.string(),
  detail: z.string(),
  group_key: z.string(),
  receiver: z.string(),
  integration: z.string(),
  ids: z.array(z.string()),
  due_at: z.date().nullable(),
});

const decisionRow = decisionColumns.transform(toldDecision);
const recordedRow = decisionColumns
  .extend({ fingerprints: z.array(z.string()) })
  .transform(({ fingerprints, ...row }): RecordedDecision => ({ ...toldDecision(row), fingerprints }));

function toldDecision({ decided_at, group_key, due_at, ...rest }: z.infer<typeof decisionColumns>): ToldDecision {
  const due = due_at === null ? {} : { dueAtMs: due_at.getTime() };
  return { ...rest, atMs: decided_at.getTime(), groupKey: group_key, ...due };
}

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

/** All that was decided in a time, oldest first, as much as the limit allows. */
export function decisionsBetween(
  sql: Sql,
  tenant: string,
  { startMs, endMs }: Omit<AlertPeriod, "fingerprint">,
  limit: number,
): Promise<RecordedDecision[]> {
  return sql.query(readDecisionsSql, [tenant, new Date(startMs), new Date(endMs), limit], recordedRow);
}

export interface UserPeriod extends Omit<AlertPeriod, "fingerprint"> {
  readonly user: string;
  /** Those that are the user's own. */
  readonly receivers: readonly string[];
}

/** What was decided in a time that shows that a user was told, newest first, as much as the limit allows. */
export function decisionsAboutUser(
  sql: Sql,
  tenant: string,
  { user, receivers, startMs, endMs }: UserPeriod,
  limit: number,
): Promise<RecordedDecision[]> {
  const params = [tenant, new Date(startMs), new Date(endMs), user, [...receivers], limit];
  return sql.query(readUserDecisionsSql, params, recordedRow);
}
