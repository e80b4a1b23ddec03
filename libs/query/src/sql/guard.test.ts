import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { guardSql } from "./guard.ts";

const options = { database: "sightline", tables: new Set(["otel_logs", "otel_traces"]) };
const guard = (source: string) => guardSql(source, options);

/** A table as it is written again. */
const tenants = (table: string, alias = table) =>
  `(SELECT * FROM \`sightline\`.\`${table}\` WHERE Tenant = {sightline_tenant:String}) AS \`${alias}\``;
const logs = tenants("otel_logs");
const spans = tenants("otel_traces");

test("writes what only reads anew, each table with its tenant", () => {
  const f = (source: string, want: string) => assert.equal(guard(source).sql, want, source);
  f("select 1", "select 1");
  f("SELECT count() FROM otel_logs;", `SELECT count ( ) FROM ${logs}`);
  f(
    "SELECT Body AS line, l.ServiceName service FROM sightline.otel_logs AS l",
    `SELECT \`Body\` AS \`line\` , \`l\` . \`ServiceName\` \`service\` FROM ${tenants("otel_logs", "l")}`,
  );
  f(
    "SELECT \"Body\" FROM `sightline`.\"otel_logs\" x WHERE Body LIKE '%it''s \\'%' -- so it is",
    `SELECT \`Body\` FROM ${tenants("otel_logs", "x")} WHERE \`Body\` LIKE '%it\\'s \\'%'`,
  );
  f("SELECT /* a */ * EXCEPT (Body) FROM otel_logs /* FROM users */", `SELECT * EXCEPT ( \`Body\` ) FROM ${logs}`);
  f(
    "SELECT -1e-5, 0x1F, .5, tuple(1, 2).1, [1, 2][1], 'a' || 'b', 5 % 2, NULL IS NULL",
    "SELECT - 1e-5 , 0x1F , .5 , tuple ( 1 , 2 ) . 1 , [ 1 , 2 ] [ 1 ] , 'a' || 'b' , 5 % 2 , NULL IS NULL",
  );
  f(
    "SELECT CAST(1 AS Nullable(Decimal(10, 2))), x::Array(String) FROM otel_logs",
    `SELECT CAST ( 1 AS Nullable ( Decimal ( 10 , 2 ) ) ) , \`x\` :: Array ( String ) FROM ${logs}`,
  );
  f(
    "SELECT quantileIf(0.9)(Duration, Duration > 0), arrayMap(x -> x + 1, [1]) FROM otel_traces",
    `SELECT quantileIf ( 0.9 ) ( \`Duration\` , \`Duration\` > 0 ) , arrayMap ( \`x\` -> \`x\` + 1 , [ 1 ] ) FROM ${spans}`,
  );
  f(
    "SELECT toStartOfInterval(Timestamp, INTERVAL 5 MINUTE) AS t, count() c FROM otel_logs WHERE Timestamp > now() - toIntervalHour(1) GROUP BY t WITH TOTALS HAVING c > 1 ORDER BY t DESC NULLS LAST WITH FILL STEP 300 LIMIT 10 OFFSET 5",
    `SELECT toStartOfInterval ( Timestamp , INTERVAL 5 MINUTE ) AS \`t\` , count ( ) \`c\` FROM ${logs} WHERE Timestamp > now ( ) - toIntervalHour ( 1 ) GROUP BY \`t\` WITH TOTALS HAVING \`c\` > 1 ORDER BY \`t\` DESC NULLS LAST WITH FILL STEP 300 LIMIT 10 OFFSET 5`,
  );
  f(
    "SELECT row_number() OVER (PARTITION BY a ORDER BY b ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM otel_logs",
    `SELECT row_number ( ) OVER ( PARTITION BY \`a\` ORDER BY \`b\` ROWS BETWEEN 1 PRECEDING AND CURRENT ROW ) FROM ${logs}`,
  );
  f(
    "SELECT CASE WHEN a = 1 THEN 'x' ELSE 'y' END, left(b, 1), any(c) FROM otel_logs GROUP BY ALL ORDER BY ALL",
    `SELECT CASE WHEN \`a\` = 1 THEN 'x' ELSE 'y' END , left ( \`b\` , 1 ) , any ( \`c\` ) FROM ${logs} GROUP BY ALL ORDER BY ALL`,
  );
});

