import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createPool } from "@sightline/postgres/pool";
import { z } from "zod";
import { clickHouseCommand } from "./clickhouse-command.ts";
import { createDatabase } from "./postgres-database.ts";
import { quietLog } from "./quiet-log.ts";
import { startClickHouse, startPrivateClickHouse, startPrivatePostgres, type TestServerProcess } from "./servers.ts";

let postgres: TestServerProcess;
before(async () => {
  postgres = await startPrivatePostgres();
});
after(() => postgres.stop());

async function tablesOf(url: string): Promise<string[]> {
  const pool = createPool({ url, maxConnections: 1 }, { log: quietLog });
  try {
    const sql = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1";
    const rows = await pool.query(sql, [], z.object({ tablename: z.string() }));
    return rows.map((row) => row.tablename);
  } finally {
    await pool.close();
  }
}

test("databases made at the same time are apart, and gone when stopped", async () => {
  const [empty, first, second] = await Promise.all([
    createDatabase(postgres.url),
    createDatabase(postgres.url, { migrated: true }),
    createDatabase(postgres.url, { migrated: true }),
  ]);
  assert.deepEqual(await tablesOf(empty.url), []);
  const tables = await tablesOf(first.url);
  assert.ok(tables.includes("api_keys"), tables.join());
  const pool = createPool({ url: first.url, maxConnections: 1 }, { log: quietLog });
  await pool.execute("CREATE TABLE only_here (a int)", []);
  await pool.close();
  assert.deepEqual(await tablesOf(second.url), tables);
  await Promise.all([empty.stop(), first.stop(), second.stop()]);
  await assert.rejects(tablesOf(second.url), /does not exist/);
});

test("a database drops even while somebody is connected", async () => {
  const database = await createDatabase(postgres.url);
  const pool = createPool({ url: database.url, maxConnections: 1 }, { log: quietLog });
  await pool.ping();
  await database.stop();
  await assert.rejects(pool.ping());
  await pool.close();
});

test("ClickHouse databases are apart and keep their rows over a kill", async () => {
  await using server = await startPrivateClickHouse();
  const shared = new URL(server.url);
  shared.username = server.username;
  shared.password = server.password;
  process.env["SIGHTLINE_TEST_CLICKHOUSE_URL"] = shared.href;
  const other = await startClickHouse();
  delete process.env["SIGHTLINE_TEST_CLICKHOUSE_URL"];
  assert.notEqual(other.database, server.database);
  await other.stop();
  assert.equal(await clickHouseCommand(server, `EXISTS DATABASE ${other.database}`), "0");

  const table = `${server.database}.t`;
  await clickHouseCommand(server, `CREATE TABLE ${table} (a UInt8) ENGINE = MergeTree ORDER BY a`);
  await clickHouseCommand(server, `INSERT INTO ${table} VALUES (1), (2)`);
  await server.kill();
  await server.restart();
  assert.equal(await clickHouseCommand(server, `SELECT count() FROM ${table}`), "2");
});
