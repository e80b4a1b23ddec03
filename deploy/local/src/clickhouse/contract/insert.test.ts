import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { before, describe, it } from "node:test";
import { brotliCompressSync, gzipSync, zstdCompressSync } from "node:zlib";
import { maxBodyBytes, onlyEmbedded, serverUnderTest } from "./server-under-test.ts";

const server = serverUnderTest();

async function rows(query: string): Promise<unknown[]> {
  return await (await server.client().query({ query, format: "JSONCompactEachRow" })).json<unknown[]>();
}

/** Makes a table of its own for a test. */
async function table(name: string): Promise<string> {
  await server.client().command({
    query: `CREATE TABLE ${name} (a UInt32, s String, m Map(String, String)) ENGINE = MergeTree ORDER BY a
            SETTINGS non_replicated_deduplication_window = 100`,
  });
  return name;
}

async function bytesOf(query: string): Promise<Buffer> {
  return (await server.raw({ path: "/", body: query })).body;
}

describe("insert of text", () => {
  const formats = [
    { format: "JSONEachRow", values: [{ a: 1, s: "it's\n", m: { k: "v" } }] },
    { format: "JSONCompactEachRow", values: [[1, "it's\n", { k: "v" }]] },
    { format: "JSONStringsEachRow", values: [{ a: "1", s: "it's\n", m: "{'k':'v'}" }] },
    { format: "CSV", values: Readable.from(["1,\"it's\n\",\"{'k':'v'}\"\n"], { objectMode: false }) },
    { format: "TabSeparated", values: Readable.from(["1\tit's\\n\t{'k':'v'}\n"], { objectMode: false }) },
  ] as const;
  for (const { format, values } of formats) {
    it(`${format}, with the number of rows in the summary`, async () => {
      const name = await table(`text_${format}`);
      const given = Array.isArray(values) ? [...values] : values;
      const { summary, executed } = await server.client().insert({ table: name, values: given, format });
      assert.deepEqual([executed, summary?.written_rows], [true, "1"]);
      assert.deepEqual(await rows(`SELECT * FROM ${name}`), [[1, "it's\n", { k: "v" }]]);
    });
  }

  it("a stream of 100000 rows becomes one part", async () => {
    const name = await table("streamed");
    const values = Readable.from(
      (function* () {
        for (let a = 0; a < 100_000; a++) yield [a, `row ${a}`, {}];
      })(),
    );
    const { summary } = await server.client().insert({ table: name, values, format: "JSONCompactEachRow" });
    assert.equal(summary?.written_rows, "100000");
    assert.deepEqual(await rows(`SELECT count(), uniqExact(_part) FROM ${name}`), [[100_000, 1]]);
  });

  it("columns given, excluded and left out", async () => {
    const name = await table("columns");
    const client = server.client();
    await client.insert({ table: name, values: [{ a: 1 }], format: "JSONEachRow", columns: ["a"] });
    await client.insert({ table: name, values: [[2, "x"]], format: "JSONCompactEachRow", columns: { except: ["m"] } });
    assert.deepEqual(await rows(`SELECT a, s FROM ${name} ORDER BY a`), [
      [1, ""],
      [2, "x"],
    ]);
  });

  it("settings apply, in the URL and in the statement", async () => {
    const name = await table("skipping");
    const values = [{ a: 1, unknown: 1 }];
    const insert = { table: name, values, format: "JSONEachRow" } as const;
    await assert.rejects(
      server.client().insert({ ...insert, clickhouse_settings: { input_format_skip_unknown_fields: 0 } }),
      { code: "117", type: "INCORRECT_DATA" },
    );
    await server.client().insert({ ...insert, clickhouse_settings: { input_format_skip_unknown_fields: 1 } });
    const query = `INSERT INTO ${name} SETTINGS input_format_skip_unknown_fields = 1 FORMAT JSONEachRow`;
    await server.client().exec({ query, values: Readable.from(['{"a":2,"unknown":1}\n']) });
    assert.deepEqual(await rows(`SELECT a FROM ${name} ORDER BY a`), [[1], [2]]);
  });

  it("data in the statement: VALUES, FORMAT, input()", async () => {
    const name = await table("inline");
    const client = server.client();
    await client.command({ query: `INSERT INTO ${name} (a, s) VALUES (1, 'x;--'), (2, upper('y'))` });
    await client.command({
      query: `INSERT INTO ${name} (a, s) VALUES ({a:UInt32}, {s:String})`,
      query_params: { a: 3, s: "it's" },
    });
    await client.command({ query: `INSERT INTO ${name} (a, s) FORMAT CSV\n4,"z"\n5,"z"` });
    await client.command({ query: `INSERT INTO ${name} (a) SELECT a * 2 FROM input('a UInt32') FORMAT CSV\n3\n` });
    await client.command({ query: `INSERT INTO ${name} (a) SELECT number + 7 FROM numbers(1)` });
    assert.deepEqual(await rows(`SELECT a, s FROM ${name} ORDER BY a`), [
      [1, "x;--"],
      [2, "Y"],
      [3, "it's"],
      [4, "z"],
      [5, "z"],
      [6, ""],
      [7, ""],
    ]);
  });

  it("no data inserts nothing", async () => {
    const name = await table("nothing");
    const { status } = await server.raw({ path: `/?query=INSERT+INTO+${name}+FORMAT+JSONEachRow`, method: "POST" });
    // Without the database in the URL the table is not there.
    assert.equal(status, 404);
    assert.equal((await server.client().insert({ table: name, values: [], format: "JSONEachRow" })).executed, false);
    assert.deepEqual(await rows(`SELECT count() FROM ${name}`), [[0]]);
  });
});