test("knows where tables stand", () => {
  const f = (source: string, want: string) => assert.equal(guard(source).sql, want, source);
  f("SELECT * FROM otel_logs, otel_traces AS t", `SELECT * FROM ${logs} , ${tenants("otel_traces", "t")}`);
  f(
    "SELECT * FROM otel_logs l LEFT ANY JOIN otel_traces t ON l.TraceId = t.TraceId AND left(l.a, 2) = t.b, otel_logs WHERE 1",
    `SELECT * FROM ${tenants("otel_logs", "l")} LEFT ANY JOIN ${tenants("otel_traces", "t")} ON \`l\` . \`TraceId\` = \`t\` . \`TraceId\` AND left ( \`l\` . \`a\` , 2 ) = \`t\` . \`b\` , ${logs} WHERE 1`,
  );
  f(
    "SELECT * FROM otel_logs INNER JOIN otel_traces USING (TraceId, SpanId)",
    `SELECT * FROM ${logs} INNER JOIN ${spans} USING ( \`TraceId\` , \`SpanId\` )`,
  );
  f(
    "SELECT k FROM otel_logs ARRAY JOIN mapKeys(a) AS k, b CROSS JOIN otel_traces",
    `SELECT \`k\` FROM ${logs} ARRAY JOIN mapKeys ( \`a\` ) AS \`k\` , \`b\` CROSS JOIN ${spans}`,
  );
  f(
    "SELECT 1 FROM otel_logs AS a LEFT JOIN (SELECT 2 AS x) AS b ON a.x = b.x JOIN(SELECT 3)USING(x)",
    `SELECT 1 FROM ${tenants("otel_logs", "a")} LEFT JOIN ( SELECT 2 AS \`x\` ) AS \`b\` ON \`a\` . \`x\` = \`b\` . \`x\` JOIN ( SELECT 3 ) USING ( \`x\` )`,
  );
  f(
    "SELECT * FROM (SELECT 1 AS x UNION ALL (SELECT 2)) AS y",
    "SELECT * FROM ( SELECT 1 AS `x` UNION ALL ( SELECT 2 ) ) AS `y`",
  );
  f(
    "SELECT a IN (SELECT TraceId FROM otel_traces), b NOT IN ('x', 'y'), c GLOBAL IN [1], d IN tuple(1), e IN {x:Array(String)} FROM otel_logs",
    `SELECT \`a\` IN ( SELECT \`TraceId\` FROM ${spans} ) , \`b\` NOT IN ( 'x' , 'y' ) , \`c\` GLOBAL IN [ 1 ] , \`d\` IN tuple ( 1 ) , \`e\` IN {x:Array(String)} FROM ${logs}`,
  );
  f(
    "SELECT (SELECT max(Timestamp) FROM otel_logs), EXISTS (SELECT 1 FROM otel_traces), 1 = ANY (SELECT 1)",
    `SELECT ( SELECT max ( Timestamp ) FROM ${logs} ) , EXISTS ( SELECT 1 FROM ${spans} ) , 1 = ANY ( SELECT 1 )`,
  );
});

