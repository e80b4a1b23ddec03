import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { after, before, test } from "node:test";
import { createApiKey } from "@sightline/auth/api-key";
import { AppError, type ErrorCode } from "@sightline/errors/app-error";
import { eventually } from "@sightline/testkit/eventually";
import { quietLog } from "@sightline/testkit/quiet-log";
import { startPostgres, startPrivatePostgres } from "@sightline/testkit/servers";
import { z } from "zod";
import { ensureApiKey, findApiKey, insertApiKey, listApiKeys, revokeApiKey } from "./api-keys.ts";
import { bootstrapKeysConfig, registerBootstrapKeys } from "./bootstrap-keys.ts";
import { holdLease } from "./lease.ts";
import { migrate } from "./migrate.ts";
import { MIGRATIONS } from "./migrations.ts";
import { createPool, type Pool, type Sql } from "./pool.ts";
import { deleteExpiredSessions, deleteSession, findSession, insertSession } from "./sessions.ts";
import { ensureTenant, findUser, insertUser, setPassword } from "./users.ts";

let server: Awaited<ReturnType<typeof startPostgres>>;
let pool: Pool;
const one = z.object({ n: z.number() });

before(async () => {
  server = await startPostgres();
  pool = createPool({ url: server.url, maxConnections: 5 }, { log: quietLog });
  await Promise.all([migrate(pool, quietLog), migrate(pool, quietLog), migrate(pool, quietLog)]);
});

after(async () => {
  await pool.close();
  await server.stop();
});

function isCode(code: ErrorCode) {
  return (thrown: unknown) => thrown instanceof AppError && thrown.code === code;
}

test("the list of migrations is the folder, in order, and running them again changes nothing", async () => {
  const files = readdirSync(new URL("../migrations", import.meta.url)).sort();
  assert.deepEqual(
    MIGRATIONS.map(({ name }) => `${name}.sql`),
    files,
  );
  await migrate(pool, quietLog);
});

test("a database that is newer than the program, or whose history was changed, is refused", async () => {
  await assert.rejects(migrate(pool, quietLog, MIGRATIONS.slice(1)), /newer program/);
  const changed = MIGRATIONS.map(({ name, sql }) => ({ name, sql: `${sql}-- changed` }));
  await assert.rejects(migrate(pool, quietLog, changed), /changed after/);
});

test("a migration that fails leaves nothing behind", async () => {
  const bad = { name: "9999_bad", sql: "CREATE TABLE half (n int); SELECT 1/0" };
  await assert.rejects(migrate(pool, quietLog, [...MIGRATIONS, bad]));
  const rows = await pool.query("SELECT 1 AS n FROM pg_tables WHERE tablename = 'half'", [], one);
  assert.deepEqual(rows, []);
});

test("rows are read by the schema, errors say what they mean", async () => {
  assert.deepEqual(await pool.query("SELECT 1 AS n", [], one), [{ n: 1 }]);
  const cases: [sql: string, code: ErrorCode][] = [
    ["SELECT 'x' AS n", "internal"],
    ["SELECT", "internal"],
    ["SELEC", "internal"],
    ["SELECT 'x'::int AS n", "invalid_argument"],
    ["INSERT INTO tenants (name) VALUES ('default') RETURNING 1 AS n", "already_exists"],
    ["INSERT INTO tenants (name) VALUES ('Not A Tenant') RETURNING 1 AS n", "invalid_argument"],
    ["DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '25P03'; END $$", "unavailable"],
    ["SET LOCAL statement_timeout = 1; SELECT 1 AS n FROM pg_sleep(1)", "deadline_exceeded"],
  ];
  for (const [sql, code] of cases) await assert.rejects(pool.query(sql, [], one.strict()), isCode(code), sql);
});

test("a transaction is all or nothing", async () => {
  const failing = pool.transaction(async (tx) => {
    await ensureTenant(tx, "half");
    throw new Error("stop");
  });
  await assert.rejects(failing, /stop/);
  const made = await pool.transaction(async (tx) => {
    await ensureTenant(tx, "acme");
    await tx.transaction((inner) => ensureTenant(inner, "acme"));
    return tx.query("SELECT count(*)::int AS n FROM tenants", [], one);
  });
  assert.deepEqual(made, [{ n: 2 }]);
});

