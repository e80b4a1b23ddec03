import { readFileSync } from "node:fs";
import type { Sql } from "@sightline/postgres/pool";
import { z } from "zod";
import type { GroupId } from "./group-id.ts";

const listSql = readFileSync(new URL("./sql/list-ended-by-hand.sql", import.meta.url), "utf8");
const deleteSql = readFileSync(new URL("./sql/delete-ended-by-hand.sql", import.meta.url), "utf8");

const endedRow = z
  .object({
    tenant: z.string(),
    alert_id: z.string(),
    rule_id: z.string(),
    rule_file: z.string(),
    rule_group: z.string(),
    fingerprint: z.string(),
    resolved_at: z.date(),
  })
  .transform(({ tenant, alert_id, rule_id, rule_file, rule_group, fingerprint, resolved_at }) => ({
    id: { tenant, file: rule_file, group: rule_group } satisfies GroupId,
    alertId: alert_id,
    ruleId: rule_id,
    fingerprint,
    endedAtMs: resolved_at.getTime(),
  }));

/** An alert that somebody has resolved. */
export type EndedByHand = Readonly<z.infer<typeof endedRow>>;

/** More of them wait for the next look. */
const MAX_AT_ONCE = 5000;

/** Those that are not known yet to whoever evaluates their rules, of all tenants. */
export function listEndedByHand(sql: Sql): Promise<EndedByHand[]> {
  return sql.query(listSql, [MAX_AT_ONCE], endedRow);
}

/** What is known of it is in the states now, or nobody needs it. */
export async function forgetEndedByHand(sql: Sql, ended: readonly EndedByHand[]): Promise<void> {
  for (const [tenant, of] of Map.groupBy(ended, ({ id }) => id.tenant)) {
    await sql.execute(deleteSql, [tenant, of.map(({ alertId }) => alertId)]);
  }
}
