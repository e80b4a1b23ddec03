import type { Pool } from "@sightline/postgres/pool";
import { orphanedAlerts } from "../alerts/alert-store.ts";
import { moveAlert, RULE_ACTOR } from "../alerts/step.ts";

/** Ends the alerts whose rule was deleted or disabled: nothing else would. Resolves to how many there were. */
export async function endOrphans(sql: Pool, atMs: number): Promise<number> {
  const orphans = await orphanedAlerts(sql);
  for (const alert of orphans) {
    const step = { to: "resolved", reason: "rule_gone", note: "the rule was deleted or disabled" } as const;
    await sql.transaction((tx) =>
      moveAlert(tx, alert, { ...step, actor: RULE_ACTOR, value: alert.value, atMs, channels: [] }),
    );
  }
  return orphans.length;
}