test("a name of WITH is not a table, and a table is not a name of WITH", () => {
  const f = (source: string, want: string) => assert.equal(guard(source).sql, want, source);
  f(
    "WITH a AS (SELECT 1 AS x), b AS (SELECT x FROM a) SELECT b.x FROM b JOIN a ON a.x = b.x",
    "WITH `sightline_with_a` AS ( SELECT 1 AS `x` ) , `sightline_with_b` AS ( SELECT `x` FROM `sightline_with_a` AS `a` ) SELECT `b` . `x` FROM `sightline_with_b` AS `b` JOIN `sightline_with_a` AS `a` ON `a` . `x` = `b` . `x`",
  );
  f(
    "WITH 5 AS n, (SELECT 3) AS m, lower('A') AS s SELECT n, m, s",
    "WITH 5 AS `n` , ( SELECT 3 ) AS `m` , lower ( 'A' ) AS `s` SELECT `n` , `m` , `s`",
  );
  f(
    "WITH otel_logs AS (SELECT * FROM otel_logs) SELECT * FROM otel_logs, sightline.otel_logs AS t",
    `WITH \`sightline_with_otel_logs\` AS ( SELECT * FROM ${logs} ) SELECT * FROM \`sightline_with_otel_logs\` AS \`otel_logs\` , ${tenants("otel_logs", "t")}`,
  );
  assert.throws(() => guard("WITH users AS (SELECT * FROM users) SELECT * FROM users"), /got the table users/);
  assert.throws(
    () => guard("SELECT * FROM (WITH users AS (SELECT 1) SELECT * FROM users), users"),
    /got the table users/,
  );
  assert.throws(() => guard("WITH system AS (SELECT 1) SELECT * FROM system.users"), /got the table system.users/);
  assert.throws(() => guard("WITH RECURSIVE a AS (SELECT 1) SELECT * FROM a"), /recursion has no bound/);
});

test("says which tables and parameters a statement has", () => {
  const { tables, parameters } = guard("SELECT {a:UInt8} + { b : String } FROM otel_logs WHERE x = {a:UInt8}");
  assert.deepEqual([[...tables], [...parameters]], [["otel_logs"], ["a", "b"]]);
});

test("knows where in the source stands what it wrote", () => {
  const source = "SELECT  Body,\n  wrong FROM otel_logs";
  const { sql, placeOf } = guard(source);
  for (const word of ["Body", "wrong", "FROM", "otel_logs"]) {
    assert.equal(placeOf(sql.indexOf(word)), source.indexOf(word), word);
  }
  assert.equal(placeOf(sql.length), source.length);
});

