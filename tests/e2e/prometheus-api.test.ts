// What Grafana and scripts ask Prometheus, asked of the gateway: from a metric that was sent to the text of an answer.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import {
  ExportMetricsServiceRequest,
  MetricsServiceClient,
} from "@sightline/proto/opentelemetry/proto/collector/metrics/v1/metrics_service";
import { AggregationTemporality, Metric } from "@sightline/proto/opentelemetry/proto/metrics/v1/metrics";
import { PromqlServiceClient, QueryPromqlRequest } from "@sightline/proto/sightline/query/v1/promql_service";
import { createClient } from "@sightline/rpc/client";
import { eventually } from "@sightline/testkit/eventually";
import { z } from "zod";
import { type FaultStack, startFaultStack } from "../faults/fault-stack.ts";
import { createRestClient, login } from "./rest-client.ts";

const services = ["ingest", "storage", "gateway"] as const;
const nowMs = Math.floor(Date.now() / 60_000) * 60_000;
const names = ["latency", "latency_bucket", "latency_count", "latency_sum", "requests_total"];
const seconds = (ms: number) => String(ms / 1000);
/** One more than an answer has. */
const EXEMPLARS = 10_001;

describe("Prometheus' API", { timeout: 180_000 }, () => {
  const opened = new AsyncDisposableStack();
  after(() => opened.disposeAsync());
  let system: FaultStack;
  let queryKey: string;

  before(async () => {
    system = opened.use(await startFaultStack({ services }));
    const { page } = system.stack.doors;
    const rest = createRestClient(page, await login(page, system.stack.adminUser, system.stack.secrets.adminPassword));
    const made = await rest.send("POST", "/v1/keys", { name: "q", scopes: ["query"] }, z.object({ key: z.string() }));
    queryKey = made.key;
    await send();
    await eventually(async () => assert.deepEqual((await get("/label/__name__/values")).body.data, names), {
      timeoutMs: 60_000,
    });
  });

  /** Two counters that grow by 1 and 2 a second, and a histogram. */
  async function send(): Promise<void> {
    const client = createClient(MetricsServiceClient, system.stack.doors.otlpGrpc, { apiKey: system.ingestKey });
    const text = (key: string, value: string) => ({ key, value: { value: { $case: "stringValue" as const, value } } });
    const points = ["a", "b"].flatMap((code, index) =>
      Array.from({ length: 41 }, (_, at) => ({
        timeUnixNano: BigInt(nowMs - 600_000 + at * 15_000 - 1000) * 1_000_000n,
        startTimeUnixNano: BigInt(nowMs - 3_600_000) * 1_000_000n,
        attributes: [text("code", code)],
        value: { $case: "asDouble" as const, value: at * 15 * (index + 1) },
      })),
    );
    const cumulative = AggregationTemporality.CUMULATIVE;
    const histogram = {
      timeUnixNano: BigInt(nowMs - 1000) * 1_000_000n,
      count: 4n,
      sum: 3,
      bucketCounts: [1n, 3n, 0n],
      explicitBounds: [0.5, 1],
      exemplars: Array.from({ length: EXEMPLARS }, (_, at) => ({
        timeUnixNano: BigInt(nowMs - 60_000 + at) * 1_000_000n,
        value: { $case: "asDouble" as const, value: 0.25 },
      })),
    };
    const metrics = [
      Metric.fromPartial({
        name: "requests_total",
        description: "How many.",
        data: {
          $case: "sum" as const,
          value: { dataPoints: points, aggregationTemporality: cumulative, isMonotonic: true },
        },
      }),
      Metric.fromPartial({
        name: "latency",
        unit: "s",
        data: { $case: "histogram" as const, value: { dataPoints: [histogram], aggregationTemporality: cumulative } },
      }),
    ];
    const resource = { attributes: [text("service.name", "shop"), text("service.instance.id", "pod-1")] };
    try {
      const request = { resourceMetrics: [{ resource, scopeMetrics: [{ metrics }] }] };
      await client.call("export", ExportMetricsServiceRequest.fromPartial(request));
    } finally {
      client.close();
    }
  }

  const answer = z
    .object({ status: z.string(), data: z.unknown(), errorType: z.string(), error: z.string() })
    .partial();

  async function ask(path: string, init: RequestInit = {}) {
    const headers = { authorization: `Bearer ${queryKey}`, ...init.headers };
    const response = await fetch(`${system.stack.doors.page}/api/v1${path}`, { ...init, headers });
    const body = z.looseObject({ ...answer.shape }).parse(await response.json());
    return { status: response.status, body };
  }

  const get = (path: string, query: Readonly<Record<string, string>> = {}) =>
    ask(`${path}?${new URLSearchParams(query)}`);
  const post = (path: string, form: Readonly<Record<string, string>>) =>
    ask(path, { method: "POST", body: new URLSearchParams(form) });

  const at = seconds(nowMs);
  const shop = { instance: "pod-1", job: "shop" };

  test("of more exemplars than an answer has come the newest, and word that there are more", async () => {
    const query = { query: "latency_bucket", start: seconds(nowMs - 120_000), end: seconds(nowMs) };
    const series = z.array(z.object({ exemplars: z.array(z.object({ timestamp: z.number() })) })).length(1);
    await eventually(async () => {
      const { body } = await get("/query_exemplars", query);
      const [{ exemplars } = assert.fail("no series")] = series.parse(body.data);
      const of = [exemplars.length, exemplars[0]?.timestamp, exemplars.at(-1)?.timestamp];
      assert.deepEqual(of, [EXEMPLARS - 1, (nowMs - 59_999) / 1000, (nowMs - 50_000) / 1000]);
      assert.deepEqual(body["warnings"], ["results truncated due to limit"]);
    });
  });

  test("one time: vectors, scalars and texts, asked by GET and by form", async () => {
    const rate = { query: "sum by (code) (max_over_time(requests_total[5m])) / 600", time: at };
    const want = {
      resultType: "vector",
      result: [
        { metric: { code: "a" }, value: [nowMs / 1000, "1"] },
        { metric: { code: "b" }, value: [nowMs / 1000, "2"] },
      ],
    };
    assert.deepEqual((await get("/query", rate)).body, { status: "success", data: want });
    assert.deepEqual((await post("/query", rate)).body, { status: "success", data: want });
    const scalar = { resultType: "scalar", result: [4, "2"] };
    assert.deepEqual((await post("/query", { query: "1+1", time: "4" })).body.data, scalar);
    const text = { resultType: "string", result: [nowMs / 1000, "hello"] };
    assert.deepEqual((await get("/query", { query: '"hello"', time: new Date(nowMs).toISOString() })).body.data, text);
  });

  test("a range: series with a point a step, in the order of their labels", async () => {
    const range = { start: seconds(nowMs - 120_000), end: at, step: "60" };
    const { body } = await get("/query_range", { query: "requests_total", ...range });
    const points = (values: readonly number[]) =>
      values.map((value, index) => [nowMs / 1000 - 120 + index * 60, String(value)]);
    assert.deepEqual(body.data, {
      resultType: "matrix",
      result: [
        { metric: { __name__: "requests_total", code: "a", ...shop }, values: points([480, 540, 600]) },
        { metric: { __name__: "requests_total", code: "b", ...shop }, values: points([960, 1080, 1200]) },
      ],
    });
  });

  test("histograms: classic series, native ones, and quantiles of both", async () => {
    for (const query of ["histogram_quantile(0.5, latency_bucket)", "histogram_quantile(0.5, latency)"]) {
      const { body } = await get("/query", { query, time: at });
      assert.match(JSON.stringify(body.data), /"value":\[\d+,"0\.66666666666666\d*"\]/, query);
    }
    const { body } = await get("/query", { query: "latency", time: at });
    assert.deepEqual(body.data, {
      resultType: "vector",
      result: [
        {
          metric: { __name__: "latency", ...shop },
          histogram: [
            nowMs / 1000,
            {
              count: "4",
              sum: "3",
              buckets: [
                [3, "-Inf", "0.5", "1"],
                [0, "0.5", "1", "3"],
              ],
            },
          ],
        },
      ],
    });
  });

  test("what there is: series, labels, values, metadata", async () => {
    const series = (code: string) => ({ __name__: "requests_total", code, ...shop });
    assert.deepEqual((await get("/series", { "match[]": "requests_total" })).body.data, [series("a"), series("b")]);
    const cut = await get("/series", { "match[]": "requests_total", limit: "1" });
    assert.deepEqual(cut.body["warnings"], ["results truncated due to limit"]);
    const buckets = await get("/label/le/values", { "match[]": '{__name__=~"latency.*"}' });
    assert.deepEqual(buckets.body.data, ["+Inf", "0.5", "1"]);
    assert.deepEqual((await get("/labels")).body.data, ["__name__", "code", "instance", "job", "le"]);
    assert.deepEqual((await post("/labels", { "match[]": "requests_total" })).body.data, [
      "__name__",
      "code",
      "instance",
      "job",
    ]);
    assert.deepEqual((await get("/label/job/values")).body.data, ["shop"]);
    assert.deepEqual((await get("/label/U__job/values")).body.data, ["shop"]);
    assert.deepEqual((await get("/metadata", { metric: "requests_total" })).body.data, {
      requests_total: [{ type: "counter", help: "How many.", unit: "" }],
    });
    assert.deepEqual((await get("/format_query", { query: "sum(up)by(job)" })).body.data, "sum by (job) (up)");
    assert.match(JSON.stringify((await get("/status/buildinfo")).body.data), /"version":"3\./);
  });

  test("what is wrong is said as Prometheus says it", async () => {
    const range = { start: seconds(nowMs - 60_000), end: at, step: "15" };
    const cases: [string, Record<string, string>, number, string, RegExp][] = [
      ["/query", { query: "sum(" }, 400, "bad_data", /^invalid parameter "query": 1:5: parse error: /],
      ["/query", { query: "nosuch(up)" }, 400, "bad_data", /unknown function with name "nosuch"/],
      [
        "/query",
        { query: "up", time: "yesterday" },
        400,
        "bad_data",
        /^invalid parameter "time": cannot parse "yester/,
      ],
      ["/query_range", { ...range, query: "up", step: "0" }, 400, "bad_data", /^invalid parameter "step": zero or neg/],
      ["/query_range", { ...range, query: "up[5m]" }, 400, "bad_data", /invalid expression type "range vector"/],
      ["/query_range", { ...range, query: "up", end: "1" }, 400, "bad_data", /end timestamp must not be before start/],
      ["/query_range", { ...range, query: "up", start: "0" }, 400, "bad_data", /exceeded maximum resolution of 11,000/],
      [
        "/query",
        { query: "requests_total + on() requests_total" },
        422,
        "execution",
        /many-to-many matching not allowed/,
      ],
      ["/series", {}, 400, "bad_data", /^no match\[\] parameter provided/],
      ["/query", { query: "up", limit: "-1" }, 400, "bad_data", /^invalid parameter "limit"/],
    ];
    for (const [path, parameters, status, errorType, error] of cases) {
      const given = path === "/query" ? { time: at, ...parameters } : parameters;
      const { status: got, body } = await get(path, given);
      assert.deepEqual([got, body.status, body.errorType], [status, "error", errorType], JSON.stringify(parameters));
      assert.match(body.error ?? "", error);
    }
    const stranger = await ask("/query?query=up", { headers: { authorization: "Bearer sl_nothing" } });
    assert.equal(stranger.status, 401);
    const sender = await ask("/query?query=up", { headers: { authorization: `Bearer ${system.ingestKey}` } });
    assert.equal(sender.status, 403);
  });

  test("a range that was asked for is remembered: the same answer, and it says so", async () => {
    const query = "sum by (code) (rate(requests_total[2m]))";
    const ask2 = async (end: number, headers: Readonly<Record<string, string>> = {}) => {
      const times = { start: seconds(nowMs - 1_800_000), end: seconds(end), step: "15" };
      const url = `${system.stack.doors.page}/api/v1/query_range?${new URLSearchParams({ query, ...times })}`;
      const response = await fetch(url, { headers: { authorization: `Bearer ${queryKey}`, ...headers } });
      return { status: response.headers.get("cache-status"), body: await response.json() };
    };
    assert.equal((await ask2(nowMs)).status, "sightline; fwd=miss");
    const again = await ask2(nowMs + 15_000);
    assert.match(again.status ?? "", /^sightline; fwd=partial; detail="\d+ of 122 steps"$/);
    const computed = await ask2(nowMs + 15_000, { "cache-control": "no-store" });
    assert.equal(computed.status, "sightline; fwd=bypass");
    assert.deepEqual(again.body, computed.body);
  });

  test("what a query took is told if it is asked for", async () => {
    const timings = z.object({
      evalTotalTime: z.number().positive(),
      resultSortTime: z.number(),
      queryPreparationTime: z.number().positive(),
      innerEvalTime: z.number().nonnegative(),
      execQueueTime: z.number().nonnegative(),
      execTotalTime: z.number().positive(),
    });
    const told = z.looseObject({
      stats: z.strictObject({ timings: z.strictObject(timings.shape), samples: z.unknown() }),
    });
    const range = { start: seconds(nowMs - 120_000), end: at, step: "60" };
    const query = "rate(requests_total[1m])";
    // Four samples a minute of each of the two.
    for (const [path, times, samples] of [
      ["/query", { time: at }, { totalQueryableSamples: 8, peakSamples: 10 }],
      ["/query_range", range, { totalQueryableSamples: 24, peakSamples: 30 }],
      ["/query_range", { ...range, limit: "1" }, { totalQueryableSamples: 24, peakSamples: 30 }],
    ] as const) {
      const { stats, ...data } = told.parse((await get(path, { query, stats: "true", ...times })).body.data);
      assert.deepEqual(stats.samples, samples);
      assert.deepEqual(data, (await get(path, { query, ...times })).body.data);
    }
    const all = told.parse((await post("/query_range", { query, stats: "all", ...range })).body.data);
    const perStep = [-120, -60, 0].map((after) => [nowMs / 1000 + after, 8]);
    assert.partialDeepStrictEqual(all.stats.samples, { totalQueryableSamplesPerStep: perStep });
    for (const [scalar, peakSamples] of [
      ["1 + 1", 3],
      ['"text"', 0],
    ] as const) {
      const { stats, ...data } = told
        .extend({ stats: z.object({ samples: z.unknown() }) })
        .parse((await get("/query", { query: scalar, stats: "true", time: at })).body.data);
      assert.deepEqual(stats.samples, { totalQueryableSamples: 0, peakSamples });
      assert.deepEqual(data, (await get("/query", { query: scalar, time: at })).body.data);
    }
  });

  test("what it says of itself", async () => {
    const { body } = await get("/status/tsdb", { limit: "1" });
    assert.partialDeepStrictEqual(body.data, {
      headStats: { numSeries: 3 },
      seriesCountByMetricName: [{ name: "requests_total", value: 2 }],
      labelValueCountByLabelName: [{ name: "code", value: 2 }],
      memoryInBytesByLabelName: [{ name: "code", value: 2 }],
      seriesCountByLabelValuePair: [{ name: "code=a", value: 1 }],
    });
    assert.equal((await get("/status/tsdb", { limit: "0" })).body.error, "limit must be a positive number");
    assert.partialDeepStrictEqual((await get("/status/runtimeinfo")).body.data, { reloadConfigSuccess: true });
    assert.partialDeepStrictEqual((await get("/status/flags")).body.data, { "query.lookback-delta": "5m" });
    assert.partialDeepStrictEqual((await get("/status/walreplay")).body.data, { state: "done" });
    assert.deepEqual((await get("/notifications")).body.data, []);
    assert.deepEqual((await get("/status/tsdb/blocks")).body.data, { blocks: [] });
    for (const [answer, error] of [
      [await post("/admin/tsdb/delete_series", { "match[]": "up" }), "admin APIs disabled"],
      [await get("/search/metric_names", { "search[]": "up" }), "search API disabled"],
    ] as const) {
      assert.deepEqual(answer, { status: 503, body: { status: "error", errorType: "unavailable", error } });
    }
    assert.partialDeepStrictEqual((await get("/features")).body.data, { promql_functions: { rate: true } });
    assert.deepEqual((await post("/parse_query", { query: "-sum(up offset 1m)" })).body.data, {
      type: "unaryExpr",
      op: "-",
      expr: {
        type: "aggregation",
        op: "sum",
        expr: {
          type: "vectorSelector",
          name: "up",
          matchers: [{ name: "__name__", value: "up", type: "=" }],
          offset: 60_000,
          timestamp: null,
          startOrEnd: null,
          anchored: false,
          smoothed: false,
        },
        param: null,
        grouping: [],
        without: false,
      },
    });
    for (const [path, text] of [
      ["/-/healthy", "Prometheus Server is Healthy.\n"],
      ["/-/ready", "Prometheus Server is Ready.\n"],
    ] as const) {
      assert.equal(await (await fetch(system.stack.doors.page + path)).text(), text);
    }
  });

  test("another Prometheus scrapes what is selected", async () => {
    const url = `${system.stack.doors.page}/federate?${new URLSearchParams({ "match[]": '{__name__=~"requests.*"}' })}`;
    const response = await fetch(url, { headers: { authorization: `Bearer ${queryKey}` } });
    assert.match(response.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
    const [type, ...lines] = (await response.text()).trim().split("\n");
    assert.equal(type, "# TYPE requests_total untyped");
    const line = (code: string, value: number) =>
      `requests_total{code="${code}",instance="pod-1",job="shop"} ${value} ${nowMs - 1000}`;
    assert.deepEqual(lines, [line("a", 600), line("b", 1200)]);
    assert.equal((await fetch(url)).status, 401);
  });

  test("over gRPC the same comes as a stream", async () => {
    const client = createClient(PromqlServiceClient, system.stack.doors.grpc, { apiKey: queryKey });
    const request = { query: "requests_total", times: { $case: "unixMs" as const, value: BigInt(nowMs) } };
    const values: number[] = [];
    for await (const { series } of client.stream("queryPromql", QueryPromqlRequest.fromPartial(request))) {
      values.push(...series.flatMap((one) => one.values));
    }
    client.close();
    assert.deepEqual(values, [600, 1200]);
  });
});
