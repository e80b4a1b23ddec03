import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { createApiKey } from "@sightline/auth/api-key";
import { uuid7 } from "@sightline/model/uuid7";
import { quietLog } from "@sightline/testkit/quiet-log";
import { startPostgres } from "@sightline/testkit/servers";
import { z } from "zod";
import { findApiKey, insertApiKey, listApiKeys } from "./api-keys.ts";
import { migrate } from "./migrate.ts";
import { createPool, type Pool } from "./pool.ts";
import { findSession, insertSession } from "./sessions.ts";
import { deleteTenantLimits, findTenantLimits, listTenantLimits, putTenantLimits } from "./tenant-limits.ts";
import {
  createTenant,
  deleteTenantRows,
  listTenants,
  listTenantsToPurge,
  markTenantDeleted,
  markTenantPurged,
} from "./tenants.ts";
import { findUser, insertUser } from "./users.ts";

let server: Awaited<ReturnType<typeof startPostgres>>;
let sql: Pool;

before(async () => {
  server = await startPostgres();
  sql = createPool({ url: server.url, maxConnections: 2 }, { log: quietLog });
  await migrate(sql, quietLog);
});

after(async () => {
  await sql.close();
  await server.stop();
});

test("limits are kept for tenants that are there", async () => {
  await createTenant(sql, "limited");
  assert.deepEqual(await findTenantLimits(sql, "limited"), {});
  assert.equal(await putTenantLimits(sql, "limited", { maxSeries: 5, bytesPerSecond: 10 }), true);
  assert.equal(await putTenantLimits(sql, "limited", { maxSeries: 7 }), true);
  assert.deepEqual(await findTenantLimits(sql, "limited"), { maxSeries: 7 });
  assert.deepEqual([...(await listTenantLimits(sql))], [["limited", { maxSeries: 7 }]]);
  assert.equal(await putTenantLimits(sql, "nobody", { maxSeries: 7 }), false);
  await deleteTenantLimits(sql, "limited");
  await deleteTenantLimits(sql, "limited");
  assert.deepEqual(await findTenantLimits(sql, "limited"), {});
});

test("what a deleted tenant had works no longer, its rows go, its name stays taken", async () => {
  await createTenant(sql, "gone");
  const { hash, prefix } = createApiKey("ingest");
  await insertApiKey(sql, { keyId: uuid7(1), tenant: "gone", name: "k", prefix, hash, scopes: ["ingest"] });
  const user = { userId: uuid7(2), tenant: "gone", username: "eve", passwordHash: "x", role: "admin" } as const;
  await insertUser(sql, user);
  const tokenHash = "0".repeat(64);
  await insertSession(sql, { tokenHash, userId: user.userId, expiresAt: new Date(Date.now() + 60_000) });
  await putTenantLimits(sql, "gone", { maxSeries: 1 });
  assert.equal((await findApiKey(sql, hash))?.tenant, "gone");

  assert.deepEqual(await markTenantDeleted(sql, "gone"), [hash]);
  const [first] = await listTenantsToPurge(sql);
  assert.equal(first?.name, "gone");
  assert.deepEqual(await markTenantDeleted(sql, "gone"), [hash], "again");
  assert.deepEqual(await listTenantsToPurge(sql), [first], "the first deletion counts");
  assert.equal(await findApiKey(sql, hash), undefined);
  assert.equal(await findUser(sql, "eve"), undefined);
  assert.equal(await findSession(sql, tokenHash, new Date()), undefined);
  assert.equal(await putTenantLimits(sql, "gone", { maxSeries: 1 }), false);

  for (let times = 0; times < 2; times++) await deleteTenantRows(sql, "gone");
  assert.deepEqual(await listApiKeys(sql, "gone"), []);
  await markTenantPurged(sql, "gone");
  assert.deepEqual(await listTenantsToPurge(sql), []);
  const found = (await listTenants(sql)).find(({ name }) => name === "gone");
  assert.ok(found?.deletedAt != null && found.purgedAt != null);
  await assert.rejects(createTenant(sql, "gone"), { code: "already_exists" });
});

test("the default tenant cannot be deleted, nor one that does not exist", async () => {
  assert.equal(await markTenantDeleted(sql, "default"), undefined);
  assert.equal(await markTenantDeleted(sql, "nobody"), undefined);
});

test("every table whose rows belong to a tenant is emptied of a deleted one", async () => {
  const tables = await sql.query(
    `SELECT table_name AS name FROM information_schema.columns
     JOIN information_schema.tables USING (table_schema, table_name)
     WHERE table_schema = current_schema() AND column_name = 'tenant' AND table_type = 'BASE TABLE'`,
    [],
    z.object({ name: z.string() }),
  );
  const deletion = readFileSync(new URL("./sql/delete-tenant-rows.sql", import.meta.url), "utf8");
  assert.ok(tables.length > 10);
  for (const { name } of tables) assert.match(deletion, new RegExp(`DELETE FROM ${name} WHERE tenant = \\$1`));
});