test("refuses whatever does more than read", () => {
  const f = (source: string, want: string) =>
    assert.throws(
      () => guard(source),
      (error) => {
        assert.ok(error instanceof AppError);
        assert.equal(error.code, "invalid_argument");
        assert.match(error.message, /^cannot run SQL: at line \d+, column \d+ got /);
        assert.ok(error.message.includes(want), `${source}: want "${want}" in "${error.message}"`);
        return true;
      },
      source,
    );

  // Other statements, and more than one.
  for (const source of [
    "INSERT INTO otel_logs VALUES (1)",
    "DROP TABLE otel_logs",
    "ALTER TABLE otel_logs DELETE WHERE 1",
    "SET readonly = 0",
    "SHOW TABLES",
    "DESCRIBE otel_logs",
    "EXPLAIN SELECT 1",
    "USE system",
    "KILL QUERY WHERE 1",
    "SYSTEM SHUTDOWN",
    "FROM otel_logs SELECT 1",
    "CREATE TABLE x AS SELECT 1",
    "OPTIMIZE TABLE otel_logs",
    "EXISTS TABLE x",
    "VALUES (1)",
    "",
    ";",
    "()",
    "BACKUP TABLE otel_logs TO File('x')",
  ]) {
    f(source, "want SELECT");
  }
  f("SELECT 1; DROP TABLE otel_logs", "one statement");
  f("SELECT 1;; SELECT 2", "one statement");
  f("SELECT 1 PARALLEL WITH SELECT 2", "");
  f("WITH a AS (INSERT INTO otel_logs SELECT 1) SELECT 1", "want SELECT");
  f("SELECT * FROM (DROP TABLE x)", "want SELECT");

  // What belongs to the request.
  f("SELECT 1 SETTINGS readonly = 0", "no SETTINGS");
  f("SELECT * FROM otel_logs SETTINGS additional_table_filters = {}", "");
  f("SELECT * FROM (SELECT 1 SETTINGS max_threads = 1)", "no SETTINGS");
  f("SELECT 1 FORMAT JSON", "no FORMAT");
  f("SELECT * FROM otel_logs LIMIT 1 INTO OUTFILE '/tmp/x'", "no INTO");
  f("SELECT * FROM otel_logs FORMAT Null SETTINGS a = 1", "no FORMAT");

  // Tables of others.
  for (const table of [
    "users",
    "system.tables",
    "`system`.`users`",
    '"system"."one"',
    "information_schema.tables",
    "default.otel_logs",
    "sightline.users",
    "sightline.`.inner.x`",
    "Otel_Logs",
  ]) {
    f(`SELECT * FROM ${table}`, "got the table ");
    f(`SELECT * FROM otel_logs, ${table}`, "got the table ");
    f(`SELECT * FROM otel_logs JOIN ${table} ON 1`, "got the table ");
    f(`SELECT * FROM otel_logs l JOIN otel_traces t ON l.a = t.a, ${table}`, "got the table ");
    f(`SELECT 1 IN (SELECT 1 FROM ${table})`, "got the table ");
    f(`SELECT * FROM (SELECT * FROM ${table}) AS x`, "got the table ");
    f(`SELECT 1 UNION ALL SELECT 1 FROM ${table}`, "got the table ");
    f(`WITH x AS (SELECT 1 FROM ${table}) SELECT 1`, "got the table ");
    f(`SELECT x FROM otel_logs WHERE (SELECT count() FROM ${table}) > 0`, "got the table ");
    f(`SELECT 1 IN ${table}`, "after IN");
    f(`SELECT 1 GLOBAL NOT IN ${table}`, "after IN");
  }
  f("SELECT * FROM sightline.otel_logs.x", "want ");
  f("SELECT * FROM {t:Identifier}", "a table or a query");
  f("SELECT 1 IN {t:Identifier}", "a value");
  f("SELECT {c:Identifier} FROM otel_logs", "a value");
  f("SELECT {sightline_tenant:String}", "does not begin with sightline_");

  // Table functions, wherever a table may stand.
  for (const call of [
    "file('/etc/passwd', 'LineAsString')",
    "url('http://169.254.169.254/')",
    "remote('127.0.0.1', 'sightline.otel_logs')",
    "s3('x')",
    "merge('sightline', '.*')",
    "mergeTreeIndex(sightline, otel_logs)",
    "numbers(10)",
    "executable('ls')",
    "dictionary('d')",
    "eval('x')",
    "loop(otel_logs)",
    "view(SELECT 1)",
    "null('a Int8')",
    "cluster('c', otel_logs)",
    "input('a Int8')",
    "otel_logs(1)",
  ]) {
    f(`SELECT * FROM ${call}`, "got the table function ");
    f(`SELECT * FROM otel_logs AS a, ${call}`, "got the table function ");
    f(`SELECT * FROM otel_logs ANY LEFT JOIN ${call} USING (x)`, "got the table function ");
    f(`SELECT 1 IN (SELECT * FROM ${call})`, "got the table function ");
  }
  f("SELECT * FROM sightline.file('x')", "got the table ");

  // Functions that reach outside of their arguments.
  for (const name of [
    "file",
    "FILE",
    "`file`",
    '"file"',
    "dictGet",
    "dictGetOrDefault",
    "joinGet",
    "hasColumnInTable",
    "getSetting",
    "getServerSetting",
    "getMacro",
    "sleep",
    "sleepEachRow",
    "throwIf",
    "hostName",
    "currentUser",
    "notIn",
    "globalIn",
    "nullIn",
    "fileIf",
    "evalMLMethod",
    "catboostEvaluate",
    "aiGenerate",
    "regionToName",
    "addressToLine",
    "logTrace",
    "serverUUID",
    "tcpPort",
    "showCertificate",
    "filesystemAvailable",
    "currentDatabase",
    "queryID",
    "chdb",
    "_CAST",
    "my_udf",
  ]) {
    f(`SELECT ${name}('x')`, "got the function ");
    f(`SELECT arrayMap(x -> ${name}(x), [1])`, "got the function ");
    f(`SELECT 1 FROM otel_logs ORDER BY ${name}('x')`, "got the function ");
  }
  f("SELECT * APPLY(file) FROM otel_logs", "got APPLY");
  f("SELECT * APPLY file FROM otel_logs", "got APPLY");
  f("SELECT COLUMNS('.*') APPLY(x -> file(x)) FROM otel_logs", "got APPLY");
  f("SELECT 1 IN file('x')", "after IN");
  f("SELECT in(1, users)", "a value before IN");
  f("SELECT NOT in(1, users)", "a value before IN");
  f("SELECT 1 + in(1, users)", "a value before IN");
  f("SELECT lower(in(1, users))", "a value before IN");
  f("SELECT 1 WHERE in(1, users)", "a value before IN");
  f("SELECT 1 IN (users)", "got the name users in a list");
  f("SELECT 1 IN ((users))", "got the name users in a list");
  f("SELECT 1 IN (1, sightline.users)", "got the name sightline in a list");
  f("SELECT a.file('x') FROM otel_logs AS a", "got the function ");

  // Words that ClickHouse may read otherwise than we do.
  f("SELECT 1 AS from, * FROM users", "in quotes");
  f("SELECT 1 AS FROM users", "in quotes");
  f("SELECT l.from FROM otel_logs AS l", "in quotes");
  f("SELECT a IS DISTINCT FROM users FROM otel_logs", "got the table users");
  f("SELECT extract(DAY FROM users) FROM otel_logs", "FROM in an expression");
  f("SELECT trim(BOTH ' ' FROM Body) FROM otel_logs", "FROM in an expression");
  f("SELECT * FROM otel_logs USING users", "");
  f("SELECT * FROM otel_logs JOIN otel_traces USING a, users", "want (");
  f("SELECT * FROM otel_logs PREWHERE 1", "WHERE: ");
  f("SELECT * FROM otel_logs FINAL", "no FINAL");
  f("SELECT * FROM otel_logs AS a SAMPLE 0.1", "no SAMPLE");
  f("SELECT * FROM otel_logs AS t(a, b)", "");
  f("SELECT * FROM (otel_logs JOIN users ON 1)", "want SELECT");

  // Quotes, comments and characters.
  f("SELECT 'a", "without its closing '");
  f("SELECT 'a\\'", "without its closing '");
  f('SELECT "a', 'without its closing "');
  f("SELECT `a\\`b`", "quotes or backslashes");
  f("SELECT `a``b`", "quotes or backslashes");
  f('SELECT ""', "quotes or backslashes");
  f("SELECT 1 /* x", "comment without its closing */");
  f("SELECT 1 # FROM users", "got #");
  f("SELECT $$a$$", "got $");
  f("SELECT ‘a’", "got ‘");
  f("SELECT\u00a01", "got \u00a0");
  f("SELECT 1\u0000", "got ");
  f("SELECT @@version", "got @");
  f("SELECT 1 | 2", "got |");
  f("SELECT {a}", "got {");
  f("SELECT {'a': 1}", "map()");
  f("SELECT 1abc", "got 1");
  f("SELECT {x:String; DROP TABLE y}", "got {");
});

test("is bounded in length and depth", () => {
  assert.throws(() => guard(`SELECT '${"x".repeat(65_536)}'`), /got 65545 characters, want at most 65536/);
  assert.throws(() => guard(`SELECT ${"(".repeat(51)}1${")".repeat(51)}`), /nesting deeper than 50/);
  assert.throws(() => guard(`${"SELECT * FROM (".repeat(51)}SELECT 1${")".repeat(51)}`), /nesting deeper than 50/);
  assert.equal(guard(`SELECT ${"1 + ".repeat(10_000)}1`).tables.size, 0);
});