describe("insert of binary", () => {
  const source =
    "SELECT toUInt32(number) AS a, concat('row ', toString(number)) AS s, map('k', s) AS m FROM numbers(1000)";
  for (const format of ["Native", "RowBinary", "RowBinaryWithNamesAndTypes", "Parquet", "ArrowStream", "MsgPack"]) {
    it(format, async () => {
      const name = await table(`binary_${format}`);
      const data = await bytesOf(`${source} FORMAT ${format} SETTINGS output_format_parquet_string_as_string = 1`);
      const query = `INSERT INTO ${name} (a, s, m) FORMAT ${format}`;
      const { summary, stream } = await server.client().exec({ query, values: Readable.from([data]) });
      await stream.toArray();
      assert.equal(summary?.written_rows, "1000");
      assert.deepEqual(await rows(`SELECT count(), sum(a), any(m['k'] = s) FROM ${name}`), [[1000, 499_500, 1]]);
    });
  }

  it("Native lets a String column fill a LowCardinality one", async () => {
    await server
      .client()
      .command({ query: "CREATE TABLE low (s LowCardinality(String)) ENGINE = MergeTree ORDER BY s" });
    const values = Readable.from([await bytesOf("SELECT toString(number % 3) AS s FROM numbers(9) FORMAT Native")]);
    await server.client().exec({ query: "INSERT INTO low FORMAT Native", values });
    assert.deepEqual(await rows("SELECT count(), uniqExact(s) FROM low"), [[9, 3]]);
  });

  it("bytes that are no UTF-8 arrive as they are", async () => {
    const name = await table("bytes");
    const query = `INSERT INTO ${name} (a, s) FORMAT RowBinary`;
    await server.client().exec({ query, values: Readable.from([Buffer.from([1, 0, 0, 0, 4, 0, 0xff, 0xc3, 0x0a])]) });
    assert.deepEqual(await rows(`SELECT hex(s) FROM ${name}`), [["00FFC30A"]]);
  });
});

describe("compressed bodies", () => {
  for (const codec of ["gzip", "zstd", "br"] as const) {
    it(`the client's own ${codec}, both ways`, async () => {
      const name = await table(`compressed_${codec}`);
      const client = server.client({ compression: { request: { codec }, response: { codec } } });
      const values = Array.from({ length: 5000 }, (_, a) => ({ a, s: "compress me" }));
      await client.insert({ table: name, values, format: "JSONEachRow" });
      const result = await client.query({ query: `SELECT a FROM ${name} ORDER BY a`, format: "JSONCompactEachRow" });
      assert.equal((await result.json()).length, 5000);
    });
  }

  const encodings = [
    { encoding: "gzip", compress: gzipSync },
    { encoding: "zstd", compress: zstdCompressSync },
    { encoding: "br", compress: brotliCompressSync },
  ];
  for (const { encoding, compress } of encodings) {
    it(`Content-Encoding ${encoding} covers the statement too`, async () => {
      const { body } = await server.raw({
        path: "/",
        headers: { "Content-Encoding": encoding },
        body: compress("SELECT 5"),
      });
      assert.equal(body.toString(), "5\n");
    });
  }

  it("a damaged body is the sender's error", async () => {
    const damaged = gzipSync("SELECT 5").fill(0, 12, 16);
    const { status, headers } = await server.raw({ path: "/", headers: { "Content-Encoding": "gzip" }, body: damaged });
    assert.ok(status >= 400, `got ${status}`);
    assert.ok(headers["x-clickhouse-exception-code"]);
  });
});

