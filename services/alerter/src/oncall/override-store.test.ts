import assert from "node:assert/strict";
import { test } from "node:test";
import { createPool } from "@sightline/postgres/pool";
import { ensureTenant } from "@sightline/postgres/users";
import { quietLog } from "@sightline/testkit/quiet-log";
import { testDatabase } from "@sightline/testkit/test-database";
import { listOverridesBetween, pruneOverrides } from "./override-store.ts";

const HOUR_MS = 3_600_000;
const EVER_MS = 1000 * HOUR_MS;

test("overrides that are over or removed are forgotten after a time, and bounded before", async () => {
  await using stack = new AsyncDisposableStack();
  const { url } = stack.use(await testDatabase());
  const sql = createPool({ url, maxConnections: 2 }, { log: quietLog });
  stack.defer(() => sql.close());
  for (const tenant of ["acme", "other"]) await ensureTenant(sql, tenant);
  const put = async (user: string, endsHour: number, { removedHour = -1, tenant = "acme" } = {}) => {
    await sql.execute(
      `INSERT INTO oncall_overrides
         (tenant, override_id, schedule, username, start_at, end_at, note, created_at, created_by, removed_at)
       VALUES ($1, gen_random_uuid(), 'first', $2, $3, $4, '', $3, 'test', $5)`,
      [
        tenant,
        user,
        new Date(0),
        new Date(endsHour * HOUR_MS),
        removedHour < 0 ? null : new Date(removedHour * HOUR_MS),
      ],
    );
  };
  const kept = async (tenant = "acme") => {
    const all = await listOverridesBetween(sql, { tenant, schedule: "first" }, { startMs: 0, endMs: EVER_MS });
    return all.map(({ override }) => override.user).sort();
  };
  await put("over", 4);
  await put("removed", 90, { removedHour: 4 });
  await put("over lately", 6);
  await put("removed lately", 90, { removedHour: 7 });
  await put("removed after its end", 4, { removedHour: 7 });
  await put("now", 20);
  await put("ahead", 90);
  await put("of others", 6, { tenant: "other" });
  await pruneOverrides(sql, { beforeMs: 5 * HOUR_MS, nowMs: 10 * HOUR_MS });
  assert.deepEqual(await kept(), ["ahead", "now", "over lately", "removed lately"]);
  await pruneOverrides(sql, { beforeMs: 5 * HOUR_MS, nowMs: 10 * HOUR_MS, maxOld: 1 });
  assert.deepEqual(await kept(), ["ahead", "now", "removed lately"]);
  assert.deepEqual(await kept("other"), ["of others"]);
});
