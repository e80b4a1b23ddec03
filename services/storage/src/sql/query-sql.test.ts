import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createClickHouse } from "@sightline/clickhouse/client";
import { AppError } from "@sightline/errors/app-error";
import type { QuerySqlResponse } from "@sightline/proto/sightline/query/v1/sql_service";
import { eventually } from "@sightline/testkit/eventually";
import { quietLog } from "@sightline/testkit/quiet-log";
import { z } from "zod";
import { contextOf, startTestDatabase, type TestDatabase } from "../testing/database.ts";
import type { SqlLimits } from "./limits.ts";
import { listSqlTables } from "./list-sql-tables.ts";
import { querySql } from "./query-sql.ts";
import { SQL_TABLES } from "./tables.ts";

const LIMITS: SqlLimits = {
  maxExecutionMs: 10_000,
  maxRowsToRead: 1e9,
  maxBytesToRead: 1e12,
  maxMemoryBytes: 1e9,
  maxResultRows: 200_000,
  maxResultCharacters: 20_000_000,
};

let database: TestDatabase;

before(async () => {
  database = await startTestDatabase();
  const time = String(Math.floor(Date.now() / 1000));
  const log = (tenant: string, body: string) => ({
    ...{ Tenant: tenant, Timestamp: time, Body: body, ServiceName: "shop", TraceId: "t1" },
    LogAttributes: { tenant },
  });
  await database.insert("otel_logs", [log("ada", "hello"), log("bob", "secret"), log("ada", "ü\n'")]);
  await database.insert("otel_traces", [{ Tenant: "bob", Timestamp: time, TraceId: "t1", SpanName: "secret" }]);
});

after(async () => await database[Symbol.asyncDispose]());

interface Asked {
  readonly parameters?: Readonly<Record<string, string>>;
  readonly limits?: Partial<SqlLimits>;
  readonly signal?: AbortSignal;
}

function ask(sql: string, { parameters = {}, limits = {}, signal }: Asked = {}): AsyncIterable<QuerySqlResponse> {
  const query = querySql({ clickhouse: database.clickhouse, limits: { ...LIMITS, ...limits } });
  const context = contextOf("ada");
  return query({ sql, parameters: { ...parameters } }, signal === undefined ? context : { ...context, signal });
}

/** The rows of an answer. */
async function rowsOf(sql: string, asked: Asked = {}): Promise<unknown[]> {
  const messages = await Array.fromAsync(ask(sql, asked));
  return messages.flatMap(({ rows }) => rows.map((row): unknown => JSON.parse(row)));
}

test("columns come first, statistics last, the rows between them as they come", async () => {
  const messages = await Array.fromAsync(ask("SELECT Body AS line, toUInt64(5) AS five FROM otel_logs ORDER BY Body"));
  assert.deepEqual(messages[0]?.columns, [
    { name: "line", type: "String", comment: "" },
    { name: "five", type: "UInt64", comment: "" },
  ]);
  const rows = messages.flatMap((message) => message.rows);
  assert.deepEqual(
    rows.map((row): unknown => JSON.parse(row)),
    [
      ["hello", "5"],
      ["ü\n'", "5"],
    ],
  );
  const { statistics } = messages.at(-1) ?? {};
  assert.deepEqual([statistics?.rows, (statistics?.elapsedNano ?? 0n) > 0n], [2n, true]);
  const many = await Array.fromAsync(ask("SELECT arrayJoin(range(100000)) AS n, 'a text' AS text"));
  assert.ok(many.length > 10, `got ${many.length} messages`);
  assert.equal(many.at(-1)?.statistics?.rows, 100_000n);
});

test("totals come with the statistics", async () => {
  const sql = "SELECT ServiceName, count() FROM otel_logs GROUP BY ALL WITH TOTALS LIMIT 5";
  assert.equal((await Array.fromAsync(ask(sql))).at(-1)?.totals, '["","2"]');
});

