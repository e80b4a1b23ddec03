// Queries that nobody should ask, in every language: each is cut with an error of its API, others keep their latency meanwhile, and
// what nobody waits for ends in the database.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { QuerySqlRequest, SqlServiceClient } from "@sightline/proto/sightline/query/v1/sql_service";
import { createClient } from "@sightline/rpc/client";
import { eventually } from "@sightline/testkit/eventually";
import { z } from "zod";
import { createRestClient } from "../e2e/rest-client.ts";
import { type FaultStack, startFaultStack } from "./fault-stack.ts";

const LOGS = 200_000;
const SERIES = 12_000;
const SPANS = 200_000;
const HEAVY_AT_ONCE = 50;
/** By how much this machine may be slower than one that does nothing else. */
const slowness = Number(process.env["SIGHTLINE_FAULT_SLOWNESS"] ?? 3);
const made = z.object({ key: z.string() });

/** What takes as long as it may: as many pairs as there are logs, squared. */
const endless = "SELECT count() FROM otel_logs AS a, otel_logs AS b WHERE sipHash64(a.Body, b.Body) = 0";

describe("queries of death", { timeout: 400_000 }, () => {
  const closers = new AsyncDisposableStack();
  after(() => closers.disposeAsync());
  let system: FaultStack;
  let heavyKey: string;
  let otherKey: string;

  before(async () => {
    const storage = {
      SIGHTLINE_QUERY_MAX_EXECUTION_MS: "4000",
      SIGHTLINE_QUERY_MAX_MEMORY_BYTES: "300000000",
      SIGHTLINE_QUERY_MAX_WAITING_PER_TENANT: "100",
      SIGHTLINE_PROMQL_MAX_SERIES: "10000",
    };
    system = closers.use(await startFaultStack({ services: ["storage", "gateway"], settings: { storage } }));
    const { stack } = system;
    const operator = createRestClient(stack.doors.page, { authorization: `Bearer ${stack.secrets.adminKey}` });
    for (const tenant of ["heavy", "other"])
      await operator.send("POST", "/v1/tenants", { tenant }, made).then(({ key }) => {
        if (tenant === "heavy") heavyKey = key;
        else otherKey = key;
      });
    await fill("heavy", 1);
    await fill("other", 1000);
  });

  /** Records of every kind, a share of those that the constants say. */
  async function fill(tenant: string, share: number): Promise<void> {
    const numbers = (count: number) => `numbers(${Math.ceil(count / share)})`;
    const statements = [
      `INSERT INTO otel_logs (Tenant, Timestamp, ServiceName, SeverityNumber, Body) SELECT {tenant:String},
        now64(9) - toIntervalMillisecond(number % 3600000), concat('service-', toString(number % 20)), 9,
        concat('request ', toString(number), ' of ', hex(sipHash64(number)), ' answered ', repeat('a', 30)) FROM ${numbers(LOGS)}`,
      `INSERT INTO metrics_series (Tenant, MetricName, Fingerprint, Type, Attributes, FirstSeen, LastSeen) SELECT {tenant:String},
        'requests', number, 'gauge', map('n', toString(number)), now() - 3600, now() FROM ${numbers(SERIES)}`,
      `INSERT INTO metrics_samples (Tenant, MetricName, Fingerprint, Timestamp, Value) SELECT {tenant:String},
        'requests', number % ${Math.ceil(SERIES / share)}, now() - 60 * intDiv(number, ${Math.ceil(SERIES / share)}), number
        FROM ${numbers(60 * SERIES)}`,
      `INSERT INTO otel_traces (Tenant, Timestamp, TraceId, SpanId, ServiceName, SpanName, Duration, SpanAttributes) SELECT
        {tenant:String}, now64(9) - toIntervalMillisecond(number % 3600000), leftPad(lower(hex(intDiv(number, 5))), 32, '0'),
        leftPad(lower(hex(number)), 16, '0'), 'shop', 'work', number, map('text', hex(sipHash64(number))) FROM ${numbers(SPANS)}`,
    ];
    for (const sql of statements) await system.clickhouse.command(sql, { tenant });
  }

  interface Asked {
    readonly key?: string;
    readonly sql?: string;
    readonly signal?: AbortSignal;
  }

  /** Asks an HTTP API: a path, or a statement. */
  async function ask(path: string, { key = heavyKey, sql, signal = AbortSignal.timeout(60_000) }: Asked = {}) {
    const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
    const body = sql === undefined ? {} : { method: "POST", body: JSON.stringify({ query: sql }) };
    const answer = await fetch(system.stack.doors.page + path, { headers, signal, ...body });
    return { status: answer.status, text: await answer.text() };
  }
  const askSql = (sql: string, asked: Asked = {}) => ask("/v1/sql", { ...asked, sql });

  const seconds = () => Math.floor(Date.now() / 1000);
  const query = (path: string, parameters: Readonly<Record<string, string>>) =>
    `${path}?${new URLSearchParams(parameters)}`;
  const promql = (text: string, more: Readonly<Record<string, string>> = {}) =>
    query("/api/v1/query", { query: text, ...more });
  const hour = () => ({ start: String(seconds() - 3600), end: String(seconds()) });
  const logql = (text: string, more: Readonly<Record<string, string>> = {}) =>
    query("/loki/api/v1/query_range", { query: text, ...hour(), step: "60", ...more });
  const traceql = (text: string) => query("/tempo/api/search", { q: text, ...hour(), limit: "20" });

  test("of SQL are cut, and say why", async () => {
    const all = new RegExp(`"${LOGS}"`);
    const many = Array.from({ length: 10_000 }, (_, at) => at).join(",");
    const cases: [sql: string, status: number, want: RegExp][] = [
      [endless, 429, /more than 4 s, want a shorter range of time|bytes of memory/],
      [
        "SELECT length(groupArray(concat(Body, repeat('x', 2000)))) FROM otel_logs",
        429,
        /more than 300000000 bytes of memory/,
      ],
      [
        "SELECT Body, count(), repeat('x', 2000) AS x FROM otel_logs GROUP BY Body ORDER BY x, Body LIMIT 1",
        200,
        /"rows":\[\n\["request 0 /,
      ],
      ["SELECT count() FROM otel_logs WHERE match(Body, '(a+)+$')", 200, all],
      ["SELECT count() FROM otel_logs WHERE match(Body, '((a{1000}){1000}){1000}')", 400, /cannot compile re2/],
      [`SELECT count() FROM otel_logs WHERE SeverityNumber IN (${many})`, 200, all],
      [`SELECT count() FROM otel_logs WHERE SeverityNumber IN (${many},${many})`, 400, /want at most 65536/],
      [`SELECT ${"(".repeat(5000)}1${")".repeat(5000)}`, 400, /line 1, column \d+ got nesting deeper than 50/],
      ["SELECT range(1000000000)", 400, /greater than the allowed maximum/],
      [`SELECT Body FROM otel_logs ORDER BY sipHash64(Body) LIMIT 1 OFFSET ${LOGS - 1}`, 200, /request/],
    ];
    for (const [sql, status, want] of cases) {
      const answer = await askSql(sql);
      assert.equal(answer.status, status, `${sql.slice(0, 80)}: ${answer.text.slice(0, 300)}`);
      assert.match(answer.text, want);
      assert.doesNotMatch(answer.text, /sightline\.|__table|DB::/);
    }
  });

  test("of PromQL, LogQL and TraceQL are cut in the words of their APIs", async () => {
    const deep = `${"(".repeat(2000)}1${")".repeat(2000)}`;
    const tiny = { start: "0", end: String(seconds()), step: "0.001" };
    const cases: [path: string, status: number, want: RegExp][] = [
      [promql("sum(requests)"), 422, /"errorType":"execution".*10000/],
      [
        query("/api/v1/query_range", { query: "requests", ...tiny }),
        400,
        /"errorType":"bad_data".*exceeded maximum resolution/,
      ],
      [promql('requests{n=~"((a{1000}){1000}){1000}"}'), 400, /1:10: parse error: .*invalid repeat count/],
      [promql('count(requests{n=~"(1+)+"})'), 200, /"status":"success"/],
      [promql("vector(1)[1d:1ms]"), 422, /"errorType":"execution".*too many samples into memory/],
      [promql("max_over_time(requests[1d:1ms])"), 422, /"errorType":"execution".*too many samples into memory/],
      [promql("vector(1)[100y:1ms]"), 422, /"errorType":"execution".*too many samples into memory/],
      [promql(deep), 400, /"errorType":"bad_data".*deeper than 500 levels/],
      [
        logql('sum by (n) (count_over_time({service_name=~".+"} | pattern "request <n> of <_>" [1h]))'),
        400,
        /maximum number of series \(5000\)/,
      ],
      [
        logql('{service_name=~".+"} |~ "((a{1000}){1000}){1000}"'),
        400,
        /col 22: error parsing regexp: invalid repeat count/,
      ],
      [query("/loki/api/v1/query_range", { query: 'rate({a="b"}[1m])', ...tiny }), 400, /resolution|points/],
      [traceql('{ span.text =~ "((a{1000}){1000}){1000}" }'), 400, /col 16 .*invalid repeat count/],
      [traceql("{".repeat(3000)), 400, /line 1, col 2 got {, want/],
      [query("/tempo/api/metrics/query_range", { q: "{} | rate()", ...tiny }), 400, /want at most 11000/],
    ];
    for (const [path, status, want] of cases) {
      const answer = await ask(path);
      const asked = decodeURIComponent(path).slice(0, 120);
      assert.equal(answer.status, status, `${asked}: ${answer.text.slice(0, 300)}`);
      assert.match(answer.text, want, asked);
    }
  });

  test("of one tenant leave the others their latency, and end with those who asked", async () => {
    const cheap = [
      () => askSql("SELECT count() FROM otel_logs", { key: otherKey }),
      () => ask(promql("count(requests)"), { key: otherKey }),
      () => ask(logql('{service_name="service-3"}', { limit: "10" }), { key: otherKey }),
      () => ask(traceql("{ duration > 1ns }"), { key: otherKey }),
      () => ask("/v1/logs?limit=10&start=-1h", { key: otherKey }),
    ];
    const gone = new AbortController();
    const heavy = Array.from({ length: HEAVY_AT_ONCE }, () =>
      askSql(endless, { signal: gone.signal }).catch(() => undefined),
    );
    try {
      await eventually(async () => assert.ok((await running("sipHash64")) >= 8));
      const tookMs: number[] = [];
      for (const call of [...cheap, ...cheap]) {
        const startedAt = performance.now();
        const { status, text } = await call();
        tookMs.push(performance.now() - startedAt);
        assert.equal(status, 200, text);
      }
      assert.ok((await running("sipHash64")) <= 8, "the tenant has more than its share");
      // Whoever has to wait for one of the eight to end waits for seconds.
      const median = tookMs.toSorted((a, b) => a - b)[5] ?? 0;
      assert.ok(median < 1000 * slowness, `the others' queries took ${tookMs.map(Math.round)} ms`);
    } finally {
      gone.abort();
      await Promise.all(heavy);
    }
    await eventually(async () => assert.equal(await running("sipHash64"), 0));
    assert.equal((await askSql("SELECT 1")).status, 200);
  });

  test("whoever goes away ends what was asked, in every language and at every door", async () => {
    const slow: [name: string, table: string, start: (signal: AbortSignal) => Promise<unknown>][] = [
      ["SQL", "otel_logs", (signal) => askSql(endless, { signal })],
      ["SQL over gRPC", "otel_logs", askOverGrpc],
      [
        "LogQL",
        "otel_logs",
        (signal) => ask(logql('sum(count_over_time({service_name=~".+"} |~ "(?i)(x.*){5}y" [1h]))'), { signal }),
      ],
      [
        "TraceQL",
        "otel_traces",
        (signal) =>
          ask(
            query("/tempo/api/metrics/query_range", {
              q: '{ span.text =~ "(?i).*(x.*){5}y.*" } | rate()',
              ...hour(),
              step: "60",
            }),
            { signal },
          ),
      ],
      ["PromQL", "metrics_", (signal) => ask(promql('sum(requests{n!~"(?i)(1.*){3}"})'), { signal })],
    ];
    for (const [name, table, start] of slow) {
      // A fast machine may have answered before it was looked at.
      await eventually(async () => {
        const gone = new AbortController();
        const answer = start(gone.signal).catch(() => undefined);
        try {
          await eventually(async () => assert.ok((await running(table)) > 0, name), { timeoutMs: 3000, intervalMs: 5 });
        } finally {
          gone.abort();
          await answer;
        }
      });
      await eventually(async () => assert.equal(await running(table), 0, name), { timeoutMs: 3000 });
    }
  });

  /** How many statements with the text run in the database. */
  async function running(text: string): Promise<number> {
    const sql = `SELECT count() AS n FROM system.processes
      WHERE position(query, {text:String}) > 0 AND position(query, 'system.processes') = 0 AND query_kind = 'Select'`;
    const [row] = await system.clickhouse.query(sql, { text }, { schema: z.object({ n: z.coerce.number() }) });
    return row?.n ?? 0;
  }

  async function askOverGrpc(signal: AbortSignal): Promise<void> {
    const client = createClient(SqlServiceClient, system.stack.doors.grpc, { apiKey: heavyKey });
    try {
      await Array.fromAsync(client.stream("querySql", QuerySqlRequest.fromPartial({ sql: endless }), { signal }));
    } finally {
      client.close();
    }
  }
});
