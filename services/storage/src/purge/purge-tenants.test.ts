import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { migrate } from "@sightline/postgres/migrate";
import { createPool, type Pool } from "@sightline/postgres/pool";
import { createTenant, listTenantsToPurge, markTenantDeleted } from "@sightline/postgres/tenants";
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
