import { readFileSync } from "node:fs";
import { ACTION_REASONS } from "@sightline/alertmanager/dispatch/decision";
import type { PastAction } from "@sightline/backtest/replay-side";
import type { Sql } from "@sightline/postgres/pool";
import { z } from "zod";

const readActionsSql = readFileSync(new URL("./sql/read-actions.sql", import.meta.url), "utf8");

const { acknowledged, snoozed, unacknowledged } = ACTION_REASONS;

const actionRow = z
  .object({
    decided_at: z.date(),
    reason: z.string(),
    fingerprints: z.array(z.string()),
    group_key: z.string(),
    due_at: z.date().nullable(),
  })
  .transform(({ decided_at, reason, fingerprints, group_key, due_at }): PastAction[] => {
    const [fingerprint] = fingerprints;
    const target = fingerprint === undefined ? { groupKey: group_key } : { fingerprint };
    const kind = reason === unacknowledged ? "unacknowledge" : "acknowledge";
    const said = { target, kind, by: "somebody", atMs: decided_at.getTime() } as const;
    return [due_at === null ? said : { ...said, untilMs: due_at.getTime() }];
  });

/** What people acknowledged and snoozed, and took back, in a time; the first of it where there is more than the limit. */
export async function readPastActions(
  sql: Sql,
  tenant: string,
  { startMs, endMs, limit }: { readonly startMs: number; readonly endMs: number; readonly limit: number },
): Promise<readonly PastAction[]> {
  const reasons = [acknowledged, snoozed, unacknowledged];
  return (
    await sql.query(readActionsSql, [tenant, new Date(startMs), new Date(endMs), reasons, limit], actionRow)
  ).flat();
}
