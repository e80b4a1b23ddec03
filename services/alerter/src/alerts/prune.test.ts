import assert from "node:assert/strict";
import { test } from "node:test";
import { createPool } from "@sightline/postgres/pool";
import { quietLog } from "@sightline/testkit/quiet-log";
import { testDatabase } from "@sightline/testkit/test-database";
import { claimMessage } from "../evaluate/window-store.ts";
import { metricRule, tenantWith } from "../testing/rules.ts";
import { listAlerts } from "./alert-store.ts";
import { prune } from "./prune.ts";
import { beginAlert, moveAlert } from "./step.ts";

const dayMs = 24 * 3600_000;

test("resolved alerts go after their time with all that belongs to them, open ones stay", async () => {
  await using database = await testDatabase();
  const sql = createPool({ url: database.url, maxConnections: 2 }, { log: quietLog });
  try {
    const { tenant, rule } = await tenantWith(sql, metricRule());
    const base = { reason: "test", actor: "rule", note: "", value: 1, channels: ["hook"] };
    const fire = (fingerprint: string, resolvedAtMs?: number) =>
      sql.transaction(async (tx) => {
        const draft = { tenant, alertId: crypto.randomUUID(), ruleId: rule.ruleId, ruleName: rule.name, fingerprint };
        const texts = { severity: "error", labels: {}, annotations: {}, summary: fingerprint } as const;
        const alert = await beginAlert(tx, { ...draft, ...texts }, { ...base, to: "firing", atMs: 0 });
        if (alert === undefined || resolvedAtMs === undefined) return;
        await moveAlert(tx, alert, { ...base, to: "resolved", atMs: resolvedAtMs });
      });
    await fire("a".repeat(16));
    await fire("b".repeat(16), dayMs);
    await fire("c".repeat(16), 2 * dayMs);
    assert.equal(await claimMessage(sql, "old", 0), true);
    await prune(sql, { nowMs: 11.5 * dayMs, keepResolvedMs: 10 * dayMs });
    const states = ["firing", "resolved"] as const;
    const left = await listAlerts(sql, tenant, { states, range: undefined, limit: 10 });
    assert.deepEqual(left.map(({ fingerprint }) => fingerprint[0]).sort(), ["a", "c"]);
    assert.equal(await sql.execute("SELECT 1 FROM alert_changes", []), 3);
    assert.equal(await sql.execute("SELECT 1 FROM alert_notifications", []), 3);
    assert.equal(await claimMessage(sql, "old", 0), true);
  } finally {
    await sql.close();
  }
});