test("who stands still inside a transaction gives up its locks to those who wait for them", async () => {
  await ensureTenant(pool, "still");
  const lock = (sql: Sql) => sql.query("SELECT 1 AS n FROM tenants WHERE name = 'still' FOR UPDATE", [], one);
  // What copies a database takes its time, and waits for whoever reads the copy.
  const copying = await pool.session(false);
  await copying.execute("BEGIN", []);
  const locked = Promise.withResolvers<void>();
  const others = Promise.withResolvers<unknown>();
  const still = pool.transaction(async (tx) => {
    await lock(tx);
    locked.resolve();
    await others.promise.catch(() => undefined);
    return lock(tx);
  });
  await locked.promise;
  others.resolve(lock(pool));
  await assert.rejects(still, isCode("unavailable"));
  assert.deepEqual(await others.promise, [{ n: 1 }]);
  assert.deepEqual(await copying.query("SELECT 1 AS n", [], one), [{ n: 1 }]);
  await copying.end();
});

test("the server asks every connection within seconds whether its client is still there", async () => {
  const sql = "SELECT sum(current_setting('tcp_keepalives_' || name)::int)::int AS n FROM unnest($1::text[]) AS name";
  const names = ["idle", "interval", "count"];
  const session = await pool.session(false);
  for (const connection of [pool, session]) {
    const [row] = await connection.query(sql, [names], one);
    assert.equal(row?.n, 12);
  }
  await session.end();
});

test("an API key is found by its hash until it is revoked by its own tenant", async () => {
  const keyId = "01890000-0000-7000-8000-000000000001";
  const key = { keyId, tenant: "default", name: "agent", prefix: "sl_i_x", hash: "a".repeat(64) };
  await insertApiKey(pool, { ...key, scopes: ["ingest"] });
  assert.deepEqual(await findApiKey(pool, key.hash), { keyId, tenant: "default", scopes: ["ingest"] });
  assert.equal(await findApiKey(pool, "b".repeat(64)), undefined);
  const sameName = { ...key, keyId: "01890000-0000-7000-8000-000000000002", hash: "b".repeat(64) };
  await assert.rejects(insertApiKey(pool, { ...sameName, scopes: ["query"] }), isCode("already_exists"));
  assert.equal(await revokeApiKey(pool, "acme", keyId), undefined);
  assert.equal(await revokeApiKey(pool, "default", keyId), key.hash);
  assert.equal(await findApiKey(pool, key.hash), undefined);
  await insertApiKey(pool, { ...sameName, scopes: ["query"] });
  assert.equal((await listApiKeys(pool, "default")).length, 2);
  assert.deepEqual(await listApiKeys(pool, "acme"), []);
});

test("a configured key is registered once, and takes the place of an older one of its name", async () => {
  const key = { keyId: "01890000-0000-7000-8000-000000000011", tenant: "default", name: "own", prefix: "p" };
  await ensureApiKey(pool, { ...key, hash: "c".repeat(64), scopes: ["ingest"] });
  await ensureApiKey(pool, {
    ...key,
    keyId: "01890000-0000-7000-8000-000000000012",
    hash: "c".repeat(64),
    scopes: ["ingest"],
  });
  assert.equal((await findApiKey(pool, "c".repeat(64)))?.keyId, key.keyId);
  await ensureApiKey(pool, {
    ...key,
    keyId: "01890000-0000-7000-8000-000000000013",
    hash: "d".repeat(64),
    scopes: ["ingest"],
  });
  assert.equal(await findApiKey(pool, "c".repeat(64)), undefined);
  assert.ok(await findApiKey(pool, "d".repeat(64)));
});

