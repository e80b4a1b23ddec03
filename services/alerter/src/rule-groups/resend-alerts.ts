import { readFileSync } from "node:fs";
import type { Sql } from "@sightline/postgres/pool";

const resendAlertsSql = readFileSync(new URL("./sql/resend-alerts.sql", import.meta.url), "utf8");

/** How long an alert fires on for the routes when nobody says so again. */
export const ALIVE_MS = 5 * 60_000;
/** With less than this left it is said again: longer than somebody else needs to go on with it. */
const RENEW_MS = 3 * 60_000;
/** What waits for longer waits because nobody dispatches. */
const WAITING_MS = 30_000;
const MAX_ALERTS = 20_000;
const ALERTS_PER_ENTRY = 200;

/**
 * Tells the routes again of what fires, as Prometheus does: one for which there was no room comes in, and one that nobody knows any more ends by
 * itself. What they know well enough is left out, and what does not fit in this time follows with the next. Resolves to the number of entries.
 */
export function resendAlerts(sql: Sql, nowMs: number): Promise<number> {
  return sql.execute(resendAlertsSql, [
    new Date(nowMs),
    nowMs + RENEW_MS,
    nowMs + ALIVE_MS,
    MAX_ALERTS,
    ALERTS_PER_ENTRY,
    new Date(nowMs - WAITING_MS),
  ]);
}
