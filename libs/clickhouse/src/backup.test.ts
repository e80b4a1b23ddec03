import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { quietLog } from "@sightline/testkit/quiet-log";
import { startPrivateClickHouse } from "@sightline/testkit/servers";
import { z } from "zod";
import { backupDatabase, checkBackup, restoreDatabase } from "./backup.ts";
import { type ClickHouse, createClickHouse } from "./client.ts";
import { readContents, setExpiry } from "./contents.ts";

const opened = new AsyncDisposableStack();
let server: Awaited<ReturnType<typeof startPrivateClickHouse>>;
let clickhouse: ClickHouse;
let other: ClickHouse;

before(async () => {
  server = opened.use(await startPrivateClickHouse());
  clickhouse = createClickHouse(server, { log: quietLog });
  other = createClickHouse({ ...server, database: "elsewhere" }, { log: quietLog });
  opened.defer(async () => void (await Promise.all([clickhouse.close(), other.close()])));
  const table = "(time DateTime, value UInt64) ENGINE = MergeTree ORDER BY value";
  await clickhouse.command(`CREATE TABLE kept ${table} TTL time + INTERVAL 1 DAY SETTINGS merge_with_ttl_timeout = 0`);
  await clickhouse.command(`CREATE TABLE seen ${table}`);
  await clickhouse.command(`CREATE MATERIALIZED VIEW see TO seen AS SELECT * FROM kept`);
  await setExpiry(clickhouse, false, soon());
  // Long over: they go with the next merge that may take them.
  await clickhouse.command("INSERT INTO kept SELECT now() - INTERVAL 9 DAY, number FROM numbers(1000)");
});
after(() => opened.disposeAsync());

const soon = () => AbortSignal.timeout(30_000);
const work = () => ({ signal: soon(), onProgress: () => undefined });
const placeOf = (name: string) => `File('${join(server.backupsDir, name)}')`;
const from = () => clickhouse.database;
const databases = async () =>
  (await clickhouse.query("SELECT name FROM system.databases", {}, { schema: z.object({ name: z.string() }) }))
    .map(({ name }) => name)
    .sort();

test("a database comes back under another name with all it had, though the time of its rows is over", async () => {
  const contents = await readContents(clickhouse, { hash: true, signal: soon() });
  assert.deepEqual(
    contents.map(({ name, rows }) => [name, rows]),
    [
      ["kept", 1000],
      ["seen", 1000],
    ],
  );
  await backupDatabase(clickhouse, placeOf("whole"), work());
  for (const _again of [1, 2]) {
    await restoreDatabase(other, placeOf("whole"), { ...work(), from: from() });
    await other.command("OPTIMIZE TABLE kept FINAL");
    assert.deepEqual(await readContents(other, { hash: true, signal: soon() }), contents);
  }
  await setExpiry(other, true, soon());
  await other.command("OPTIMIZE TABLE kept FINAL");
  assert.deepEqual((await readContents(other, { hash: false, signal: soon() }))[0], { name: "kept", rows: 0 });
});

test("what is written once it is fixed is not in the backup, though it is still being copied", async () => {
  const many = createClickHouse({ ...server, database: "many" }, { log: quietLog });
  await many.ensureDatabase();
  for (const table of ["a", "b", "c"]) {
    await many.command(`CREATE TABLE ${table} (text String CODEC(NONE)) ENGINE = MergeTree ORDER BY tuple()`);
    await many.command(`INSERT INTO ${table} SELECT randomString(100) FROM numbers(100000)`);
  }
  const contents = await readContents(many, { hash: true, signal: soon() });
  const shares: number[] = [];
  let statesThen: unknown;
  const onFixed = async () => {
    for (const table of ["a", "b", "c"]) await many.command(`INSERT INTO ${table} SELECT 'later' FROM numbers(1000)`);
    for (const table of ["a", "b", "c"]) await many.command(`OPTIMIZE TABLE ${table} FINAL`);
    const sql = "SELECT toString(status) AS status FROM system.backups WHERE name LIKE '%fixed%'";
    statesThen = await many.query(sql, {}, { schema: z.object({ status: z.string() }) });
  };
  const onProgress = (done: number, total: number) => void shares.push(done / total);
  // Some 30 MB, so that copying goes on for seconds after it has begun.
  const settings = { max_backup_bandwidth: 15_000_000 };
  const slow: ClickHouse = { ...many, command: (sql, params, how) => many.command(sql, params, { ...how, settings }) };
  await backupDatabase(slow, placeOf("fixed"), { signal: soon(), onFixed, onProgress });
  assert.deepEqual(statesThen, [{ status: "CREATING_BACKUP" }]);
  assert.deepEqual(shares, shares.toSorted());
  assert.equal(shares.at(-1), 1);
  await restoreDatabase(many, placeOf("fixed"), { ...work(), from: "many" });
  assert.deepEqual(await readContents(many, { hash: true, signal: soon() }), contents);
  await many.close();
});

test("looking whether a backup is there leaves nothing behind, found or not", async () => {
  const before = await databases();
  await backupDatabase(clickhouse, placeOf("checked"), work());
  await checkBackup(clickhouse, placeOf("checked"), { ...work(), from: from() });
  await assert.rejects(checkBackup(clickhouse, placeOf("missing"), { ...work(), from: from() }), {
    code: "failed_precondition",
    message: /clickhouse says .*not found|clickhouse says .*missing/i,
  });
  assert.deepEqual(await databases(), before);
});

test("a place that is taken is left as it is, and said in one line", async () => {
  await backupDatabase(clickhouse, placeOf("taken"), work());
  const files = await readdir(join(server.backupsDir, "taken"));
  await assert.rejects(backupDatabase(clickhouse, placeOf("taken"), work()), (error: Error) => {
    assert.match(error.message, /^cannot finish the backup or restore: clickhouse says .*already exists/);
    assert.doesNotMatch(error.message, /Stack trace|\n/);
    return true;
  });
  assert.deepEqual(await readdir(join(server.backupsDir, "taken")), files);
});

test("keys of a place are in no error", async () => {
  const place = "S3('http://127.0.0.1:1/bucket/x', 'AKIA-of-the-test', 'secret of the test')";
  await assert.rejects(backupDatabase(clickhouse, place, { ...work(), signal: AbortSignal.timeout(1500) }), (error) => {
    assert.doesNotMatch(String(error), /AKIA-of-the-test|secret of the test/);
    return true;
  });
});

test("what is broken off has ended on the server too", async () => {
  const interrupted = new AbortController();
  const interrupting: ClickHouse = {
    ...clickhouse,
    query: (...args) => {
      if (args[0].includes("system.backups")) interrupted.abort();
      return clickhouse.query(...args);
    },
  };
  const options = { signal: interrupted.signal, onProgress: () => undefined };
  await assert.rejects(backupDatabase(interrupting, placeOf("interrupted"), options), { code: "cancelled" });
  const schema = z.object({ status: z.string() });
  const sql = "SELECT toString(status) AS status FROM system.backups WHERE name LIKE '%interrupted%'";
  const found = await clickhouse.query(sql, {}, { schema });
  assert.equal(found.length, 1);
  // It may have been done already.
  for (const { status } of found) assert.match(status, /^BACKUP_(CANCELLED|FAILED|CREATED)$/);
});
