import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { onlyEmbedded, serverUnderTest } from "./server-under-test.ts";

const server = serverUnderTest();

describe("errors have the server's status, code and type", () => {
  const cases: { name: string; query: string; status: number; code: string; type: string; settings?: string }[] = [
    { name: "unknown table", query: "SELECT * FROM nowhere", status: 404, code: "60", type: "UNKNOWN_TABLE" },
    { name: "unknown column", query: "SELECT nothing", status: 404, code: "47", type: "UNKNOWN_IDENTIFIER" },
    {
      name: "unknown function",
      query: "SELECT no_such_function(1)",
      status: 404,
      code: "46",
      type: "UNKNOWN_FUNCTION",
    },
    { name: "unknown format", query: "SELECT 1 FORMAT Nothing", status: 404, code: "73", type: "UNKNOWN_FORMAT" },
    { name: "unknown database", query: "SELECT 1 FROM nowhere.t", status: 404, code: "81", type: "UNKNOWN_DATABASE" },
    { name: "syntax", query: "SELEC 1", status: 400, code: "62", type: "SYNTAX_ERROR" },
    { name: "syntax, not even a statement", query: "hello", status: 400, code: "62", type: "SYNTAX_ERROR" },
    { name: "no query", query: " ", status: 400, code: "62", type: "SYNTAX_ERROR" },
    { name: "only a comment", query: "-- hello", status: 400, code: "62", type: "SYNTAX_ERROR" },
    { name: "two statements", query: "SELECT 1; SELECT 2", status: 400, code: "62", type: "SYNTAX_ERROR" },
    {
      name: "two statements of DDL",
      query: "DROP TABLE IF EXISTS a; SELECT 2",
      status: 400,
      code: "62",
      type: "SYNTAX_ERROR",
    },
    {
      name: "a query over max_query_size",
      query: `SELECT 1${" + 1".repeat(100_000)}`,
      status: 400,
      code: "62",
      type: "SYNTAX_ERROR",
    },
    {
      name: "timeout",
      query: "SELECT count() FROM numbers(1e12) WHERE sipHash64(number) = 0",
      settings: "max_execution_time=0.2",
      status: 408,
      code: "159",
      type: "TIMEOUT_EXCEEDED",
    },
    {
      name: "too many rows",
      query: "SELECT number FROM numbers(1000)",
      settings: "max_result_rows=10",
      status: 500,
      code: "396",
      type: "TOO_MANY_ROWS_OR_BYTES",
    },
    {
      name: "out of memory",
      query: "SELECT groupArray(number) FROM numbers(1e8)",
      settings: "max_memory_usage=10000000",
      status: 500,
      code: "241",
      type: "MEMORY_LIMIT_EXCEEDED",
    },
    {
      name: "thrown by the query",
      query: "SELECT throwIf(1, 'mine')",
      status: 500,
      code: "395",
      type: "FUNCTION_THROW_IF_VALUE_IS_NON_ZERO",
    },
    {
      name: "read-only",
      query: "CREATE TABLE no (a UInt8) ENGINE = Memory",
      settings: "readonly=1",
      status: 500,
      code: "164",
      type: "READONLY",
    },
    {
      name: "not a value of the type",
      query: "SELECT toDate('x')",
      status: 400,
      code: "38",
      type: "CANNOT_PARSE_DATE",
    },
  ];
  for (const { name, query, status, code, type, settings = "" } of cases) {
    it(name, async () => {
      const answer = await server.raw({ path: `/?${settings}`, body: query });
      assert.equal(answer.status, status, answer.body.toString());
      assert.equal(answer.headers["x-clickhouse-exception-code"], code);
      assert.match(
        answer.body.toString(),
        new RegExp(`^Code: ${code}\\. DB::Exception: [\\s\\S]+ \\(${type}\\) \\(version \\d+\\.[^)]+\\)`),
      );
    });
  }

  it("names a table's neighbours as the client's error has them", async () => {
    await server.client().command({ query: "CREATE TABLE known (a UInt8) ENGINE = Memory" });
    await assert.rejects(server.client().query({ query: "SELECT * FROM knwon" }), (error: Error) => {
      assert.deepEqual([Reflect.get(error, "code"), Reflect.get(error, "type")], ["60", "UNKNOWN_TABLE"]);
      assert.match(error.message, /Maybe you meant/);
      return true;
    });
  });

  it("in DDL", async () => {
    const create = server.client().command({ query: "CREATE TABLE known2 (a Nothing2) ENGINE = Memory" });
    await assert.rejects(create, { code: "50", type: "UNKNOWN_TYPE" });
  });

  it("keeps files of the server's host out of reach of the two clauses for files", async () => {
    for (const query of [
      "SELECT 1 INTO OUTFILE '/tmp/out'",
      "INSERT INTO known FROM INFILE '/etc/passwd' FORMAT CSV",
    ]) {
      const { status, headers } = await server.raw({ path: "/", body: query });
      assert.ok(status >= 400 && headers["x-clickhouse-exception-code"] !== undefined, `got ${status}`);
    }
  });
});