test("values are JSON that loses nothing", async () => {
  const sql = `SELECT toDecimal128('1.50', 5), inf, -nan, map('a', [1, 2]), (1, 'x'), toInt128(5), NULL, true, 2.5,
    toDateTime64('2026-01-02 03:04:05.123456789', 9), toDate('2026-01-02'), '\\xff', 'a/b'`;
  const want = ["1.5", "inf", "nan", { a: [1, 2] }, [1, "x"], "5", null, true, 2.5];
  assert.deepEqual(await rowsOf(sql), [[...want, "2026-01-02T03:04:05.123456789Z", "2026-01-02", "\ufffd", "a/b"]]);
});

test("parameters are bound by the server", async () => {
  const word = 'it\'s \\ "quoted"\n';
  const values = { word, list: ["a", "it's"], map: { k: "ü" }, n: 7, nothing: null };
  const parameters = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, JSON.stringify(value)]));
  const sql =
    "SELECT {word:String}, {list:Array(String)}, {map:Map(String, String)}, {n:UInt8} + 1, {nothing:Nullable(Int8)}";
  assert.deepEqual(await rowsOf(sql, { parameters }), [[word, ["a", "it's"], { k: "ü" }, 8, null]]);
  const refused: [sql: string, parameters: Readonly<Record<string, string>>, want: RegExp][] = [
    ["SELECT {n:UInt8}", {}, /got no value for the parameter n/],
    ["SELECT {n:UInt8}", { n: "it" }, /got it for the parameter n, want JSON/],
    ["SELECT 1", { n: "1" }, /got a value for n, want {n:Type} in the statement/],
    ["SELECT 1", { sightline_tenant: '"bob"' }, /got a value for sightline_tenant/],
    ["SELECT {sightline_tenant:String}", {}, /want one that does not begin with sightline_/],
    ["SELECT {n:UInt8}", { n: '"30x"' }, /column 8: value 30x cannot be parsed as UInt8 for query parameter 'n'/],
    ["SELECT {n:String}", { n: `"${"x".repeat(200_000)}"` }, /got 200002 characters of parameters/],
  ];
  for (const [source, given, want] of refused) {
    await assert.rejects(rowsOf(source, { parameters: given }), { code: "invalid_argument", message: want }, source);
  }
});

test("no way leads to another tenant's rows or out of the tables", async () => {
  for (const { name } of SQL_TABLES)
    assert.deepEqual(await rowsOf(`SELECT * FROM ${name} WHERE Tenant != 'ada'`), [], name);
  const nothing = [
    "SELECT Body FROM otel_logs WHERE Body = 'secret' OR 1 = 0",
    "SELECT SpanName FROM otel_traces",
    "SELECT l.Body FROM otel_logs AS l JOIN otel_traces AS t ON l.TraceId = t.TraceId",
    "SELECT Body FROM otel_logs WHERE TraceId IN (SELECT TraceId FROM otel_traces)",
    "WITH x AS (SELECT SpanName FROM otel_traces) SELECT * FROM x UNION ALL SELECT SpanName FROM otel_traces",
    "SELECT Tenant AS t FROM (SELECT Tenant FROM otel_logs) AS otel_traces WHERE t != 'ada'",
    "SELECT 'bob' AS Tenant, Body FROM otel_logs WHERE otel_logs.Tenant = 'bob'",
    "SELECT Body AS Tenant FROM otel_logs WHERE Tenant = 'secret'",
    "SELECT Body FROM otel_logs AS a ANTI LEFT JOIN otel_logs AS b ON a.Body = b.Body",
  ];
  for (const sql of nothing) assert.deepEqual(await rowsOf(sql), [], sql);
  const refused = [
    "SELECT * FROM system.tables",
    "SELECT * FROM numbers(5)",
    "SELECT * FROM merge('.*')",
    "SELECT * FROM merge(currentDatabase(), 'otel_logs')",
    "SELECT * FROM remote('127.0.0.1', default.otel_logs)",
    "SELECT * FROM url('http://127.0.0.1/')",
    "SELECT * FROM s3('http://127.0.0.1/x')",
    "SELECT * FROM file('/etc/passwd')",
    "SELECT file('/etc/passwd')",
    "SELECT * FROM dictionary('x')",
    "SELECT dictGet('x', 'y', 1)",
    "SELECT joinGet('otel_logs', 'Body', 1)",
    "SELECT * FROM otel_traces_trace_id_ts_mv",
    "SELECT * FROM metrics_samples_late",
    "SELECT * FROM view(SELECT 1)",
    "SELECT 1 SETTINGS additional_table_filters = {}",
    "SELECT 1 INTO OUTFILE '/tmp/x'",
    "SELECT 1 FORMAT Native",
    "SELECT 1; SELECT 2",
    "SELECT 1 /* -- */; DROP TABLE otel_logs",
    "SELECT /*! x */ 1 FROM/**/system.one",
    "SELECT 1 IN otel_logs",
    "SELECT 1 IN (otel_logs)",
    "INSERT INTO otel_logs (Tenant) VALUES ('ada')",
    "SET readonly = 0",
    "CREATE VIEW x AS SELECT 1",
    "EXPLAIN SELECT 1",
    "SELECT sleep(3)",
    "SELECT getSetting('readonly')",
    "SELECT hostName()",
  ];
  for (const sql of refused) {
    await assert.rejects(
      rowsOf(sql),
      { code: "invalid_argument", message: /^cannot run SQL: at line 1, column \d+ got / },
      sql,
    );
  }
});