test("given keys are registered by several processes at once, and what is no key is refused by name", async () => {
  const keys = (name: string, text: string) => bootstrapKeysConfig.parse([{ name, key: text, scopes: ["ingest"] }]);
  // A race is lost now and then: many rounds find it.
  for (let round = 0; round < 40; round++) {
    const { key, hash, prefix } = createApiKey("ingest");
    const name = `platform ${round}`;
    await Promise.all(Array.from({ length: 5 }, () => registerBootstrapKeys(pool, keys(name, key), Date.now)));
    assert.equal((await findApiKey(pool, hash))?.tenant, "default");
    const listed = (await listApiKeys(pool, "default")).filter((one) => one.name === name);
    assert.deepEqual(
      listed.map((one) => [one.prefix, one.revokedAt]),
      [[prefix, null]],
    );
  }
  await assert.rejects(
    registerBootstrapKeys(pool, keys("platform", "sl_ingest_x"), Date.now),
    /cannot register the key platform/,
  );
});

test("users are found in any case of their name, sessions until they end", async () => {
  const user = { userId: "01890000-0000-7000-8000-000000000021", tenant: "default", username: "Admin" };
  assert.equal(await insertUser(pool, { ...user, passwordHash: "h", role: "admin" }), true);
  const again = { ...user, userId: "01890000-0000-7000-8000-000000000022", username: "admin" };
  assert.equal(await insertUser(pool, { ...again, passwordHash: "x", role: "viewer" }), false);
  assert.equal((await findUser(pool, "ADMIN"))?.passwordHash, "h");
  assert.equal(await setPassword(pool, { tenant: "acme", userId: user.userId, passwordHash: "n" }), false);
  assert.equal(await setPassword(pool, { tenant: "default", userId: user.userId, passwordHash: "n" }), true);
  const expiresAt = new Date("2030-01-01T00:00:00Z");
  for (const digit of ["1", "2"]) {
    await insertSession(pool, { tokenHash: digit.repeat(64), userId: user.userId, expiresAt });
  }
  const found = await findSession(pool, "1".repeat(64), new Date("2029-12-31T23:59:59Z"));
  assert.deepEqual(found, { ...user, role: "admin", expiresAt });
  assert.equal(await findSession(pool, "1".repeat(64), expiresAt), undefined);
  await deleteSession(pool, "1".repeat(64));
  assert.equal(await deleteExpiredSessions(pool, expiresAt), 1);
});

test("one of several holds the lease; when its connection is cut it stops and another takes over", async () => {
  const stop = new AbortController();
  const log: string[] = [];
  let holding = 0;
  const run = (who: string) =>
    holdLease(pool, {
      name: "test",
      retryMs: 20,
      signal: stop.signal,
      log: quietLog,
      work: async (signal) => {
        holding++;
        log.push(who);
        assert.equal(holding, 1);
        await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
        holding--;
      },
    });
  const all = [run("a"), run("b"), run("c")];
  await eventually(() => log.length === 1);
  await pool.execute(
    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
    [],
  );
  await eventually(() => log.length === 2 && holding === 1);
  stop.abort();
  await Promise.all(all);
  assert.equal(holding, 0);
});

test("a holder of the lease that stands still loses it to one that does not", async () => {
  const stop = new AbortController();
  const holds: string[] = [];
  // Like a process that was stopped: it holds its connection and says nothing over it.
  const still = await pool.session();
  await still.execute("SELECT pg_advisory_lock(hashtextextended($1, 0))", ["lease:still"]);
  const held = holdLease(pool, {
    name: "still",
    retryMs: 150,
    signal: stop.signal,
    log: quietLog,
    work: async (signal) => {
      holds.push("taken");
      await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    },
  });
  const since = performance.now();
  while (performance.now() - since < 2000) await still.execute("SELECT 1", []);
  assert.deepEqual(holds, [], "while it speaks it keeps the lease");
  await eventually(() => holds.length === 1 && still.lost.aborted);
  stop.abort();
  await held;
  await still.end();
});

test("a server that is away is unavailable, and found again", async () => {
  await using own = await startPrivatePostgres();
  const away = createPool({ url: own.url, maxConnections: 2 }, { log: quietLog });
  await away.ping();
  await own.kill();
  await assert.rejects(away.ping(), isCode("unavailable"));
  await own.restart();
  await eventually(() => away.ping());
  await away.close();
});
