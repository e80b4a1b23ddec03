import assert from "node:assert/strict";
import { test } from "node:test";
import { createDatabase } from "@sightline/testkit/postgres-database";
import { quietLog } from "@sightline/testkit/quiet-log";
import { startPostgres } from "@sightline/testkit/servers";
import { z } from "zod";
import { migrate } from "./migrate.ts";
import { MIGRATIONS } from "./migrations.ts";
import { createPool } from "./pool.ts";

const row = z.object({ tenant: z.string(), later: z.array(z.string()) });

test("rules that a tenant was given before that was written down count as given, also those it deleted", async () => {
  await using stack = new AsyncDisposableStack();
  const server = stack.use(await startPostgres());
  const { url } = stack.use(await createDatabase(server.url));
  const pool = createPool({ url, maxConnections: 2 }, { log: quietLog });
  stack.defer(() => pool.close());
  const at = MIGRATIONS.findIndex(({ name }) => name === "0025_given_rules");
  await migrate(pool, quietLog, MIGRATIONS.slice(0, at));
  const tenants = [
    ["before", "2026-11-21T22:00:00Z", []],
    ["before, has one", "2026-11-21T22:00:00Z", ["Fallen behind"]],
    ["since, deleted both", "2026-11-22T00:00:00Z", []],
  ] as const;
  for (const [tenant, givenAt, rules] of tenants) {
    await pool.execute("INSERT INTO alert_default_rules (tenant, given_at) VALUES ($1, $2)", [tenant, givenAt]);
    for (const name of rules) {
      const sql =
        "INSERT INTO alert_rules (tenant, rule_id, name, enabled, definition, updated_at) VALUES ($1, gen_random_uuid(), $2, true, '', now())";
      await pool.execute(sql, [tenant, name]);
    }
  }

  await migrate(pool, quietLog);
  const later = ["Dead letters dropped", "Fallen behind"];
  const sql =
    "SELECT tenant, given[9:] AS later FROM alert_default_rules WHERE 'Target down' = ANY (given) ORDER BY tenant";
  assert.deepEqual(await pool.query(sql, [], row), [
    { tenant: "before", later: [] },
    { tenant: "before, has one", later },
    { tenant: "since, deleted both", later },
  ]);
});
