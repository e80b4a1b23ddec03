import { readFileSync } from "node:fs";
import { AppError } from "@sightline/errors/app-error";
import { isUuid } from "@sightline/model/uuid7";
import type { Sql } from "@sightline/postgres/pool";
import { z } from "zod";
import { groupHash } from "../channels/group-hash.ts";
import { type Escalation, escalationRow } from "./escalation.ts";

const insertSql = readFileSync(new URL("./sql/insert-escalation.sql", import.meta.url), "utf8");
const writeSql = readFileSync(new URL("./sql/write-escalation.sql", import.meta.url), "utf8");
const lockSql = readFileSync(new URL("./sql/lock-escalation.sql", import.meta.url), "utf8");
const lockOfGroupSql = readFileSync(new URL("./sql/lock-escalations-of-group.sql", import.meta.url), "utf8");
const lockOfAlertSql = readFileSync(new URL("./sql/lock-escalations-of-alert.sql", import.meta.url), "utf8");
const findSql = readFileSync(new URL("./sql/find-escalation.sql", import.meta.url), "utf8");
const dueSql = readFileSync(new URL("./sql/due-escalations.sql", import.meta.url), "utf8");
const listSql = readFileSync(new URL("./sql/list-escalations.sql", import.meta.url), "utf8");
const openSql = readFileSync(new URL("./sql/open-escalations.sql", import.meta.url), "utf8");
const postponeSql = readFileSync(new URL("./sql/postpone-escalation.sql", import.meta.url), "utf8");
const pruneSql = readFileSync(new URL("./sql/prune-escalations.sql", import.meta.url), "utf8");

/** Keeps a new one. Returns whether it was: not where one of the same group and receiver is open. */
export async function insertEscalation(tx: Sql, escalation: Escalation): Promise<boolean> {
  const { tenant, escalationId, receiver, groupKey } = escalation;
  return (await tx.execute(insertSql, [tenant, escalationId, receiver, groupKey, ...changing(escalation)])) > 0;
}

/** Keeps where it stands now. It has to be locked. */
export async function writeEscalation(tx: Sql, escalation: Escalation): Promise<void> {
  await tx.execute(writeSql, [escalation.tenant, escalation.escalationId, ...changing(escalation)]);
}

function changing(escalation: Escalation): unknown[] {
  const { groupKey, state, notification, careAtMs, careConfirmed, begunAtMs, endedAtMs } = escalation;
  return [
    groupHash(groupKey),
    JSON.stringify(state),
    // What users send may hold what JSON can say and Postgres cannot keep.
    JSON.stringify(notification).replaceAll("\\u0000", "\\ufffd").toWellFormed(),
    dateOf(careAtMs),
    careConfirmed,
    new Date(begunAtMs),
    dateOf(endedAtMs === undefined ? (state.dueAtMs ?? undefined) : undefined),
    dateOf(endedAtMs),
  ];
}

function dateOf(ms: number | undefined): Date | null {
  return ms === undefined ? null : new Date(ms);
}

/** The open ones of a group until the transaction ends; of all its receivers, or of one. */
export function lockOfGroup(tx: Sql, tenant: string, groupKey: string, receiver = ""): Promise<Escalation[]> {
  return tx.query(lockOfGroupSql, [tenant, groupHash(groupKey), receiver], escalationRow);
}

/** The open ones whose group has an alert that fires, until the transaction ends. */
export function lockOfAlert(tx: Sql, tenant: string, fingerprint: string): Promise<Escalation[]> {
  const having = JSON.stringify({ alerts: [{ fingerprint, status: "firing" }] });
  return tx.query(lockOfAlertSql, [tenant, having], escalationRow);
}

/** One until the transaction ends. Throws not_found. */
export async function lockEscalation(tx: Sql, tenant: string, escalationId: string): Promise<Escalation> {
  return one(await tx.query(lockSql, [tenant, wantId(escalationId)], escalationRow), escalationId);
}

/** Throws not_found. */
export async function findEscalation(sql: Sql, tenant: string, escalationId: string): Promise<Escalation> {
  return one(await sql.query(findSql, [tenant, wantId(escalationId)], escalationRow), escalationId);
}

/** One at which something is to be done. */
export interface DueEscalation {
  readonly tenant: string;
  readonly escalationId: string;
}

const dueRow = z
  .object({ tenant: z.string(), escalation_id: z.string() })
  .transform(({ tenant, escalation_id }): DueEscalation => ({ tenant, escalationId: escalation_id }));

/** Those of all tenants, one of each after the other, the longest due first. */
export function dueEscalations(sql: Sql, nowMs: number, limit: number): Promise<DueEscalation[]> {
  return sql.query(dueSql, [new Date(nowMs), limit], dueRow);
}

/** One that could not be seen to keeps nobody else waiting. */
export async function postponeEscalation(
  sql: Sql,
  { tenant, escalationId }: DueEscalation,
  toMs: number,
): Promise<void> {
  await sql.execute(postponeSql, [tenant, escalationId, new Date(toMs)]);
}

/** The open ones of a tenant that any of these policies leads, newest first. */
export function openEscalations(sql: Sql, tenant: string, policies: readonly string[], limit: number) {
  return sql.query(openSql, [tenant, [...policies], limit], escalationRow);
}

export interface EscalationFilter {
  /** Empty: all. */
  readonly statuses: readonly string[];
  /** "": all. */
  readonly policy: string;
  readonly receiver: string;
  readonly groupKey: string;
  /** Who was told of it, or has it. "": anybody. */
  readonly user: string;
  /** Whether those that are over are wanted too. */
  readonly withEnded: boolean;
  /** Only those that come after this one; "": from the first. */
  readonly afterId: string;
  readonly limit: number;
}

/** Newest first. */
export function listEscalations(sql: Sql, tenant: string, filter: EscalationFilter): Promise<Escalation[]> {
  const { statuses, policy, receiver, groupKey, user, withEnded, afterId, limit } = filter;
  const hash = groupKey === "" ? "" : groupHash(groupKey);
  const after = afterId === "" ? null : wantId(afterId);
  const told = JSON.stringify([{ kind: "user", user }]);
  const params = [tenant, [...statuses], policy, receiver, hash, user, told, withEnded, after, limit];
  return sql.query(listSql, params, escalationRow);
}

/** Forgets those of all tenants that ended before, and whom they told. */
export function pruneEscalations(sql: Sql, beforeMs: number): Promise<number> {
  return sql.execute(pruneSql, [new Date(beforeMs)]);
}

function one([found]: readonly Escalation[], escalationId: string): Escalation {
  if (found !== undefined) return found;
  throw new AppError("not_found", `cannot find escalation ${escalationId}: there is none of that id`);
}

function wantId(escalationId: string): string {
  if (isUuid(escalationId)) return escalationId;
  const shown = JSON.stringify(escalationId.slice(0, 64));
  throw new AppError("not_found", `cannot find escalation ${shown}: it is no escalation's id`);
}