describe("deduplication", () => {
  const values = [{ a: 1, s: "x" }];
  const insert = (name: string, token: string, what = values) =>
    server.client().insert({
      table: name,
      values: what,
      format: "JSONEachRow",
      clickhouse_settings: { insert_deduplication_token: token, async_insert: 0 },
    });

  before(async () => {
    await table("tokens");
    await table("target");
    await server.client().command({ query: "CREATE MATERIALIZED VIEW view TO target AS SELECT a, s, m FROM tokens" });
  });

  it("keeps one copy per token, in the table and behind its materialized view", async () => {
    for (const token of ["one", "one", "two", "one"]) await insert("tokens", token);
    assert.deepEqual(await rows("SELECT count() FROM tokens"), [[2]]);
    assert.deepEqual(await rows("SELECT count() FROM target"), [[2]]);
  });

  it("looks at the token, not at the data", async () => {
    await insert("tokens", "two", [{ a: 99, s: "other" }]);
    assert.deepEqual(await rows("SELECT count() FROM tokens WHERE a = 99"), [[0]]);
  });

  it("works for Native bodies of several blocks", async () => {
    await table("native_tokens");
    const data = await bytesOf("SELECT toUInt32(number) AS a, 's' AS s FROM numbers(200000) FORMAT Native");
    for (const _ of [1, 2]) {
      await server.client().exec({
        query: "INSERT INTO native_tokens (a, s) FORMAT Native",
        values: Readable.from([data]),
        clickhouse_settings: { insert_deduplication_token: "blocks", async_insert: 0 },
      });
    }
    assert.deepEqual(await rows("SELECT count() FROM native_tokens"), [[200_000]]);
  });
});

describe("inserts that fail", () => {
  it("bad data: code, type, row, and nothing kept", async () => {
    const name = await table("bad");
    const values = Readable.from(['{"a":1}\n{"a":"x"}\n'], { objectMode: false });
    const query = `INSERT INTO ${name} FORMAT JSONEachRow`;
    await assert.rejects(server.client().exec({ query, values }), (error: Error) => {
      assert.match(error.message, /row 2/);
      assert.doesNotMatch(error.message, /file/i);
      assert.match(String(Reflect.get(error, "type")), /^CANNOT_PARSE_/);
      return true;
    });
    assert.deepEqual(await rows(`SELECT count() FROM ${name}`), [[0]]);
  });

  it("no such table", async () => {
    const insert = server.client().insert({ table: "nowhere", values: [{ a: 1 }], format: "JSONEachRow" });
    await assert.rejects(insert, { code: "60", type: "UNKNOWN_TABLE" });
  });

  it("a client that goes away in the middle inserts nothing", async () => {
    const name = await table("half");
    const gone = new AbortController();
    const values = Readable.from(
      (async function* () {
        yield '{"a":1}\n';
        gone.abort();
        await new Promise(() => undefined);
      })(),
      { objectMode: false },
    );
    const query = `INSERT INTO ${name} FORMAT JSONEachRow`;
    await assert.rejects(server.client().exec({ query, values, abort_signal: gone.signal }), /abort/i);
    assert.deepEqual(await rows(`SELECT count() FROM ${name}`), [[0]]);
  });

  it("a body over the limit is refused, and the next one is taken", { skip: onlyEmbedded }, async () => {
    const name = await table("large");
    const path = `/?query=INSERT+INTO+${name}+(a)+FORMAT+CSV`;
    const { status, headers, body } = await server.raw({ path, body: Buffer.alloc(maxBodyBytes + 1, "1\n") });
    assert.deepEqual([status, headers["x-clickhouse-exception-code"]], [413, "307"]);
    assert.match(body.toString(), /^Code: 307\. DB::Exception: .* larger than 67108864 bytes\. \(TOO_MANY_BYTES\)/);
    const inflated = await server.raw({
      path,
      headers: { "Content-Encoding": "gzip" },
      body: gzipSync(Buffer.alloc(maxBodyBytes + 1, "1\n")),
    });
    assert.equal(inflated.status, 413);
    await server.client().insert({ table: name, values: [{ a: 1 }], format: "JSONEachRow" });
    assert.deepEqual(await rows(`SELECT count() FROM ${name}`), [[1]]);
  });
});
