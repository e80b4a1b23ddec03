// SQL for users and exports of everything, at the public doors; and the command line that asks in every language.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { ExportLogsRequest, QueryServiceClient } from "@sightline/proto/sightline/query/v1/query_service";
import { QuerySqlRequest, SqlServiceClient } from "@sightline/proto/sightline/query/v1/sql_service";
import { createClient } from "@sightline/rpc/client";
import { z } from "zod";
import { runProgram } from "../../sightlinectl/src/program.ts";
import { type FaultStack, startFaultStack } from "../faults/fault-stack.ts";

const ROWS = 30_000;
const answerForm = z.object({
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
  rows: z.array(z.array(z.unknown())),
  statistics: z.object({ rows: z.number(), rowsRead: z.number(), bytesRead: z.number(), elapsedMs: z.number() }),
});

describe("SQL for users", { timeout: 240_000 }, () => {
  const opened = new AsyncDisposableStack();
  after(() => opened.disposeAsync());
  let system: FaultStack;

  before(async () => {
    system = opened.use(await startFaultStack({ services: ["storage", "gateway"] }));
    const fill = (tenant: string, rows: number) =>
      system.clickhouse.command(
        `INSERT INTO otel_logs (Tenant, Timestamp, ServiceName, Body) SELECT {tenant:String},
          now64(9) - toIntervalMillisecond(number), 'shop', concat('order ', toString(number)) FROM numbers({rows:UInt64})`,
        { tenant, rows },
      );
    await fill("default", ROWS);
    await fill("other", 5);
    await system.clickhouse.command(
      `INSERT INTO otel_traces (Tenant, Timestamp, TraceId, SpanId, ServiceName, SpanName, Duration) SELECT 'default',
        now64(9), leftPad('a1', 32, '0'), 'b1', 'shop', 'GET /', 5000000`,
    );
    await system.clickhouse.command(
      `INSERT INTO metrics_series (Tenant, MetricName, Fingerprint, Type, Attributes, FirstSeen, LastSeen)
        VALUES ('default', 'up', 7, 'gauge', map('job', 'api'), now() - 60, now())`,
    );
    await system.clickhouse.command(
      `INSERT INTO metrics_samples (Tenant, MetricName, Fingerprint, Timestamp, Value) VALUES ('default', 'up', 7, now(), 1.5)`,
    );
  });

  async function ask(body: unknown, headers: Readonly<Record<string, string>> = {}) {
    const answer = await fetch(`${system.stack.doors.page}/v1/sql`, {
      method: "POST",
      headers: { authorization: `Bearer ${system.queryKey}`, "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
    return { status: answer.status, type: answer.headers.get("content-type"), text: await answer.text() };
  }

  test("a document has columns, rows and what was read", async () => {
    const query = "SELECT count() AS n, ServiceName, {x:Array(String)} AS x FROM otel_logs GROUP BY ServiceName";
    const { status, type, text } = await ask({ query, parameters: { x: ["it's", "b"] } });
    assert.deepEqual([status, type], [200, "application/json; charset=utf-8"], text);
    const { columns, rows, statistics } = answerForm.parse(JSON.parse(text));
    assert.deepEqual(
      columns.map(({ name, type: of }) => `${name} ${of}`),
      ["n UInt64", "ServiceName LowCardinality(String)", "x Array(String)"],
    );
    assert.deepEqual(rows, [[String(ROWS), "shop", ["it's", "b"]]]);
    assert.deepEqual([statistics.rows, statistics.rowsRead >= ROWS, statistics.elapsedMs > 0], [1, true, true]);
  });

  test("lines of JSON and CSV come whole, however many they are", async () => {
    const query = "SELECT Body, toUInt8(1) AS one FROM otel_logs ORDER BY Timestamp DESC";
    const lines = await ask({ query }, { accept: "application/x-ndjson" });
    assert.equal(lines.type, "application/x-ndjson; charset=utf-8");
    const all = lines.text.trimEnd().split("\n");
    assert.deepEqual(
      [all.length, all[0], all[ROWS - 1]],
      [ROWS, '{"Body":"order 0","one":1}', `{"Body":"order ${ROWS - 1}","one":1}`],
    );
    const csv = await ask({ query: `${query} LIMIT 2` }, { accept: "text/csv" });
    assert.deepEqual([csv.type, csv.text], ["text/csv; charset=utf-8", "Body,one\r\norder 0,1\r\norder 1,1\r\n"]);
  });

  test("what is wrong is told with its place, before anything is sent", async () => {
    const cases: [body: unknown, headers: Readonly<Record<string, string>>, status: number, want: RegExp][] = [
      [
        { query: "SELECT\nBdy FROM otel_logs" },
        {},
        400,
        /at line 2, column 1: unknown expression identifier `Bdy`. Maybe you meant: \['Body'\]/,
      ],
      [
        { query: "DROP TABLE otel_logs" },
        {},
        400,
        /at line 1, column 1 got DROP, want SELECT: only reading is allowed/,
      ],
      [{ query: "SELECT {x:UInt8}" }, {}, 400, /got no value for the parameter x/],
      [{ sql: "SELECT 1" }, {}, 400, /cannot read the body: query: /],
      [
        { query: "SELECT 1" },
        { accept: "image/png" },
        400,
        /want one of application\/json, application\/x-ndjson, text\/csv/,
      ],
      [{ query: "SELECT 1" }, { authorization: `Bearer ${system.ingestKey}` }, 403, /permission_denied/],
      [{ query: "SELECT 1" }, { authorization: "" }, 401, /unauthenticated/],
    ];
    for (const [body, headers, status, want] of cases) {
      const answer = await ask(body, headers);
      assert.equal(answer.status, status, answer.text);
      assert.match(
        z.object({ error: z.object({ code: z.string(), message: z.string() }) }).parse(JSON.parse(answer.text)).error
          .code,
        /^[a-z_]+$/,
      );
      assert.match(answer.text, want);
    }
  });

  test("tables say what is in them, and SQL and exports stream over gRPC", async () => {
    const apiKey = system.queryKey;
    const sql = opened.adopt(createClient(SqlServiceClient, system.stack.doors.grpc, { apiKey }), (client) =>
      client.close(),
    );
    const { tables } = await sql.call("listSqlTables", {});
    const body = tables.find(({ name }) => name === "otel_logs")?.columns.find(({ name }) => name === "Body");
    assert.deepEqual(body, { name: "Body", type: "String", comment: "The message" });
    const query = QuerySqlRequest.fromPartial({
      sql: "SELECT Body FROM otel_logs LIMIT {n:UInt32}",
      parameters: { n: "20000" },
    });
    const messages = await Array.fromAsync(sql.stream("querySql", query));
    assert.ok(messages.length > 3, `got ${messages.length} messages`);
    assert.equal(messages.at(-1)?.statistics?.rows, 20_000n);

    const storage = opened.adopt(createClient(QueryServiceClient, system.stack.doors.grpc, { apiKey }), (client) =>
      client.close(),
    );
    const request = ExportLogsRequest.fromPartial({ search: { limit: 5000 } });
    const pages = await Array.fromAsync(storage.stream("exportLogs", request, { deadlineMs: 60_000 }));
    const bodies = new Set(pages.flatMap(({ records }) => records.map((record) => record.body)));
    assert.deepEqual([bodies.size, pages.length, pages.at(-1)?.nextCursor], [ROWS, ROWS / 5000, ""]);
  });

  test("sightlinectl asks in every language", async () => {
    const ctl = async (...args: string[]) => {
      const stdout: string[] = [];
      const stderr: string[] = [];
      const code = await runProgram({
        args,
        env: {
          SIGHTLINE_SERVER: system.stack.doors.page,
          SIGHTLINE_API_KEY: system.queryKey,
          SIGHTLINE_DIR: "/nonexistent",
        },
        version: "1.2.3",
        stdout: { write: (text: string) => stdout.push(text) },
        stderr: { write: (text: string) => stderr.push(text) },
        signal: AbortSignal.timeout(60_000),
        now: Date.now,
      });
      return { code, stdout: stdout.join(""), stderr: stderr.join("") };
    };
    const counted = await ctl(
      "query",
      "sql",
      "SELECT count() AS n, {s:String} AS s FROM otel_logs",
      "--param",
      "s=a text",
    );
    assert.deepEqual(counted, { code: 0, stdout: `    n  s\n${ROWS}  a text\n`, stderr: "1 row\n" });
    const csv = await ctl("query", "sql", "SELECT 'a,b' AS x, [1, 2] AS y", "--csv");
    assert.equal(csv.stdout, 'x,y\r\n"a,b","[1,2]"\r\n');
    const document = await ctl("--json", "query", "sql", "SELECT 1 AS one");
    assert.deepEqual(answerForm.parse(JSON.parse(document.stdout)).rows, [[1]]);
    const wrong = await ctl("query", "sql", "SELECT");
    assert.deepEqual([wrong.code, wrong.stdout], [1, ""]);
    assert.match(wrong.stderr, /^cannot run SQL: at line 1, column 7 got the end/);

    const metric = await ctl("query", "promql", "up");
    assert.match(metric.stdout, /^time +series +value\n\d{4}-\S+Z {2}up\{job="api"\} +1\.5\n$/);
    assert.match((await ctl("query", "promql", "up{")).stderr, /parse error/);
    const lines = await ctl("query", "logql", '{service_name="shop"} |= "order 7 "', "--csv");
    assert.equal(lines.stdout, "time,labels,line\r\n");
    const newest = await ctl("query", "logql", '{service_name="shop"}', "--limit", "2");
    assert.match(newest.stdout, /order 0\n[^\n]*order 1\n$/);
    assert.match((await ctl("query", "logql", "{")).stderr, /parse error at line 1/);
    const traces = await ctl("query", "traceql", "{ duration > 1ms }");
    assert.match(traces.stdout, /0{30}a1 {2}shop +GET \/ +5\n$/);
    assert.match((await ctl("query", "traceql", "{")).stderr, /cannot read TraceQL/);
  });
});
