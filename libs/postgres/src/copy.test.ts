import assert from "node:assert/strict";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { after, before, test } from "node:test";
import { createApiKey } from "@sightline/auth/api-key";
import { eventually } from "@sightline/testkit/eventually";
import { quietLog } from "@sightline/testkit/quiet-log";
import { testDatabase } from "@sightline/testkit/test-database";
import { z } from "zod";
import { insertApiKey, listApiKeys } from "./api-keys.ts";
import { openRefill, openSnapshot } from "./copy.ts";
import { createPool, type Pool } from "./pool.ts";
import { ensureTenant } from "./users.ts";

const opened = new AsyncDisposableStack();
let source: Pool;
let target: Pool;

before(async () => {
  const [from, to] = await Promise.all([testDatabase(), testDatabase()]);
  source = createPool({ url: opened.use(from).url, maxConnections: 2 }, { log: quietLog });
  target = createPool({ url: opened.use(to).url, maxConnections: 2 }, { log: quietLog });
  opened.defer(() => source.close());
  opened.defer(() => target.close());
});
after(() => opened.disposeAsync());

async function keyFor(pool: Pool, name: string) {
  await ensureTenant(pool, "acme");
  const { prefix, hash } = createApiKey("query");
  const key = { keyId: crypto.randomUUID(), tenant: "acme", name, prefix, hash, scopes: ["query"] as const };
  await insertApiKey(pool, key);
  return key;
}

const soon = () => AbortSignal.timeout(20_000);
const names = async (pool: Pool) => (await listApiKeys(pool, "acme")).map(({ name }) => name).sort();

test("a snapshot fills another database, whatever was in it and whatever changes meanwhile", async () => {
  await keyFor(source, 'tab\t, "quotes", \\ and\nlines');
  await keyFor(target, "of the target");
  const snapshot = await openSnapshot(source);
  const refill = await openRefill(target, { migrations: snapshot.migrations, signal: soon() });
  try {
    await keyFor(source, "too late");
    for (const table of snapshot.tables) await pipeline(snapshot.copyOut(table), refill.copyIn(table));
    await refill.commit(snapshot.sequences);
  } finally {
    await Promise.all([snapshot.end(), refill.end()]);
  }
  assert.deepEqual(await names(target), ['tab\t, "quotes", \\ and\nlines']);
  await keyFor(target, "works as before");
});

test("a sequence goes on where it was", async () => {
  const next = z.object({ value: z.string() });
  const at = "SELECT nextval(pg_get_serial_sequence('alert_notifications', 'notification_id'))::text AS value";
  await source.query(at, [], next);
  const snapshot = await openSnapshot(source);
  const refill = await openRefill(target, { migrations: snapshot.migrations, signal: soon() });
  await refill.commit(snapshot.sequences);
  await Promise.all([snapshot.end(), refill.end()]);
  const [[inSource], [inTarget]] = [await source.query(at, [], next), await target.query(at, [], next)];
  assert.deepEqual(inTarget, inSource);
});

test("what is not committed leaves all as it was", async () => {
  await keyFor(target, "before");
  const before = await names(target);
  const snapshot = await openSnapshot(source);
  const refill = await openRefill(target, { migrations: snapshot.migrations, signal: soon() });
  await pipeline(snapshot.copyOut("tenants"), refill.copyIn("tenants"));
  await Promise.all([snapshot.end(), refill.end()]);
  assert.ok(before.includes("before"));
  assert.deepEqual(await names(target), before);
});

test("tables come behind those that they refer to", async () => {
  const snapshot = await openSnapshot(source);
  try {
    assert.ok(snapshot.tables.indexOf("tenants") < snapshot.tables.indexOf("api_keys"));
    assert.match(await text(snapshot.copyOut("tenants")), /^acme\t/m);
  } finally {
    await snapshot.end();
  }
});

test("who uses a table is waited for", async () => {
  const snapshot = await openSnapshot(source);
  const using = await target.session();
  await using.execute("BEGIN", []);
  await using.execute("SELECT count(*) FROM tenants", []);
  const opening = openRefill(target, { migrations: snapshot.migrations, signal: soon() });
  await eventually(async () => {
    const sql = "SELECT count(*)::int AS n FROM pg_locks WHERE NOT granted AND mode = 'AccessExclusiveLock'";
    const [row] = await using.query(sql, [], z.object({ n: z.number() }));
    assert.ok(row !== undefined && row.n > 0);
  });
  await using.execute("COMMIT", []);
  const refill = await opening;
  await refill.commit(snapshot.sequences);
  await Promise.all([snapshot.end(), refill.end(), using.end()]);
  assert.deepEqual(await names(target), []);
});

test("a newer schema is refused before anything is removed", async () => {
  await keyFor(target, "stays");
  await assert.rejects(openRefill(target, { migrations: ["0001_tenancy", "9999_future"], signal: soon() }), {
    code: "failed_precondition",
    message: /got migration 9999_future, want a newer program/,
  });
  assert.deepEqual(await names(target), ["stays"]);
});
