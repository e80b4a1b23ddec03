import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createClickHouse } from "@sightline/clickhouse/client";
import { migrate } from "@sightline/postgres/migrate";
import { createPool, type Pool } from "@sightline/postgres/pool";
import { createTenant, listTenantsToPurge, markTenantDeleted } from "@sightline/postgres/tenants";
import { eventually } from "@sightline/testkit/eventually";
import { quietLog } from "@sightline/testkit/quiet-log";
import { testDatabase } from "@sightline/testkit/test-database";
import { z } from "zod";
import { startTestDatabase, type TestDatabase } from "../testing/database.ts";
import { createTenantPurge } from "./purge-tenants.ts";

const opened = new AsyncDisposableStack();
let database: TestDatabase;
let sql: Pool;

before(async () => {
  database = opened.use(await startTestDatabase());
  const postgres = opened.use(await testDatabase());
  sql = createPool({ url: postgres.url, maxConnections: 2 }, { log: quietLog });
  opened.defer(() => sql.close());
  await migrate(sql, quietLog);
});
after(() => opened.disposeAsync());

test("all rows of a deleted tenant go, those that come in late too, and nobody else's", async () => {
  const { clickhouse } = database;
  const Timestamp = new Date().toISOString().replace("T", " ").replace("Z", "");
  const insert = async (Tenant: string) => {
    await database.insert("otel_logs", [{ Tenant, Timestamp, Body: "x" }]);
    await database.insert("otel_traces", [{ Tenant, Timestamp, TraceId: "0".repeat(32), SpanId: "1".repeat(16) }]);
    await database.insert("metrics_samples", [{ Tenant, Timestamp, MetricName: "m", Fingerprint: 1, Value: 2 }]);
    await database.insert("events", [{ Tenant, Timestamp }]);
  };
  const rowsOf = async (tenant: string) => {
    const counts = await Promise.all(
      ["otel_logs", "otel_traces", "otel_traces_trace_id_ts", "metrics_samples", "events"].map((table) =>
        clickhouse.query(
          `SELECT toUInt32(count()) AS n FROM ${table} WHERE Tenant = {tenant:String}`,
          { tenant },
          {
            schema: z.object({ n: z.number() }),
          },
        ),
      ),
    );
    return counts.map(([row]) => row?.n ?? 0);
  };
  for (const tenant of ["gone", "stays"]) {
    await createTenant(sql, tenant);
    await insert(tenant);
  }
  const deletedAtMs = Date.now();
  const time = { ms: deletedAtMs };
  const settleMs = 60_000;
  const purge = createTenantPurge({ sql, clickhouse, clock: () => time.ms, log: quietLog, settleMs });
  await purge();
  assert.deepEqual(await rowsOf("gone"), [1, 1, 1, 1, 1], "a tenant that is not deleted is left alone");

  await markTenantDeleted(sql, "gone");
  await purge();
  assert.deepEqual(await rowsOf("gone"), [0, 0, 0, 0, 0]);
  await insert("gone");
  time.ms += 2 * settleMs;
  await purge();
  assert.deepEqual(await rowsOf("gone"), [0, 0, 0, 0, 0]);
  assert.equal((await listTenantsToPurge(sql)).length, 1, "something was found: it is looked for once more");
  await purge();
  assert.deepEqual(await listTenantsToPurge(sql), []);
  assert.deepEqual(await rowsOf("stays"), [1, 1, 1, 1, 1]);
});

test("rows that the server is still removing are not removed once more", async () => {
  const { address } = database;
  const hasty = createClickHouse({ ...address, requestTimeoutMs: 1000 }, { log: quietLog });
  try {
    await createTenant(sql, "slow");
    await database.insert("otel_logs", [{ Tenant: "slow", Timestamp: String(Date.now() / 1000), Body: "x" }]);
    await markTenantDeleted(sql, "slow");
    const purge = createTenantPurge({ sql, clickhouse: hasty, clock: Date.now, log: quietLog, settleMs: 0 });
    const counted = z.object({ n: z.coerce.number() });
    const count = async (from: string) => {
      const [row] = await database.clickhouse.query(`SELECT count() AS n FROM ${from}`, {}, { schema: counted });
      return row?.n;
    };
    const removals =
      "system.mutations WHERE database = currentDatabase() AND table = 'otel_logs' AND command LIKE '%slow%'";
    await database.clickhouse.command("SYSTEM STOP MERGES otel_logs");
    await assert.rejects(purge(), /timeout|Timeout/i);
    assert.equal(await count(removals), 1);
    await purge().catch((thrown: unknown) => assert.match(String(thrown), /timeout/i));
    assert.equal(await count(removals), 1, "none more");
    assert.equal((await listTenantsToPurge(sql)).length, 1, "the tenant is not taken for gone");
    await database.clickhouse.command("SYSTEM START MERGES otel_logs");
    await eventually(async () => (await count("otel_logs WHERE Tenant = 'slow'")) === 0);
    await eventually(async () => {
      await purge();
      return (await listTenantsToPurge(sql)).length === 0;
    });
  } finally {
    await hasty.close();
  }
});
