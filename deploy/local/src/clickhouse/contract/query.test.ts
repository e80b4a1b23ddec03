import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { TupleParam } from "@clickhouse/client";
import { serverUnderTest } from "./server-under-test.ts";

const server = serverUnderTest();

async function select(query: string, query_params: Record<string, unknown> = {}): Promise<unknown> {
  const clickhouse_settings = { output_format_json_quote_64bit_integers: 1 } as const;
  const result = await server
    .client()
    .query({ query, query_params, clickhouse_settings, format: "JSONCompactEachRow" });
  const rows = await result.json<unknown[]>();
  return rows[0]?.[0];
}

describe("query parameters", () => {
  const cases: { type: string; value: unknown; want: unknown }[] = [
    { type: "UInt8", value: 7, want: 7 },
    { type: "Int64", value: -9007199254740993n, want: "-9007199254740993" },
    { type: "Float64", value: 1.5e-9, want: 1.5e-9 },
    { type: "Decimal(18, 4)", value: "12.3456", want: 12.3456 },
    { type: "Bool", value: true, want: true },
    { type: "String", value: "plain", want: "plain" },
    { type: "String", value: "", want: "" },
    {
      type: "String",
      value: `it's a "test" \\ \t tab \n line \r 'é' 日本 🎉 \\N --`,
      want: `it's a "test" \\ \t tab \n line \r 'é' 日本 🎉 \\N --`,
    },
    { type: "LowCardinality(String)", value: "low", want: "low" },
    { type: "UUID", value: "0192f0c1-2345-7abc-8def-0123456789ab", want: "0192f0c1-2345-7abc-8def-0123456789ab" },
    { type: "IPv4", value: "192.168.0.1", want: "192.168.0.1" },
    { type: "Date", value: "2026-11-21", want: "2026-11-21" },
    { type: "DateTime('UTC')", value: new Date("2026-11-21T01:02:03Z"), want: "2026-11-21 01:02:03" },
    { type: "DateTime64(3, 'UTC')", value: new Date("2026-11-21T01:02:03.456Z"), want: "2026-11-21 01:02:03.456" },
    { type: "DateTime64(9, 'UTC')", value: "2026-11-21 01:02:03.123456789", want: "2026-11-21 01:02:03.123456789" },
    { type: "Array(String)", value: ["a", "it's", "\\", "x,y"], want: ["a", "it's", "\\", "x,y"] },
    { type: "Array(Array(UInt32))", value: [[1, 2], [], [3]], want: [[1, 2], [], [3]] },
    { type: "Array(Nullable(Int32))", value: [1, null], want: [1, null] },
    { type: "Map(String, UInt64)", value: { a: 1, "b'c": 2 }, want: { a: "1", "b'c": "2" } },
    { type: "Map(String, Array(String))", value: new Map([["k", ["v"]]]), want: { k: ["v"] } },
    { type: "Tuple(UInt8, String)", value: new TupleParam([1, "x"]), want: [1, "x"] },
    { type: "Nullable(String)", value: null, want: null },
    { type: "Nullable(String)", value: "there", want: "there" },
    { type: "Enum('a' = 1, 'b' = 2)", value: "b", want: "b" },
  ];
  for (const { type, value, want } of cases) {
    it(`binds ${type} ${typeof value === "bigint" ? value : JSON.stringify(value)}`, async () => {
      assert.deepEqual(await select(`SELECT {value:${type}}`, { value }), want);
    });
  }

  it("binds identifiers", async () => {
    const query = "SELECT {column:Identifier} FROM (SELECT 5 AS five) AS t";
    assert.equal(await select(query, { column: "five" }), 5);
  });

  it("never lets a value become SQL", async () => {
    const value = "' UNION ALL SELECT currentUser() --";
    assert.equal(await select("SELECT {value:String}", { value }), value);
  });

  it("names the parameter that is missing, whatever an earlier request had", async () => {
    await select("SELECT {value:String}", { value: "x" });
    await assert.rejects(select("SELECT {value:String}"), { code: "456", type: "UNKNOWN_QUERY_PARAMETER" });
  });

  it("keeps the parameters of 60 concurrent queries apart", async () => {
    const client = server.client({ max_open_connections: 60 });
    const asked = Array.from({ length: 60 }, (_, index) => index);
    const got = await Promise.all(
      asked.map(async (index) => {
        const query = "SELECT {index:UInt32}, getSetting('max_block_size')";
        const clickhouse_settings = { max_block_size: String(1000 + index) };
        const result = await client.query({
          query,
          query_params: { index },
          clickhouse_settings,
          format: "JSONCompactEachRow",
        });
        return (await result.json<unknown[]>())[0];
      }),
    );
    assert.deepEqual(
      got,
      asked.map((index) => [index, 1000 + index]),
    );
  });

  it("takes a parameter of 200 kB in the URL", async () => {
    assert.equal(Number(await select("SELECT length({value:String})", { value: "x".repeat(200_000) })), 200_000);
  });

  it("takes parameters that are too long for a URL as a form", async () => {
    const value = "x".repeat(2_000_000);
    const result = await server.client().query({
      query: "SELECT length({value:String}) AS length",
      query_params: { value },
      use_multipart_params: true,
      format: "JSONEachRow",
    });
    assert.deepEqual(await result.json(), [{ length: 2_000_000 }]);
  });
});

