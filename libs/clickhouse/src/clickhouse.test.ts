import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { after, before, test } from "node:test";
import { encodeBlock } from "@sightline/columns/native-block";
import { appendInteger, appendText, stringColumn, uint64Column } from "@sightline/columns/plain-column";
import { newTable } from "@sightline/columns/table";
import { AppError, type ErrorCode } from "@sightline/errors/app-error";
import { eventually } from "@sightline/testkit/eventually";
import { quietLog } from "@sightline/testkit/quiet-log";
import { startClickHouse } from "@sightline/testkit/servers";
import { z } from "zod";
import { type ClickHouse, createClickHouse } from "./client.ts";
import { appliedMigrations, migrate, statements } from "./migrate.ts";

let server: Awaited<ReturnType<typeof startClickHouse>>;
let clickhouse: ClickHouse;
const counted = z.object({ n: z.coerce.number() });

before(async () => {
  server = await startClickHouse();
  clickhouse = createClickHouse(server, { log: quietLog });
});

after(async () => {
  await clickhouse.close();
  await server.stop();
});

async function count(sql: string, params: Record<string, unknown> = {}): Promise<number | undefined> {
  const [row] = await clickhouse.query(sql, params, { schema: counted });
  return row?.n;
}

function isCode(code: ErrorCode) {
  return (thrown: unknown) => {
    assert.equal(AppError.from(thrown).code, code, AppError.from(thrown).message);
    return true;
  };
}

test("rows are read by the schema; parameters are bound by the server; 64-bit integers keep their digits", async () => {
  await clickhouse.ping();
  const schema = z.object({ s: z.string(), n: z.coerce.bigint() });
  const sql = "SELECT {s:String} AS s, toUInt64('18446744073709551615') AS n";
  const quote = 'it\'s \\ "quoted"';
  assert.deepEqual(await clickhouse.query(sql, { s: quote }, { schema }), [{ s: quote, n: 18446744073709551615n }]);
  const compact = await clickhouse.query(
    "SELECT number FROM numbers(3)",
    {},
    {
      schema: z.tuple([z.coerce.number()]),
      format: "JSONCompactEachRow",
    },
  );
  assert.deepEqual(compact, [[0], [1], [2]]);
  await assert.rejects(clickhouse.query("SELECT 'x' AS n", {}, { schema: counted }), isCode("internal"));
});

test("many rows are read in whole columns; one that fails on the way says so", async () => {
  const sql = `SELECT number AS id, number / 2 AS half, toString(number) AS text, map('k', toString(number)) AS labels,
    toDateTime64(number, 3, 'UTC') AS at, toLowCardinality(toString(number % 3)) AS kind
    FROM numbers({rows:UInt64})`;
  let rows = 0;
  let sum = 0;
  for await (const block of clickhouse.readBlocks(sql, { rows: 200_000 })) {
    const [half, text, kind, at] = [
      block.column("half"),
      block.column("text"),
      block.column("kind"),
      block.column("at"),
    ];
    assert.ok(half.kind === "numbers" && text.kind === "texts" && kind.kind === "texts" && at.kind === "numbers");
    for (const value of half.values) sum += Number(value);
    assert.equal(text.values[0], String(rows));
    assert.equal(kind.values[0], String(rows % 3));
    assert.equal(Number(at.values[0]), rows * 1000);
    rows += block.rows;
  }
  assert.equal(rows, 200_000);
  assert.equal(sum, (199_999 * 200_000) / 4);
  const late = "SELECT throwIf(number = 1500000, 'late') AS never, number AS id FROM numbers(2000000)";
  let before = 0;
  const reading = async () => {
    for await (const block of clickhouse.readBlocks(late, {})) before += block.rows;
  };
  await assert.rejects(reading, (thrown) => isCode("internal")(thrown) && /late/.test(String(thrown)));
  assert.ok(before > 0, "the rows before come at once");
});

