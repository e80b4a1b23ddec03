import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { type ClickHouse, createClickHouse } from "@sightline/clickhouse/client";
import { migrate, statements } from "@sightline/clickhouse/migrate";
import { quietLog } from "@sightline/testkit/quiet-log";
import { startClickHouse } from "@sightline/testkit/servers";
import { z } from "zod";
import { migrations } from "./migrations.ts";
import { applyRetention } from "./retention/apply-retention.ts";
import { defaultDays, retentionConfig } from "./retention/config.ts";

const schemaSql = readFileSync(new URL("./testing/sql/schema.sql", import.meta.url), "utf8");
const olderRowsSql = readFileSync(new URL("./testing/sql/rows-of-the-first-schema.sql", import.meta.url), "utf8");
const foundRowsSql = readFileSync(new URL("./testing/sql/rows-after-an-upgrade.sql", import.meta.url), "utf8");
const table = z.object({ name: z.string(), definition: z.string() });

let server: Awaited<ReturnType<typeof startClickHouse>>;
/** Of a start that nothing happened to. */
let wanted: Map<string, string>;
const opened = new AsyncDisposableStack();

before(async () => {
  server = opened.use(await startClickHouse());
  const alone = databaseNamed("alone");
  await migrate(alone, migrations, quietLog);
  wanted = await schemaOf(alone);
});
after(() => opened.disposeAsync());

/** Another database of the server, which is dropped at the end. */
function databaseNamed(name: string): ClickHouse {
  const database = `${server.database}_${name}`;
  const clickhouse = createClickHouse({ ...server, database }, { log: quietLog });
  opened.defer(async () => {
    await clickhouse.command(`DROP DATABASE IF EXISTS ${database} SYNC`);
    await clickhouse.close();
  });
  return clickhouse;
}

/** The definitions of all tables and views, without the name of the database. */
async function schemaOf(clickhouse: ClickHouse): Promise<Map<string, string>> {
  const rows = await clickhouse.query(schemaSql, {}, { schema: table });
  return new Map(rows.map(({ name, definition }) => [name, definition]));
}

/** Ends after so many statements, as a process that is killed does. */
function endingAfter(clickhouse: ClickHouse, maxCommands: number): ClickHouse {
  let left = maxCommands;
  return {
    ...clickhouse,
    command: async (sql, params, options) => {
      if (left === 0) throw new Error("killed");
      left -= 1;
      await clickhouse.command(sql, params, options);
    },
  };
}

async function addOlderRows(clickhouse: ClickHouse): Promise<void> {
  for (const statement of statements(olderRowsSql)) await clickhouse.command(statement);
}

async function countApplied(clickhouse: ClickHouse): Promise<number> {
  const counted = z.object({ n: z.coerce.number() });
  const [row] = await clickhouse.query(
    "SELECT count() AS n FROM schema_migrations FINAL WHERE name NOT LIKE '%/%'",
    {},
    { schema: counted },
  );
  return row?.n ?? 0;
}

test("the list of migrations is the folder, in order", () => {
  const files = readdirSync(new URL("../migrations", import.meta.url)).toSorted();
  assert.deepEqual(
    migrations.map(({ name }) => `${name}.sql`),
    files,
  );
});

test("starts that end after any statement of any migration come to the same schema as one that does not", async () => {
  const broken = databaseNamed("broken");
  let starts = 0;
  await migrate(broken, [], quietLog);
  for (const [at, { name }] of migrations.entries()) {
    const before = migrations.slice(0, at + 1);
    // The first statement of a start makes the table of what was applied.
    for (let done = 2; (await countApplied(broken)) === at; done++) {
      const start = migrate(endingAfter(broken, done), before, quietLog);
      await start.catch((thrown: unknown) => assert.match(String(thrown), /killed/));
      starts += 1;
    }
    assert.equal(await countApplied(broken), at + 1);
    if (name === "0005_events") await addOlderRows(broken);
  }
  assert.ok(starts > 60, `${starts} starts`);
  assert.deepEqual(await schemaOf(broken), wanted);
});

test("several that start at once come to the same schema, each of them", async () => {
  const shared = databaseNamed("shared");
  await Promise.all(Array.from({ length: 4 }, () => migrate(shared, migrations, quietLog)));
  assert.deepEqual(await schemaOf(shared), wanted);
  assert.equal(await countApplied(shared), migrations.length);
});

test("a database with rows of the first schema has them all after the upgrade, and takes more", async () => {
  const older = databaseNamed("older");
  const first = migrations.filter(({ name }) => name > "0001" && name < "0006");
  await migrate(older, first, quietLog);
  const findRows = () => older.query(foundRowsSql, {}, { schema: z.record(z.string(), z.coerce.number()) });
  await addOlderRows(older);
  await migrate(older, migrations, quietLog);
  const once = {
    logs: 1000,
    logsOfUser: 1,
    logsOfHost: 1000,
    logsOfStreams: 1000,
    keysOfLogs: 1,
    spansOfUser: 1,
    traces: 1000,
    requests: (999 * 1000) / 2,
    latencies: 3,
    sizes: 3,
    events: 1000,
  };
  assert.deepEqual(await findRows(), [once]);

  await addOlderRows(older);
  const twice = {
    ...Object.fromEntries(Object.entries(once).map(([what, rows]) => [what, 2 * rows])),
    traces: 1000,
    keysOfLogs: 1,
  };
  assert.deepEqual(await findRows(), [twice]);
  // Parts that were written before the migrations and after them become one.
  const tables = [...wanted].flatMap(([name, definition]) => (/ENGINE = \w*MergeTree/.test(definition) ? [name] : []));
  for (const name of tables) await older.command(`OPTIMIZE TABLE ${name} FINAL`);
  assert.deepEqual(await findRows(), [twice]);
});

test("records older than the limit that a table is made with are found after the upgrade, where they are kept for longer", async () => {
  const older = databaseNamed("kept_longer");
  const first = migrations.filter(({ name }) => name > "0001" && name < "0006");
  await migrate(older, first, quietLog);
  const keep = async () => {
    const wanted = { defaults: defaultDays(retentionConfig.parse({ logsDays: 365 })), tenants: new Map() };
    return await applyRetention({ clickhouse: older, wanted, sampledPercent: 5, log: quietLog });
  };
  await older.command("ALTER TABLE otel_logs MODIFY TTL toStartOfDay(Timestamp) + toIntervalDay(366)");
  await older.command(`INSERT INTO otel_logs (Tenant, Timestamp, Body, ResourceAttributes, LogAttributes)
    SELECT 'acme', now64(9) - toIntervalDay(200 + number), 'old', map('host.name', 'a'), map('user', 'u') FROM numbers(3)`);
  await migrate(older, migrations, quietLog);
  assert.deepEqual(await keep(), new Map());
  for (const name of ["otel_logs_streams", "otel_logs_attribute_keys"]) {
    await older.command(`OPTIMIZE TABLE ${name} FINAL`);
    const found = await older.query(
      `SELECT uniqExact(Day) AS n FROM ${name}`,
      {},
      { schema: z.object({ n: z.coerce.number() }) },
    );
    assert.deepEqual(found, [{ n: 3 }], name);
    assert.match(
      (await schemaOf(older)).get(name) ?? "",
      /toIntervalDay\(1 \+ 365\)|toIntervalDay\(366\)/,
      "they age with the records",
    );
  }
});