describe("settings and database", () => {
  it("hold for their request only", async () => {
    const client = server.client();
    const query = "SELECT getSetting('max_threads') AS threads";
    const result = await client.query({ query, clickhouse_settings: { max_threads: 3 }, format: "JSONEachRow" });
    assert.deepEqual(await result.json(), [{ threads: 3 }]);
    assert.notEqual(String(await select(query)), "3");
  });

  it("are refused by name when there is no such setting", async () => {
    const clickhouse_settings = { no_such_setting: 1 };
    await assert.rejects(server.client().query({ query: "SELECT 1", clickhouse_settings }), (error: Error) => {
      assert.match(error.message, /no_such_setting/);
      assert.equal(Reflect.get(error, "type"), "UNKNOWN_SETTING");
      return true;
    });
  });

  it("the client's database is the current one", async () => {
    assert.match(String(await select("SELECT currentDatabase()")), /^contract_/);
  });

  it("a session keeps its temporary tables, and its settings last for one request", async () => {
    const client = server.client({ session_id: "contract-session" });
    await client.command({ query: "CREATE TEMPORARY TABLE kept (a UInt8)", clickhouse_settings: { max_threads: 3 } });
    await client.insert({ table: "kept", values: [{ a: 9 }], format: "JSONEachRow" });
    const result = await client.query({
      query: "SELECT a, getSetting('max_threads') = 3 FROM kept",
      format: "JSONCompactEachRow",
    });
    assert.deepEqual(await result.json(), [[9, 0]]);
    await assert.rejects(server.client().query({ query: "SELECT a FROM kept" }), { type: "UNKNOWN_TABLE" });
  });
});

describe("formats", () => {
  it("JSON has meta, rows and statistics", async () => {
    const result = await server
      .client()
      .query({ query: "SELECT toUInt8(number) AS n FROM numbers(3)", format: "JSON" });
    const { meta, data, rows, statistics } = await result.json<{ n: number }>();
    assert.deepEqual(
      { meta, data, rows },
      { meta: [{ name: "n", type: "UInt8" }], data: [{ n: 0 }, { n: 1 }, { n: 2 }], rows: 3 },
    );
    assert.equal(typeof statistics?.elapsed, "number");
  });

  const texts = [
    { format: "CSVWithNames", want: '"n","s"\n0,"x"\n1,"x"\n' },
    { format: "TabSeparatedWithNamesAndTypes", want: "n\ts\nUInt8\tString\n0\tx\n1\tx\n" },
    { format: "JSONCompactEachRowWithNames", want: '["n", "s"]\n[0, "x"]\n[1, "x"]\n' },
  ] as const;
  for (const { format, want } of texts) {
    it(`${format}, also without rows`, async () => {
      const query = "SELECT toUInt8(number) AS n, 'x' AS s FROM numbers(2)";
      assert.equal(await (await server.client().query({ query, format })).text(), want);
      const empty = await (await server.client().query({ query: `${query} WHERE n > 5`, format })).text();
      assert.equal(empty, want.slice(0, want.indexOf(format.startsWith("JSON") ? "[0" : "0")));
    });
  }

  it("the header Content-Type follows the format, and the query's own FORMAT wins", async () => {
    const path = "/?default_format=JSONEachRow&query=SELECT+1+AS+x";
    const rows = await server.raw({ path });
    assert.deepEqual(
      [rows.headers["content-type"], rows.headers["x-clickhouse-format"]],
      ["application/x-ndjson; charset=UTF-8", "JSONEachRow"],
    );
    const own = await server.raw({ path: `${path}+FORMAT+CSV` });
    assert.deepEqual([own.headers["x-clickhouse-format"], own.body.toString()], ["CSV", "1\n"]);
  });

  it("Parquet and Native come as binary", async () => {
    const parquet = await server.raw({ path: "/", body: "SELECT number FROM numbers(1000) FORMAT Parquet" });
    assert.equal(parquet.body.subarray(0, 4).toString("latin1"), "PAR1");
    assert.equal(parquet.body.subarray(-4).toString("latin1"), "PAR1");
    const native = await server.raw({ path: "/", body: "SELECT toUInt8(number) AS n FROM numbers(2) FORMAT Native" });
    assert.deepEqual(native.body, Buffer.from([1, 2, 1, 0x6e, 5, ...Buffer.from("UInt8"), 0, 1]));
  });
});

