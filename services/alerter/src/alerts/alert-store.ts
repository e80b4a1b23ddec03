import { readFileSync } from "node:fs";
import { AppError } from "@sightline/errors/app-error";
import type { Sql } from "@sightline/postgres/pool";
import { z } from "zod";
import type { AlertState } from "../evaluate/decide.ts";
import { type Alert, alertRow, alertState } from "./alert.ts";

const findAlertSql = readFileSync(new URL("./sql/find-alert.sql", import.meta.url), "utf8");
const openAlertsOfRuleSql = readFileSync(new URL("./sql/open-alerts-of-rule.sql", import.meta.url), "utf8");
const orphanedAlertsSql = readFileSync(new URL("./sql/orphaned-alerts.sql", import.meta.url), "utf8");
const setAlertValuesSql = readFileSync(new URL("./sql/set-alert-values.sql", import.meta.url), "utf8");
const listAlertsSql = readFileSync(new URL("./sql/list-alerts.sql", import.meta.url), "utf8");
const countActiveAlertsSql = readFileSync(new URL("./sql/count-active-alerts.sql", import.meta.url), "utf8");
const listChangesSql = readFileSync(new URL("./sql/list-changes.sql", import.meta.url), "utf8");
const listAttemptsSql = readFileSync(new URL("./sql/list-attempts.sql", import.meta.url), "utf8");
const forgetWindowSql = readFileSync(new URL("./sql/forget-window.sql", import.meta.url), "utf8");

/** One alert. Throws not_found when the tenant has none of that id. */
export async function findAlert(sql: Sql, tenant: string, alertId: string): Promise<Alert> {
  const [alert] = await sql.query(findAlertSql, [tenant, alertId], alertRow);
  if (alert === undefined) throw new AppError("not_found", `cannot find alert ${alertId}: there is none of that id`);
  return alert;
}

/** What a rule has open. */
export function openAlertsOfRule(sql: Sql, tenant: string, ruleId: string): Promise<Alert[]> {
  return sql.query(openAlertsOfRuleSql, [tenant, ruleId], alertRow);
}

/** Open alerts of all tenants whose rule was deleted or disabled; at most 1000. */
export function orphanedAlerts(sql: Sql): Promise<Alert[]> {
  return sql.query(orphanedAlertsSql, [], alertRow);
}

/** Sets the newest value of alerts that stay as they are, by id. */
export async function setAlertValues(sql: Sql, tenant: string, values: ReadonlyMap<string, number>): Promise<void> {
  if (values.size === 0) return;
  await sql.execute(setAlertValuesSql, [tenant, [...values.keys()], [...values.values()]]);
}

export interface AlertQuery {
  readonly states: readonly AlertState[];
  /** Unset: alerts that are in such a state now. */
  readonly range: { readonly startMs: number; readonly endMs: number } | undefined;
  readonly limit: number;
  /** Unset or empty: of all rules. */
  readonly ruleIds?: readonly string[];
}

/** Firing first, then pending, acknowledged, resolved; newest first within each. */
export function listAlerts(sql: Sql, tenant: string, query: AlertQuery): Promise<Alert[]> {
  const { states, range, limit, ruleIds = [] } = query;
  const start = range === undefined ? null : new Date(range.startMs);
  const end = range === undefined ? null : new Date(range.endMs);
  return sql.query(listAlertsSql, [tenant, [...states], start, end, limit, ruleIds], alertRow);
}

const countRow = z.object({ count: z.number() });

/** How many alerts of the tenant are not resolved. */
export async function countActiveAlerts(sql: Sql, tenant: string): Promise<number> {
  const [row] = await sql.query(countActiveAlertsSql, [tenant], countRow);
  return row?.count ?? 0;
}

const changeRow = z.object({
  changed_at: z.date(),
  from_state: z.union([alertState, z.literal("")]),
  to_state: alertState,
  reason: z.string(),
  actor: z.string(),
  note: z.string(),
});

/** What happened to an alert, oldest first. */
export function listChanges(sql: Sql, tenant: string, alertId: string): Promise<z.infer<typeof changeRow>[]> {
  return sql.query(listChangesSql, [tenant, alertId], changeRow);
}

const attemptRow = z.object({
  attempted_at: z.date(),
  channel: z.string(),
  status: z.string(),
  attempt: z.number(),
  delivered: z.boolean(),
  outcome: z.string(),
});

/** Every attempt to tell of an alert, oldest first. */
export function listAttempts(sql: Sql, tenant: string, alertId: string): Promise<z.infer<typeof attemptRow>[]> {
  return sql.query(listAttemptsSql, [tenant, alertId], attemptRow);
}

/** Forgets the events that made an alert, so that only new ones make it again. */
export async function forgetWindow(sql: Sql, { tenant, ruleId, fingerprint }: Alert): Promise<void> {
  await sql.execute(forgetWindowSql, [tenant, ruleId, fingerprint]);
}
