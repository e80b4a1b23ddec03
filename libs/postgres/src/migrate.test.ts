import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { eventually } from "@sightline/testkit/eventually";
import { quietLog } from "@sightline/testkit/quiet-log";
import { startPostgres } from "@sightline/testkit/servers";
import { z } from "zod";
import { migrate } from "./migrate.ts";
import { MIGRATIONS } from "./migrations.ts";
import { createPool, type Pool } from "./pool.ts";

let server: Awaited<ReturnType<typeof startPostgres>>;
let pool: Pool;
const counted = z.object({ n: z.number() });
const quick = { name: "9999_slow", sql: "CREATE TABLE half (n int)" };

before(async () => {
  server = await startPostgres();
  pool = createPool({ url: server.url, maxConnections: 5 }, { log: quietLog });
});

after(async () => {
  await pool.close();
  await server.stop();
});

async function count(sql: string): Promise<number | undefined> {
  const [row] = await pool.query(sql, [], counted);
  return row?.n;
}

test("a process that is killed in the middle of a migration leaves nothing behind, and the next goes on at once", async () => {
  const program = fileURLToPath(new URL("./testing/migrate-slowly.ts", import.meta.url));
  const child = spawn(process.execPath, [program, server.url], { stdio: "inherit" });
  const killed = once(child, "exit");
  try {
    const asleep = `SELECT count(*)::int AS n FROM pg_stat_activity
      WHERE datname = current_database() AND state = 'active' AND wait_event = 'PgSleep'`;
    await eventually(async () => (await count(asleep)) === 1);
    const applied = "SELECT count(*)::int AS n FROM schema_migrations";
    assert.equal(await count(applied), MIGRATIONS.length, "what was complete before is kept");
    const next = migrate(pool, quietLog, [...MIGRATIONS, quick]);
    child.kill("SIGKILL");
    await next;
    assert.equal(await count(applied), MIGRATIONS.length + 1);
    assert.equal(await count("SELECT count(*)::int AS n FROM half"), 0);
  } finally {
    child.kill("SIGKILL");
    await killed;
  }
});

test("a migration may take as long as it needs, unlike all other statements; several starts at once apply it once", async () => {
  const slow = {
    name: "9999_tardy",
    sql: "CREATE TABLE allowed AS SELECT current_setting('statement_timeout') AS longest; SELECT pg_sleep(0.5)",
  };
  const pools = Array.from({ length: 4 }, () => createPool({ url: server.url, maxConnections: 1 }, { log: quietLog }));
  try {
    await Promise.all(pools.map((one) => migrate(one, quietLog, [...MIGRATIONS, quick, slow])));
  } finally {
    await Promise.all(pools.map((one) => one.close()));
  }
  const longest = await pool.query("SELECT longest FROM allowed", [], z.object({ longest: z.string() }));
  assert.deepEqual(longest, [{ longest: "0" }]);
  assert.equal(await count("SELECT count(*)::int AS n FROM schema_migrations WHERE name = '9999_tardy'"), 1);
});