test("errors say where and what, and nothing about our insides", async () => {
  const f = async (sql: string, want: string) =>
    await assert.rejects(rowsOf(sql), (error) => {
      assert.ok(error instanceof AppError);
      assert.deepEqual([error.code, error.message], ["invalid_argument", `cannot run SQL: ${want}`], sql);
      return true;
    });
  await f(
    "SELECT\n  Bodyy FROM otel_logs",
    "at line 2, column 3: unknown expression identifier `Bodyy`. Maybe you meant: ['Body']",
  );
  await f(
    "SELECT l.Bodyy FROM otel_logs AS l",
    "at line 1, column 10: identifier 'l.Bodyy' cannot be resolved from subquery with name l. Maybe you meant: ['l.Body']",
  );
  await f("SELECT Body FROM", "at line 1, column 17 got the end, want a table or a query in parentheses");
  await f(
    "SELECT Body Body 'ü' Body FROM otel_logs",
    "at line 1, column 18 got 'ü', want one of , FROM WHERE GROUP BY HAVING WINDOW QUALIFY ORDER BY LIMIT OFFSET FETCH UNION",
  );
  await f(
    "SELECT ServiceName, count() FROM otel_logs",
    "at line 1, column 8: column 'otel_logs.ServiceName' is not under aggregate function and not in GROUP BY keys",
  );
  await f(
    "SELECT toUInt8('abc')",
    "at line 1, column 16: cannot parse string 'abc' as UInt8: syntax error at begin of string. Note: there are toUInt8OrZero and toUInt8OrNull functions, which returns zero/NULL instead of throwing exception",
  );
  await f("SELECT 1 + 'a'", "illegal types UInt8 and String of arguments of function plus");
  await f("SELECT match('a', '(((')", "optimizedRegularExpression: cannot compile re2: (((, error: missing ): (((");
  await f(
    "SELECT count() FROM otel_logs WHERE Timestamp > 'yesterday'",
    "at line 1, column 49: cannot read DateTime: unexpected word: while converting 'yesterday' to DateTime64(9)",
  );
  await f(
    "SELECT x FROM (SELECT 1 AS x) ORDER BY y",
    "at line 1, column 40: unknown expression identifier `y`. Maybe you meant: ['x']",
  );
  await f(
    "SELECT range(100000000000)",
    "a call to function range would produce 100000000000 array elements, which is greater than the allowed maximum of 10000000",
  );
});