test("errors say whose fault it is", async () => {
  const cases: [sql: string, settings: Record<string, number>, code: ErrorCode][] = [
    ["SELEC 1", {}, "internal"],
    ["SELECT 1 FROM missing", {}, "internal"],
    ["SELECT {n:UInt8} AS n", {}, "internal"],
    ["SELECT toUInt8('x') AS n", {}, "invalid_argument"],
    ["SELECT count() AS n FROM numbers(1000000)", { max_rows_to_read: 10 }, "resource_exhausted"],
    [
      "SELECT sleepEachRow(0.1) AS n FROM numbers(100)",
      { max_execution_time: 1, max_block_size: 1 },
      "deadline_exceeded",
    ],
  ];
  for (const [sql, settings, code] of cases) {
    await assert.rejects(clickhouse.query(sql, {}, { schema: counted, settings }), isCode(code), sql);
  }
  const signal = AbortSignal.timeout(50);
  const slow = clickhouse.query("SELECT sleep(1) AS n", {}, { schema: counted, signal });
  await assert.rejects(slow, isCode("cancelled"));
  const nobody = createClickHouse({ ...server, url: "http://127.0.0.1:1" }, { log: quietLog });
  await assert.rejects(nobody.ping(), isCode("unavailable"));
  await assert.rejects(nobody.command("SELECT 1"), isCode("unavailable"));
  await nobody.close();
});

test("an answer that the server breaks off is an outage, not the caller's abort", async () => {
  const breaking = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", () => socket.destroy());
    });
  });
  await once(breaking.listen(0, "127.0.0.1"), "listening");
  const address = breaking.address();
  assert.ok(typeof address === "object" && address !== null);
  const broken = createClickHouse({ ...server, url: `http://127.0.0.1:${address.port}` }, { log: quietLog });
  const { signal } = new AbortController();
  try {
    await assert.rejects(broken.query("SELECT 1 AS n", {}, { schema: counted, signal }), isCode("unavailable"));
    await assert.rejects(broken.insertNative("blocks", block(0, 1), { signal }), isCode("unavailable"));
  } finally {
    await broken.close();
    breaking.close();
  }
});

test("a connection that ends as it is used costs no answer of what only reads, and is told of an insert", async () => {
  let requests = 0;
  const ending = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => {
      requests++;
      if (requests % 2 === 1) socket.resetAndDestroy();
      else socket.end('HTTP/1.1 200 OK\r\nContent-Length: 8\r\nConnection: close\r\n\r\n{"n":7}\n');
    });
  });
  await once(ending.listen(0, "127.0.0.1"), "listening");
  const address = ending.address();
  assert.ok(typeof address === "object" && address !== null);
  const ended = createClickHouse({ ...server, url: `http://127.0.0.1:${address.port}` }, { log: quietLog });
  try {
    assert.deepEqual(await ended.query("SELECT 7 AS n", {}, { schema: counted }), [{ n: 7 }]);
    assert.equal(requests, 2);
    await assert.rejects(ended.insertNative("blocks", block(0, 1)), isCode("unavailable"));
    assert.equal(requests, 3);
  } finally {
    await ended.close();
    ending.close();
  }
});

/** A block of `rows` rows from `first` on. */
function block(first: number, rows: number): Uint8Array[] {
  const n = uint64Column();
  const text = stringColumn();
  for (let index = first; index < first + rows; index++) {
    appendInteger(n, index);
    appendText(text, `row ${index}`);
  }
  const table = newTable({ n, text });
  table.rows = rows;
  return encodeBlock(table);
}

test("a block is inserted once for each token, whatever is sent with it", async () => {
  await clickhouse.command(
    `CREATE TABLE blocks (n UInt64, text String) ENGINE = MergeTree ORDER BY n
     SETTINGS non_replicated_deduplication_window = 100`,
  );
  const rows = "SELECT count() AS n FROM blocks";
  await clickhouse.insertNative("blocks", block(0, 10_000), { columns: ["n", "text"], deduplicationToken: "a/1-2" });
  assert.equal(await count(rows), 10_000);
  await clickhouse.insertNative("blocks", block(0, 10_000), { deduplicationToken: "a/1-2" });
  assert.equal(await count(rows), 10_000);
  await clickhouse.insertNative("blocks", block(10_000, 5), { deduplicationToken: "a/3-4" });
  assert.equal(await count("SELECT n FROM blocks WHERE text = {text:String}", { text: "row 10004" }), 10_004);
});

