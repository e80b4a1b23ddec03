import { readFileSync } from "node:fs";
import type { Sql } from "@sightline/postgres/pool";
import { z } from "zod";
import { alertRow } from "../alerts/alert.ts";
import type { NoticeAlert } from "../channels/notice.ts";
import { insertDecisions, type RecordedDecision } from "../dispatch/decision-store.ts";

const dueGroupsSql = readFileSync(new URL("./sql/due-groups.sql", import.meta.url), "utf8");
const claimNotificationsSql = readFileSync(new URL("./sql/claim-notifications.sql", import.meta.url), "utf8");
const recordAttemptsSql = readFileSync(new URL("./sql/record-attempts.sql", import.meta.url), "utf8");
const finishNotificationsSql = readFileSync(new URL("./sql/finish-notifications.sql", import.meta.url), "utf8");
const giveBackNotificationsSql = readFileSync(new URL("./sql/give-back-notifications.sql", import.meta.url), "utf8");

/** Something to tell one channel about one rule's alerts. */
export interface DueGroup {
  readonly tenant: string;
  readonly channel: string;
  readonly ruleId: string;
}

const groupRow = z
  .object({ tenant: z.string(), channel: z.string(), rule_id: z.string() })
  .transform(({ tenant, channel, rule_id }) => ({ tenant, channel, ruleId: rule_id }));

export interface DueQuery {
  readonly nowMs: number;
  /** Channels that are left out: those that are being told something, and others. */
  readonly channels: readonly Pick<DueGroup, "tenant" | "channel">[];
  /** Tenants that are left out with all their channels. */
  readonly tenants: readonly string[];
  readonly limit: number;
}

/** What is due, at most one group for each channel, one of each tenant after the other, the longest waiting first. */
export function dueGroups(sql: Sql, { nowMs, channels, tenants, limit }: DueQuery): Promise<DueGroup[]> {
  const ofTenants = channels.map(({ tenant }) => tenant);
  const names = channels.map(({ channel }) => channel);
  return sql.query(dueGroupsSql, [new Date(nowMs), ofTenants, names, limit, [...tenants]], groupRow);
}

/** One notification with an attempt begun. */
export interface Claim extends NoticeAlert {
  readonly notificationId: string;
  /** 1 for the first. */
  readonly attempt: number;
}

const claimColumns = z.object({
  notification_id: z.string(),
  status: z.enum(["firing", "resolved"]),
  attempts: z.number(),
});
const claimRow = z.unknown().transform((row) => {
  const { notification_id, status, attempts } = claimColumns.parse(row);
  return { notificationId: notification_id, status, attempt: attempts, alert: alertRow.parse(row) };
});

export interface ClaimOptions {
  readonly nowMs: number;
  /** When an attempt that nobody recorded counts as lost. */
  readonly lostAtMs: number;
  readonly limit: number;
}

/** Begins an attempt for what is due in a group, oldest first; nobody else begins one until it is lost. */
export async function claimDue(sql: Sql, group: DueGroup, { nowMs, lostAtMs, limit }: ClaimOptions): Promise<Claim[]> {
  const params = [group.tenant, group.channel, group.ruleId, new Date(nowMs), new Date(lostAtMs), limit];
  const claims = await sql.query(claimNotificationsSql, params, claimRow);
  return claims.sort((a, b) => (BigInt(a.notificationId) < BigInt(b.notificationId) ? -1 : 1));
}

export interface Recording {
  readonly delivered: boolean;
  readonly outcome: string;
  readonly atMs: number;
  /** When it is to be tried again; unset: never, it is delivered or has failed for good. */
  readonly retryAtMs: number | undefined;
  /** What that means to those who ask why somebody was told, or was not. */
  readonly decisions: readonly RecordedDecision[];
  /** What else is kept with it. */
  also?(tx: Sql): Promise<void>;
}

/** Ends attempts: writes what came of them, and whether they are to be repeated. */
export async function recordAttempts(
  sql: Sql,
  tenant: string,
  claims: readonly Claim[],
  { delivered, outcome, atMs, retryAtMs, decisions, also }: Recording,
): Promise<void> {
  const ids = claims.map(({ notificationId }) => notificationId);
  const state = delivered ? "delivered" : retryAtMs === undefined ? "failed" : "due";
  await sql.transaction(async (tx) => {
    await tx.execute(recordAttemptsSql, [tenant, ids, new Date(atMs), delivered, outcome.slice(0, 500)]);
    await tx.execute(finishNotificationsSql, [tenant, ids, state, new Date(retryAtMs ?? atMs)]);
    await insertDecisions(tx, tenant, decisions);
    await also?.(tx);
  });
}

/** Takes attempts back that were called off. */
export async function giveBack(sql: Sql, tenant: string, claims: readonly Claim[], nowMs: number): Promise<void> {
  const ids = claims.map(({ notificationId }) => notificationId);
  await sql.execute(giveBackNotificationsSql, [tenant, ids, new Date(nowMs)]);
}
