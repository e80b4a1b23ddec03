import { readFileSync } from "node:fs";
import type { Sql } from "@sightline/postgres/pool";
import { z } from "zod";

const tenantsThatFireSql = readFileSync(new URL("./sql/tenants-that-fire.sql", import.meta.url), "utf8");
const countKeptAlertsSql = readFileSync(new URL("./sql/count-kept-alerts.sql", import.meta.url), "utf8");
const resendAlertsSql = readFileSync(new URL("./sql/resend-alerts.sql", import.meta.url), "utf8");

/** How long an alert fires on for the routes when nobody says so again. */
export const ALIVE_MS = 5 * 60_000;
/** With less than this left it is said again: longer than somebody else needs to go on with it. */
const RENEW_MS = 3 * 60_000;
/** What waits for longer waits because nobody dispatches. */
const WAITING_MS = 30_000;
const ALERTS_PER_PIECE = 2000;
const ALERTS_PER_ENTRY = 200;
const BEFORE_ALL = "00000000-0000-0000-0000-000000000000";

const tenantRow = z.object({ tenant: z.string() }).transform(({ tenant }) => tenant);
const countRow = z.object({ alerts: z.number() });
const pieceRow = z.object({ alerts: z.number(), last_id: z.string().nullable() });

export interface ResendOptions {
  readonly nowMs: number;
  /** How many alerts of a tenant are dispatched. */
  readonly maxAlerts: number;
}

/**
 * Tells the routes again of what fires, as Prometheus does: what they know and would soon hold to be over is renewed, however much that is, and one
 * that nobody knows any more ends by itself. What they do not have comes in when there is room for it: one that would be turned away is not told
 * again and again. Resolves to the number of alerts.
 */
export async function resendAlerts(sql: Sql, options: ResendOptions): Promise<number> {
  const tenants = await sql.query(tenantsThatFireSql, [new Date(options.nowMs - WAITING_MS)], tenantRow);
  let told = 0;
  for (const tenant of tenants) {
    told += await resend(sql, tenant, { ...options, isKnown: true, limit: Number.POSITIVE_INFINITY });
    const [kept] = await sql.query(countKeptAlertsSql, [tenant], countRow);
    const room = options.maxAlerts - (kept?.alerts ?? 0);
    told += await resend(sql, tenant, { ...options, isKnown: false, limit: room });
  }
  return told;
}

interface Resending extends ResendOptions {
  /** Whether it is about what is dispatched already, or about what is not. */
  readonly isKnown: boolean;
  readonly limit: number;
}

async function resend(sql: Sql, tenant: string, { nowMs, isKnown, limit }: Resending): Promise<number> {
  let told = 0;
  let behind = BEFORE_ALL;
  while (told < limit) {
    const most = Math.min(ALERTS_PER_PIECE, limit - told);
    const times = { renewMs: nowMs + RENEW_MS, aliveMs: nowMs + ALIVE_MS };
    const [piece] = await sql.query(
      resendAlertsSql,
      [tenant, behind, isKnown, times.renewMs, most, ALERTS_PER_ENTRY, times.aliveMs, new Date(nowMs)],
      pieceRow,
    );
    told += piece?.alerts ?? 0;
    if (piece === undefined || piece.last_id === null || piece.alerts < most) break;
    behind = piece.last_id;
  }
  return told;
}
