import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { createClickHouse } from "@sightline/clickhouse/client";
import { migrate as migrateClickHouse } from "@sightline/clickhouse/migrate";
import { SERVICES } from "@sightline/local/stack/services";
import { migrate as migratePostgres } from "@sightline/postgres/migrate";
import { MIGRATIONS } from "@sightline/postgres/migrations";
import { createPool } from "@sightline/postgres/pool";
import { quietLog } from "@sightline/testkit/quiet-log";
import { startClickHouse, startPostgres } from "@sightline/testkit/servers";
import { runToEnd } from "./run-to-end.ts";

const future = { name: "9999_future", sql: "SELECT 1;" };
const required = { SIGHTLINE_INTERNAL_TOKEN: "x", SIGHTLINE_INGEST_API_KEY: "x", SIGHTLINE_ADMIN_PASSWORD: "x" };

describe("a service whose database was made by a newer program", { concurrency: 2 }, () => {
  const opened = new AsyncDisposableStack();
  after(() => opened.disposeAsync());
  const dir = mkdtempSync(join(tmpdir(), "sightline-newer-"));
  opened.defer(() => rmSync(dir, { recursive: true, force: true }));
  const databases: Record<string, string> = { SIGHTLINE_OUTBOX_DIR: dir };

  before(async () => {
    const postgres = opened.use(await startPostgres());
    const pool = createPool({ url: postgres.url, maxConnections: 1 }, { log: quietLog });
    await migratePostgres(pool, quietLog, [...MIGRATIONS, future]);
    await pool.close();
    const { url, database, username, password } = opened.use(await startClickHouse());
    const clickhouse = createClickHouse({ url, database, username, password }, { log: quietLog });
    await migrateClickHouse(clickhouse, [future], quietLog);
    await clickhouse.close();
    Object.assign(databases, {
      SIGHTLINE_POSTGRES_URL: postgres.url,
      SIGHTLINE_CLICKHOUSE_URL: url,
      SIGHTLINE_CLICKHOUSE_DATABASE: database,
      SIGHTLINE_CLICKHOUSE_USERNAME: username,
      SIGHTLINE_CLICKHOUSE_PASSWORD: password,
    });
  });

  for (const { name } of SERVICES) {
    test(`${name} does not touch it, and says so in one line`, async () => {
      const { code, said } = await runToEnd(name, { env: { ...required, ...databases } });
      assert.equal(code, 1, said.join("\n"));
      assert.deepEqual(said, [
        `sightline ${name}: cannot use the database: got migration 9999_future, which this program does not know; want a newer program`,
      ]);
    });
  }
});
