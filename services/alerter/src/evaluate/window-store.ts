import { readFileSync } from "node:fs";
import type { Sql } from "@sightline/postgres/pool";
import { z } from "zod";
import { type Alert, alertRow } from "../alerts/alert.ts";
import type { EventWindow } from "./window.ts";

const claimMessageSql = readFileSync(new URL("./sql/claim-message.sql", import.meta.url), "utf8");
const readWindowsSql = readFileSync(new URL("./sql/read-windows.sql", import.meta.url), "utf8");
const writeWindowsSql = readFileSync(new URL("./sql/write-windows.sql", import.meta.url), "utf8");
const readOpenAlertsSql = readFileSync(new URL("./sql/read-open-alerts.sql", import.meta.url), "utf8");
const countWindowsSql = readFileSync(new URL("./sql/count-windows.sql", import.meta.url), "utf8");
const countOpenAlertsSql = readFileSync(new URL("./sql/count-open-alerts.sql", import.meta.url), "utf8");

/** What separate alerts are made of: a rule and one of its groups. */
export interface GroupId {
  readonly ruleId: string;
  readonly fingerprint: string;
}

/** The key of a group in maps. */
export function keyOf({ ruleId, fingerprint }: GroupId): string {
  return `${ruleId} ${fingerprint}`;
}

const windowRow = z
  .object({
    rule_id: z.string(),
    fingerprint: z.string(),
    matches: z.array(z.tuple([z.string(), z.number(), z.number()])),
    ended_at: z.date().nullable(),
  })
  .transform((row) => ({
    ruleId: row.rule_id,
    fingerprint: row.fingerprint,
    window: {
      matches: row.matches.map(([eventId, atMs, seenAtMs]) => ({ eventId, atMs, seenAtMs })),
      endedAtMs: row.ended_at?.getTime(),
    },
  }));

/** Marks a message of the bus as taken in. False when it was before. Undone with the transaction. */
export async function claimMessage(tx: Sql, message: string, nowMs: number): Promise<boolean> {
  return (await tx.execute(claimMessageSql, [message, new Date(nowMs)])) === 1;
}

/** The windows of some groups by key, held until the transaction ends. Groups without one are not in it. */
export async function readWindows(
  tx: Sql,
  tenant: string,
  groups: readonly GroupId[],
): Promise<Map<string, EventWindow>> {
  const rows = await tx.query(readWindowsSql, [tenant, ...columnsOf(groups)], windowRow);
  return new Map(rows.map((row) => [keyOf(row), row.window]));
}

/** The open alerts of some groups by key, held until the transaction ends. */
export async function readOpenAlerts(tx: Sql, tenant: string, groups: readonly GroupId[]): Promise<Map<string, Alert>> {
  const rows = await tx.query(readOpenAlertsSql, [tenant, ...columnsOf(groups)], alertRow);
  return new Map(rows.map((alert) => [keyOf(alert), alert]));
}

/** A window to keep. */
export interface WindowWrite extends GroupId {
  readonly window: EventWindow;
  /** When nothing in it can count any more. */
  readonly expiresAtMs: number;
}

export async function writeWindows(tx: Sql, tenant: string, writes: readonly WindowWrite[]): Promise<void> {
  if (writes.length === 0) return;
  const matches = writes.map(({ window }) =>
    JSON.stringify(window.matches.map(({ eventId, atMs, seenAtMs }) => [eventId, atMs, seenAtMs])),
  );
  const endedAt = writes.map(({ window }) => (window.endedAtMs === undefined ? null : new Date(window.endedAtMs)));
  const expiresAt = writes.map(({ expiresAtMs }) => new Date(expiresAtMs));
  await tx.execute(writeWindowsSql, [tenant, ...columnsOf(writes), matches, endedAt, expiresAt]);
}

const countRow = z.object({ count: z.number() });

export async function countOpenAlerts(tx: Sql, tenant: string, ruleId: string): Promise<number> {
  const [row] = await tx.query(countOpenAlertsSql, [tenant, ruleId], countRow);
  return row?.count ?? 0;
}

/** How many groups of the rule have a window. */
export async function countWindows(tx: Sql, tenant: string, ruleId: string): Promise<number> {
  const [row] = await tx.query(countWindowsSql, [tenant, ruleId], countRow);
  return row?.count ?? 0;
}

function columnsOf(groups: readonly GroupId[]): [string[], string[]] {
  return [groups.map(({ ruleId }) => ruleId), groups.map(({ fingerprint }) => fingerprint)];
}