describe("statements that are no SELECT", () => {
  it("command runs DDL and answers nothing", async () => {
    const client = server.client();
    const { query_id, summary } = await client.command({
      query: "CREATE TABLE ddl (a UInt8) ENGINE = MergeTree ORDER BY a",
    });
    assert.match(query_id, /^[0-9a-f-]{36}$/);
    assert.equal(typeof summary?.elapsed_ns, "string");
    assert.equal(await select("EXISTS ddl"), 1);
    assert.deepEqual(await (await client.query({ query: "SHOW TABLES LIKE 'ddl'", format: "JSONEachRow" })).json(), [
      { name: "ddl" },
    ]);
    const described = await client.query({ query: "DESCRIBE TABLE ddl", format: "JSONEachRow" });
    assert.equal((await described.json<{ type: string }>())[0]?.type, "UInt8");
  });

  it("exec gives the result as a stream", async () => {
    const { stream, query_id } = await server
      .client()
      .exec({ query: "SELECT 42 FORMAT TabSeparated", query_id: "contract-exec" });
    assert.equal(query_id, "contract-exec");
    assert.equal((await stream.toArray()).join(""), "42\n");
  });

  it("a statement may end in a semicolon and a comment, and hold both in quotes", async () => {
    assert.equal(await select("SELECT 'a;--' /* ; */ || $$;b$$ -- ;\n"), "a;--;b");
    const { body } = await server.raw({ path: "/", body: "SELECT 1;\n -- the end" });
    assert.equal(body.toString(), "1\n");
  });
});

describe("the HTTP interface", () => {
  it("ping", async () => {
    assert.deepEqual(await server.client().ping(), { success: true });
    assert.deepEqual(await server.client().ping({ select: true }), { success: true });
    for (const path of ["/ping", "/", "/replicas_status"]) {
      const { status, body } = await server.raw({ path, headers: { "X-ClickHouse-Key": "wrong" } });
      assert.deepEqual([path, status, body.toString()], [path, 200, "Ok.\n"]);
    }
    assert.equal((await server.raw({ path: "/ping", method: "HEAD" })).status, 200);
    assert.equal((await server.raw({ path: "/nowhere" })).status, 404);
  });

  it("joins the query of the URL and the body", async () => {
    const { body } = await server.raw({ path: "/?query=SELECT+1", body: "+ 1 AS two FORMAT JSONEachRow" });
    assert.equal(body.toString(), '{"two":2}\n');
  });

  it("a GET changes nothing", async () => {
    const { status, headers } = await server.raw({ path: "/?query=CREATE+DATABASE+by_get" });
    assert.deepEqual([status, headers["x-clickhouse-exception-code"]], [500, "164"]);
  });

  it("tells query id, timezone and summary", async () => {
    const { headers } = await server.raw({
      path: "/?query_id=of-mine&wait_end_of_query=1&query=SELECT+sum(number)+FROM+numbers(1000)",
    });
    assert.equal(headers["x-clickhouse-query-id"], "of-mine");
    assert.ok(headers["x-clickhouse-timezone"]);
    const summary: unknown = JSON.parse(String(headers["x-clickhouse-summary"]));
    assert.equal(typeof summary === "object" && summary !== null && Reflect.get(summary, "result_rows"), "1");
  });

  const codecs = [
    { encoding: "gzip", decompress: gunzipSync },
    { encoding: "zstd", decompress: zstdDecompressSync },
  ];
  for (const { encoding, decompress } of codecs) {
    it(`compresses with ${encoding} when asked to`, async () => {
      const path = "/?enable_http_compression=1&query=SELECT+number+FROM+numbers(100000)";
      const { headers, body } = await server.raw({ path, headers: { "Accept-Encoding": encoding } });
      assert.equal(headers["content-encoding"], encoding);
      assert.equal(decompress(body).length, 588890);
      const plain = await server.raw({ path: path.replace("=1", "=0"), headers: { "Accept-Encoding": encoding } });
      assert.equal(plain.headers["content-encoding"], undefined);
    });
  }
});