test("an insert that fails leaves nothing behind and says why", async () => {
  await clickhouse.command("CREATE TABLE strict (n UInt64) ENGINE = MergeTree ORDER BY n");
  await assert.rejects(clickhouse.insertNative("missing", block(0, 1)), isCode("internal"));
  await assert.rejects(clickhouse.insertNative("strict", Buffer.from("no block")), AppError);
  await assert.rejects(clickhouse.insertNative("strict; DROP TABLE strict", block(0, 1)), isCode("internal"));
  const aborted = clickhouse.insertNative("blocks", block(0, 1), { signal: AbortSignal.abort() });
  await assert.rejects(aborted, isCode("cancelled"));
  assert.equal(await count("SELECT count() AS n FROM strict"), 0);
});

test("migrations run once, in a database that is made; a newer or changed history is refused", async () => {
  const database = `${server.database}_migrated`;
  const own = createClickHouse({ ...server, database }, { log: quietLog });
  const first = {
    name: "0001_a",
    sql: "-- The first; one.\nCREATE TABLE IF NOT EXISTS a (n UInt8)\nENGINE = Memory;\n",
  };
  const second = { name: "0002_b", sql: "INSERT INTO a VALUES (1);\nINSERT INTO a VALUES (2);\n" };
  try {
    await migrate(own, [first], quietLog);
    await migrate(own, [first, second], quietLog);
    await migrate(own, [first, second], quietLog);
    const [row] = await own.query("SELECT count() AS n FROM a", {}, { schema: counted });
    assert.equal(row?.n, 2);
    await assert.rejects(migrate(own, [first], quietLog), /newer program/);
    await assert.rejects(migrate(own, [{ ...first, sql: "SELECT 1;" }, second], quietLog), /was changed/);
  } finally {
    await own.command(`DROP DATABASE ${database}`);
    await own.close();
  }
});

test("what takes all that is there goes on day by day after a start that was ended, and is waited for while it runs", async () => {
  const database = `${server.database}_by_day`;
  const ownOf = (requestTimeoutMs: number) =>
    createClickHouse({ ...server, database, requestTimeoutMs }, { log: quietLog });
  const hasty = ownOf(1000);
  const other = ownOf(10_000);
  const tables = `CREATE TABLE source (at DateTime) ENGINE = MergeTree PARTITION BY toDate(at) ORDER BY at;
CREATE TABLE target (day Date, n UInt64, slept UInt64) ENGINE = MergeTree ORDER BY day;
INSERT INTO source SELECT toDateTime(toDate('2026-01-01') + number) FROM numbers(3);
INSERT INTO source SELECT toDateTime('2026-01-02 00:00:00') FROM numbers(13);`;
  const fill = `INSERT INTO target SELECT toDate(at) AS day, count(), sum(sleepEachRow(0.2)) FROM source
WHERE toDate(at) = {day_of_source:Date} GROUP BY day`;
  const sql = `${fill};\nSELECT 1;`;
  const all = [
    { name: "0001_tables", sql: tables },
    { name: "0002_fill", sql },
  ];
  const filled = async () => {
    const rows = await other.query(
      "SELECT toString(day) AS day FROM target",
      {},
      { schema: z.object({ day: z.string() }) },
    );
    return rows.map(({ day }) => day).sort();
  };
  const ending = {
    ...other,
    command: async (...[text, params, options]: Parameters<ClickHouse["command"]>) => {
      if (Object.values(params ?? {}).includes("2026-01-02")) throw new Error("killed");
      await other.command(text, params, options);
    },
  };
  try {
    await assert.rejects(migrate(ending, all, quietLog), /killed/);
    assert.deepEqual(await filled(), ["2026-01-01"]);
    const first = migrate(hasty, all, quietLog);
    await eventually(
      async () => (await count("SELECT count() AS n FROM system.processes WHERE query LIKE 'INSERT %target%'")) === 1,
    );
    await assert.rejects(migrate(other, all, quietLog), isCode("unavailable"));
    await first;
    await migrate(other, all, quietLog);
    assert.deepEqual(await filled(), ["2026-01-01", "2026-01-02", "2026-01-03"], "each day once");
    assert.deepEqual(await appliedMigrations(other, AbortSignal.timeout(10_000)), ["0001_tables", "0002_fill"]);
  } finally {
    await other.command(`DROP DATABASE ${database}`);
    await hasty.close();
    await other.close();
  }
});

test("a file is split at the semicolons that end a line", () => {
  assert.deepEqual(statements("-- a; b;\nSELECT ';' ;\n\nSELECT 2;\n-- the end\n"), ["SELECT ';'", "SELECT 2"]);
});
