import { readFileSync } from "node:fs";
import type { Sql } from "@sightline/postgres/pool";

const pruneAlertsSql = readFileSync(new URL("./sql/prune-alerts.sql", import.meta.url), "utf8");
const pruneWindowsSql = readFileSync(new URL("./sql/prune-windows.sql", import.meta.url), "utf8");
const pruneMessagesSql = readFileSync(new URL("./sql/prune-messages.sql", import.meta.url), "utf8");

/** Longer than the bus keeps any message: none of these is delivered again. */
const messageAgeMs = 4 * 24 * 3600_000;

export interface PruneOptions {
  readonly nowMs: number;
  /** How long resolved alerts stay. */
  readonly keepResolvedMs: number;
}

/** Deletes what is kept long enough: resolved alerts with their history, and memory of events that can change nothing. */
export async function prune(sql: Sql, { nowMs, keepResolvedMs }: PruneOptions): Promise<void> {
  await sql.execute(pruneAlertsSql, [new Date(nowMs - keepResolvedMs)]);
  await sql.execute(pruneWindowsSql, [new Date(nowMs)]);
  await sql.execute(pruneMessagesSql, [new Date(nowMs - messageAgeMs)]);
}