describe("credentials", () => {
  const wrong = [
    { name: "a wrong password", headers: { "X-ClickHouse-Key": "wrong" } },
    { name: "an unknown user", headers: { "X-ClickHouse-User": "nobody" } },
  ];
  for (const { name, headers } of wrong) {
    it(`${name} is refused, saying no more than that`, async () => {
      const { status, headers: answered, body } = await server.raw({ path: "/", headers, body: "SELECT 1" });
      assert.deepEqual([status, answered["x-clickhouse-exception-code"]], [403, "516"]);
      assert.match(body.toString(), /Authentication failed: password is incorrect, or there is no user with such name/);
    });
  }

  it("the client's error says the same", async () => {
    const query = server.client({ password: "wrong" }).query({ query: "SELECT 1" });
    await assert.rejects(query, { code: "516", type: "AUTHENTICATION_FAILED" });
  });

  it("a wrong password changes nothing", async () => {
    await server.raw({ path: "/", headers: { "X-ClickHouse-Key": "wrong" }, body: "CREATE DATABASE by_stranger" });
    const { body } = await server.raw({
      path: "/",
      body: "SELECT count() FROM system.databases WHERE name = 'by_stranger'",
    });
    assert.equal(body.toString(), "0\n");
  });
});

describe("requests that no client sends", { skip: onlyEmbedded }, () => {
  const cases: {
    name: string;
    path: string;
    method?: string;
    body?: string;
    headers?: Record<string, string>;
    status: number;
  }[] = [
    { name: "line breaks in the query id", path: "/?query_id=a%0d%0ab&query=SELECT+1", status: 200 },
    {
      name: "a format that is no header",
      path: "/?default_format=%0a%00",
      body: "DROP TABLE IF EXISTS nowhere",
      status: 200,
    },
    { name: "no URL", path: "//", status: 400 },
    { name: "another method", path: "/", method: "DELETE", status: 405 },
    {
      name: "a form that is none",
      path: "/",
      body: "x",
      headers: { "Content-Type": "multipart/form-data" },
      status: 400,
    },
    { name: "an encoding that is none", path: "/", body: "x", headers: { "Content-Encoding": "rot13" }, status: 500 },
    { name: "ClickHouse's own compression", path: "/?compress=1", body: "SELECT 1", status: 501 },
    {
      name: "a session that is too long",
      path: "/?session_id=a&session_timeout=9999999",
      body: "SELECT 1",
      status: 500,
    },
    { name: "bytes that are no text", path: "/", body: "\u0001'", status: 400 },
    { name: "an INSERT without its end", path: "/", body: "INSERT INTO", status: 400 },
    { name: "brackets without end", path: "/", body: "(".repeat(100_000), status: 500 },
  ];
  for (const { name, status, ...request } of cases) {
    it(`${name}: ${status}, and the server goes on`, async () => {
      const answer = await server.raw(request);
      assert.equal(answer.status, status, answer.body.toString());
      assert.equal((await server.raw({ path: "/", body: "SELECT 1" })).body.toString(), "1\n");
    });
  }
});