test("a statement that takes too much is cut, and says which limit it met", async () => {
  const pairs = "(SELECT arrayJoin(range(100000)) AS x)";
  const slow = `SELECT count() FROM ${pairs} AS a, ${pairs} AS b WHERE sipHash64(a.x, b.x) = 0`;
  const cases: [sql: string, limits: Partial<SqlLimits>, want: RegExp][] = [
    [slow, { maxExecutionMs: 100 }, /more than 0.1 s, want a shorter range of time/],
    ["SELECT count() FROM otel_logs WHERE Body != ''", { maxRowsToRead: 1 }, /more than 1 rows/],
    ["SELECT uniqExact(Body) FROM otel_logs", { maxBytesToRead: 1 }, /more than 1 bytes/],
    [
      "SELECT groupArray(x) FROM (SELECT arrayJoin(range(9000000)) AS x)",
      { maxMemoryBytes: 50_000_000 },
      /more than 50000000 bytes of memory/,
    ],
    ["SELECT arrayJoin(range(1001))", { maxResultRows: 1000 }, /the answer has more than 1000 rows, want a LIMIT/],
    ["SELECT repeat('x', 1001)", { maxResultCharacters: 1000 }, /the answer has more than 1000 characters/],
  ];
  for (const [sql, limits, message] of cases) {
    await assert.rejects(rowsOf(sql, { limits }), { code: "resource_exhausted", message }, sql);
  }
});

test("a statement that nobody waits for any more ends in the database", async () => {
  const running = async () => {
    const sql =
      "SELECT count() AS n FROM system.processes WHERE position(query, 'nobody waits') > 0 AND position(query, 'processes') = 0";
    const [row] = await database.clickhouse.query(sql, {}, { schema: z.object({ n: z.coerce.number() }) });
    return row?.n;
  };
  const gone = new AbortController();
  const pairs = "(SELECT arrayJoin(range(100000)) AS x)";
  const answer = rowsOf(
    `SELECT count(), 'nobody waits' FROM ${pairs} AS a, ${pairs} AS b, ${pairs} AS c WHERE a.x + b.x = c.x`,
    {
      signal: gone.signal,
    },
  );
  await eventually(async () => assert.equal(await running(), 1));
  gone.abort(new AppError("cancelled", "the caller gave up"));
  await assert.rejects(answer, { code: "cancelled" });
  await eventually(async () => assert.equal(await running(), 0));
});

test("what is not the statement's fault is told without a word about our insides", async () => {
  const cases: [elsewhere: object, code: string, message: string][] = [
    [{ url: "http://127.0.0.1:1" }, "unavailable", "cannot run SQL: the database cannot answer now"],
    [{ database: "nowhere" }, "internal", "cannot run SQL: the database failed; storage's log has the details"],
  ];
  for (const [elsewhere, code, message] of cases) {
    const clickhouse = createClickHouse({ ...database.address, ...elsewhere }, { log: quietLog });
    const query = querySql({ clickhouse, limits: LIMITS });
    const answer = Array.fromAsync(query({ sql: "SELECT Body FROM otel_logs", parameters: {} }, contextOf("ada")));
    await assert.rejects(answer, { code, message }).finally(clickhouse.close);
  }
});

test("every table and column that may be asked says what is in it", async () => {
  const { tables } = await listSqlTables(database.reader)({}, contextOf("ada"));
  assert.deepEqual(
    tables.map(({ name }) => name),
    tables.map(({ name }) => name).toSorted(),
  );
  for (const { name, comment, columns } of tables) {
    assert.ok(comment !== "" && columns.length > 3, name);
    assert.equal(columns[0]?.name, "Tenant");
    for (const column of columns) {
      assert.ok(column.comment !== "", `${name}.${column.name} has no comment`);
      assert.ok(!column.type.includes("SimpleAggregateFunction"), `${name}.${column.name} is ${column.type}`);
    }
  }
});
