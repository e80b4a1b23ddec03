// What Grafana and scripts ask Loki, asked of the gateway: from lines that were pushed and records that were exported to the text of
// an answer.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import {
  ExportLogsServiceRequest,
  LogsServiceClient,
} from "@sightline/proto/opentelemetry/proto/collector/logs/v1/logs_service";
import { LogqlServiceClient, QueryLogqlRequest } from "@sightline/proto/sightline/query/v1/logql_service";
import { createClient } from "@sightline/rpc/client";
import { eventually } from "@sightline/testkit/eventually";
import { WebSocket } from "ws";
import { z } from "zod";
import { type FaultStack, startFaultStack } from "../faults/fault-stack.ts";
import { createRestClient, login } from "./rest-client.ts";

const services = ["ingest", "storage", "gateway"] as const;
const nowMs = Math.floor(Date.now() / 60_000) * 60_000 - 60_000;
/** Nanoseconds so many seconds after the first line. */
const at = (seconds: number) => `${nowMs - 300_000 + seconds * 1000}000000`;
const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";

describe("Loki's API", { timeout: 240_000 }, () => {
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
    await push();
    await send();
    await eventually(
      async () => {
        const count = { query: 'sum(count_over_time({service_name=~".+"}[1h]))', time: at(300) };
        assert.deepEqual(await resultOf("/query", count), [{ metric: {}, value: [seconds(300), "5"] }]);
      },
      { timeoutMs: 60_000 },
    );
  });

  const seconds = (after: number) => Number(at(after)) / 1e9;

  /** Three lines of two streams, as Promtail and Alloy send them. */
  async function push(): Promise<void> {
    const streams = [
      {
        stream: { app: "nginx", env: "prod" },
        values: [
          [at(0), '{"status":200,"path":"/"}', { request_id: "r1" }],
          [at(10), '{"status":500,"path":"/cart"}', { request_id: "r2", detected_level: "error" }],
        ],
      },
      { stream: { app: "cron", env: "prod" }, values: [[at(20), "level=info msg=done took=1.5s"]] },
    ];
    await pushStreams(streams);
  }

  async function pushStreams(streams: readonly object[]): Promise<void> {
    const response = await fetch(`${system.stack.doors.otlpHttp}/loki/api/v1/push`, {
      method: "POST",
      headers: { authorization: `Bearer ${system.ingestKey}`, "content-type": "application/json" },
      body: JSON.stringify({ streams }),
    });
    assert.equal(response.status, 204, await response.text());
  }

  /** Two records, as an OpenTelemetry SDK sends them. */
  async function send(): Promise<void> {
    const client = createClient(LogsServiceClient, system.stack.doors.otlpGrpc, { apiKey: system.ingestKey });
    const text = (key: string, value: string) => ({ key, value: { value: { $case: "stringValue" as const, value } } });
    const record = (after: number, body: string, more: object) => ({
      timeUnixNano: BigInt(at(after)),
      body: { value: { $case: "stringValue" as const, value: body } },
      attributes: [text("http.route", "/pay")],
      ...more,
    });
    const logRecords = [
      record(30, "paid 5 EUR", { severityNumber: 9 }),
      record(40, "card declined", { severityNumber: 17, traceId: Buffer.from(traceId, "hex") }),
    ];
    const resource = { attributes: [text("service.name", "shop"), text("k8s.pod.name", "shop-1")] };
    try {
      const request = { resourceLogs: [{ resource, scopeLogs: [{ logRecords }] }] };
      await client.call("export", ExportLogsServiceRequest.fromPartial(request));
    } finally {
      client.close();
    }
  }

  async function ask(path: string, init: RequestInit = {}) {
    const headers = { authorization: `Bearer ${queryKey}`, ...init.headers };
    const response = await fetch(`${system.stack.doors.page}/loki/api/v1${path}`, { ...init, headers });
    return { status: response.status, type: response.headers.get("content-type"), text: await response.text() };
  }

  const get = (path: string, query: Readonly<Record<string, string>> = {}, headers: Record<string, string> = {}) =>
    ask(`${path}?${new URLSearchParams(query)}`, { headers });
  const post = (path: string, form: Readonly<Record<string, string>>) =>
    ask(path, { method: "POST", body: new URLSearchParams(form) });

  const success = z.object({ status: z.literal("success"), data: z.unknown() });
  const dataOf = ({ status, text }: { status: number; text: string }) => {
    assert.equal(status, 200, text);
    return success.parse(JSON.parse(text)).data;
  };
  const result = z.looseObject({ resultType: z.string(), result: z.unknown() });
  const resultOf = async (path: string, query: Readonly<Record<string, string>>) =>
    result.parse(dataOf(await get(path, query))).result;

  const range = { start: at(0), end: at(100) };
  const list = async (path: string, query: Readonly<Record<string, string>> = {}) =>
    dataOf(await get(path, { ...range, ...query }));
  const nginx = { app: "nginx", env: "prod", service_name: "nginx" };
  const cron = { app: "cron", env: "prod", service_name: "cron" };
  const shop = { k8s_pod_name: "shop-1", service_name: "shop" };

  test("lines come in their streams, the newest first, labels of all kinds being the stream's", async () => {
    const query = { query: '{env="prod"}', ...range };
    const want = [
      { stream: { ...cron, detected_level: "info" }, values: [[at(20), "level=info msg=done took=1.5s"]] },
      {
        stream: { ...nginx, detected_level: "error", request_id: "r2" },
        values: [[at(10), '{"status":500,"path":"/cart"}']],
      },
      {
        stream: { ...nginx, detected_level: "unknown", request_id: "r1" },
        values: [[at(0), '{"status":200,"path":"/"}']],
      },
    ];
    assert.deepEqual(await resultOf("/query_range", query), want);
    const posted = result.parse(dataOf(await post("/query_range", query)));
    assert.equal(posted.resultType, "streams");
    assert.deepEqual(posted.result, want);
    const forward = await resultOf("/query_range", { ...query, direction: "FORWARD", limit: "1" });
    assert.deepEqual(forward, [want[2]]);
  });

  test("labels are told apart by where they come from where that is asked for, as Grafana does", async () => {
    const query = { query: '{app="nginx"} | json | status >= 500', ...range };
    const answer = await get("/query_range", query, { "x-loki-response-encoding-flags": "categorize-labels" });
    const { resultType, result: streams, ...rest } = result.parse(dataOf(answer));
    assert.equal(resultType, "streams");
    assert.deepEqual(rest["encodingFlags"], ["categorize-labels"]);
    const own = {
      structuredMetadata: { detected_level: "error", request_id: "r2" },
      parsed: { path: "/cart", status: "500" },
    };
    assert.deepEqual(streams, [{ stream: nginx, values: [[at(10), '{"status":500,"path":"/cart"}', own]] }]);
  });

  test("records of OpenTelemetry are lines, with their resource as stream and with their trace", async () => {
    for (const query of [`{k8s_pod_name="shop-1"} | trace_id="${traceId}"`, '{service_name="shop"} |= "declined"']) {
      assert.deepEqual(await resultOf("/query_range", { query, ...range }), [
        {
          stream: { ...shop, detected_level: "error", http_route: "/pay", trace_id: traceId },
          values: [[at(40), "card declined"]],
        },
      ]);
    }
  });

  test("series over time and at one time, counted by the database or taken from the lines", async () => {
    const counted = 'sum by (service_name) (count_over_time({service_name=~"nginx|shop"}[1m]))';
    const steps = { start: String(seconds(40)), end: String(seconds(70)), step: "30s" };
    const points = (values: readonly string[]) => values.map((value, index) => [seconds(40 + index * 30), value]);
    assert.deepEqual(await resultOf("/query_range", { query: counted, ...steps }), [
      { metric: { service_name: "nginx" }, values: points(["2"]) },
      { metric: { service_name: "shop" }, values: points(["2", "2"]) },
    ]);
    const time = new Date(Number(at(60)) / 1e6).toISOString();
    const taken = 'sum(sum_over_time({app="cron"} | logfmt | unwrap duration(took) [1m]))';
    assert.deepEqual(await resultOf("/query", { query: taken, time }), [{ metric: {}, value: [seconds(60), "1.5"] }]);
    const small = 'sum(rate({app="cron"}[1m])) / 1e7';
    assert.match(JSON.stringify(await resultOf("/query", { query: small, time })), /"0\.00000000166666\d+"/);
    const health = { query: "vector(1)+vector(1)", time: "4000000000" };
    assert.deepEqual(await resultOf("/query", health), [{ metric: {}, value: [4_000_000_000, "2"] }]);
  });

  test("what there is: labels, values, streams, and how much", async () => {
    assert.deepEqual(await list("/labels"), ["app", "env", "k8s_pod_name", "service_name"]);
    assert.deepEqual(dataOf(await post("/labels", { ...range, query: '{app="cron"}' })), [
      "app",
      "env",
      "service_name",
    ]);
    assert.deepEqual(await list("/label"), await list("/labels"));
    assert.deepEqual(await list("/label/service_name/values"), ["cron", "nginx", "shop"]);
    assert.deepEqual(await list("/label/app/values", { query: '{env="prod", app!="cron"}' }), ["nginx"]);
    assert.deepEqual(await list("/series", { "match[]": '{app=~".+"}' }), [cron, nginx]);
    assert.deepEqual(await list("/series"), [cron, nginx, shop]);
    const none = await get("/labels", { ...range, query: '{app="nobody"}' });
    assert.deepEqual(JSON.parse(none.text), { status: "success" });
    const stats = await get("/index/stats", { ...range, query: '{app="nginx"}' });
    assert.deepEqual(JSON.parse(stats.text), { streams: 1, chunks: 1, bytes: 54, entries: 2 });
    const formatted = await get("/format_query", { query: 'sum( rate({a="b"}|="x"[5m]) )by(c)' });
    assert.equal(dataOf(formatted), 'sum by (c) (rate({a="b"} |= "x" [5m]))');
    assert.match((await get("/status/buildinfo")).text, /"version":"3\./);
  });

  test("how many bytes streams have: by the labels of the selector, by others, by their names, and over time", async () => {
    const samples = z.array(z.object({ metric: z.record(z.string(), z.string()), value: z.unknown() }));
    const volume = async (query: Record<string, string>) =>
      samples
        .parse(await resultOf("/index/volume", { ...range, ...query }))
        .map(({ metric, value }) => [metric, value]);
    const value = (bytes: number) => [seconds(100), String(bytes)];
    assert.deepEqual(await volume({ query: '{env="prod", app=~".+"}' }), [
      [{ app: "nginx", env: "prod" }, value(54)],
      [{ app: "cron", env: "prod" }, value(29)],
    ]);
    assert.deepEqual(await volume({ query: '{env="prod"}', limit: "1", targetLabels: "app" }), [
      [{ app: "nginx" }, value(54)],
    ]);
    assert.deepEqual(await volume({ query: "{}", targetLabels: "env, app" }), [
      [{ app: "nginx", env: "prod" }, value(54)],
      [{ app: "cron", env: "prod" }, value(29)],
    ]);
    assert.deepEqual(await volume({ query: '{service_name=~".+"}', aggregateBy: "labels" }), [
      [{ service_name: "" }, value(106)],
    ]);
    assert.deepEqual(await volume({ query: '{env="prod"}', targetLabels: "env,app", aggregateBy: "labels" }), [
      [{ app: "" }, value(83)],
      [{ env: "" }, value(83)],
    ]);
    const steps = { start: String(seconds(5)), end: String(seconds(35)), step: "15s" };
    const overTime = await get("/index/volume_range", { ...steps, query: '{service_name=~"nginx|cron|shop"}' });
    // Steps begin at multiples of their length; each value stands at the last millisecond of its own.
    assert.deepEqual(result.parse(dataOf(overTime)), {
      resultType: "matrix",
      result: [
        { metric: { service_name: "cron" }, values: [[seconds(30) - 0.001, "29"]] },
        { metric: { service_name: "nginx" }, values: [[seconds(15) - 0.001, "29"]] },
        { metric: { service_name: "shop" }, values: [[seconds(35), "10"]] },
      ],
      stats: {},
    });
  });

  test("what is found in streams and lines without being asked for", async () => {
    const json = async (path: string, query: Record<string, string>): Promise<unknown> => {
      const answer = await get(path, { ...range, ...query });
      assert.equal(answer.status, 200, answer.text);
      return JSON.parse(answer.text);
    };
    assert.deepEqual(await json("/detected_labels", { query: '{env="prod"}' }), {
      detectedLabels: [
        { label: "app", cardinality: 2 },
        { label: "env", cardinality: 1 },
        { label: "service_name", cardinality: 2 },
      ],
    });
    assert.deepEqual(await json("/detected_fields", { query: '{app=~"nginx|cron"}' }), {
      fields: [
        { label: "detected_level", type: "string", cardinality: 3, parsers: null },
        { label: "level", type: "string", cardinality: 1, parsers: ["logfmt"] },
        { label: "msg", type: "string", cardinality: 1, parsers: ["logfmt"] },
        { label: "path", type: "string", cardinality: 2, parsers: ["json"] },
        { label: "request_id", type: "string", cardinality: 2, parsers: null },
        { label: "status", type: "int", cardinality: 2, parsers: ["json"] },
        { label: "took", type: "duration", cardinality: 1, parsers: ["logfmt"] },
      ],
      limit: 1000,
    });
    const filtered = { query: '{app="nginx"} |= "cart"', limit: "5" };
    assert.deepEqual(await json("/detected_field/status/values", filtered), { values: ["500"], limit: 5 });
    assert.deepEqual(await json("/detected_field/nothing/values", filtered), { values: [], limit: 5 });
    const { start, end } = range;
    assert.deepEqual(await list("/patterns", { query: '{app="nginx"}', start, end, step: "1m" }), [
      { pattern: '{"status":<_>,"path":"<_>"}', samples: [[seconds(0), 2]] },
    ]);
  });

  const tailFrame = z.object({
    streams: z.array(z.object({ stream: z.record(z.string(), z.string()), values: z.array(z.array(z.unknown())) })),
    encodingFlags: z.array(z.string()).optional(),
  });

  /** Opens a tail; what it sent so far grows while it is open. */
  function openTail(query: Readonly<Record<string, string>>, headers: Record<string, string> = {}) {
    const url = `${system.stack.doors.page.replace("http", "ws")}/loki/api/v1/tail?${new URLSearchParams(query)}`;
    const socket = new WebSocket(url, { headers: { authorization: `Bearer ${queryKey}`, ...headers } });
    const frames: z.infer<typeof tailFrame>[] = [];
    socket.on("message", (data) => frames.push(tailFrame.parse(JSON.parse(String(data)))));
    socket.on("error", () => undefined);
    const refused = new Promise<string>((resolve) => {
      socket.on("unexpected-response", async (_request, response) => {
        resolve(`${response.statusCode} ${(await response.toArray()).join("")}`);
      });
    });
    return {
      refused,
      frames,
      lines: () => frames.flatMap(({ streams }) => streams.flatMap(({ values }) => values.map(([, line]) => line))),
      [Symbol.dispose]: () => socket.terminate(),
    };
  }

  test("a tail sends the newest lines that are there, then those that come, as its query wants them", async () => {
    const formatted = '{app="tailed"} |= "ms" | logfmt | took > 5ms | line_format "{{.who}} took {{.took}}"';
    const pushed = (...lines: readonly string[]) => {
      return pushStreams([{ stream: { app: "tailed" }, values: lines.map((line) => [nowNs(), line]) }]);
    };
    const nowNs = () => `${Date.now()}${String(performance.now()).replace(".", "").padEnd(6, "0").slice(0, 6)}`;
    await pushed("who=early took=6ms");
    using tail = openTail({ query: formatted, start: at(0), limit: "10" });
    using categorized = openTail(
      { query: '{app="tailed"} | logfmt', start: String(seconds(3600)), delay_for: "1" },
      { "x-loki-response-encoding-flags": "categorize-labels" },
    );
    await eventually(() => tail.lines().length === 1);
    await pushed("who=ann took=7ms", "who=bob took=2ms", "nothing in ms");
    await eventually(() => assert.deepEqual(tail.lines(), ["early took 6ms", "ann took 7ms"]));
    await eventually(() => assert.equal(categorized.lines().length, 3));
    const [first] = categorized.frames;
    assert.deepEqual(first?.encodingFlags, ["categorize-labels"]);
    assert.deepEqual(first?.streams[0]?.stream, { app: "tailed", service_name: "tailed" });
    assert.deepEqual(first?.streams[0]?.values[0]?.slice(1), [
      "who=ann took=7ms",
      { structuredMetadata: { detected_level: "unknown" }, parsed: { who: "ann", took: "7ms" } },
    ]);
    // What is stored by now was sent before.
    await pushed("who=late took=9ms");
    await eventually(() => assert.equal(tail.lines().at(-1), "late took 9ms"));
    assert.equal(tail.lines().length, 3);
  });

  test("a tail that cannot be is refused as Loki does it", async () => {
    const cases: [query: Record<string, string>, headers: Record<string, string>, refusal: RegExp][] = [
      [{ query: "{" }, {}, /^400 parse error at line 1, col 2: /],
      [{ query: 'rate({app="a"}[1m])' }, {}, /^400 only log selector is supported/],
      [{ query: '{app="a"}', delay_for: "6" }, {}, /^400 delay_for can't be greater than 5/],
      [{ query: '{app="a"}', limit: "5001" }, {}, /^400 max entries limit per query exceeded/],
      [{ query: '{app="a"}' }, { authorization: `Bearer ${system.ingestKey}` }, /^403 /],
      [{ query: '{app="a"}' }, { authorization: "Bearer sl_nothing" }, /^401 /],
    ];
    for (const [query, headers, refusal] of cases) {
      using tail = openTail(query, headers);
      assert.match(await tail.refused, refusal);
    }
  });

  test("what is wrong is said as Loki says it, as plain text", async () => {
    const lines = { query: '{env="prod"}', ...range };
    const cases: [path: string, query: Record<string, string>, status: number, text: RegExp][] = [
      ["/query_range", { ...lines, query: '{env="prod"' }, 400, /^parse error at line 1, col 12: syntax error: /],
      ["/query_range", { ...lines, query: '{env=""}' }, 400, /at least one regexp or equality matcher/],
      ["/query_range", { ...lines, start: "yesterday" }, 400, /^could not parse 'start' parameter: got "yesterday"/],
      ["/query_range", { ...lines, start: at(200) }, 400, /^end timestamp must not be before or equal to start time/],
      ["/query_range", { ...lines, limit: "0" }, 400, /^limit must be a positive value/],
      ["/query_range", { ...lines, limit: "5001" }, 400, /^max entries limit per query exceeded, .*\(5001 > 5000\)/],
      ["/query_range", { ...lines, direction: "up" }, 400, /^invalid direction 'up'/],
      ["/query_range", { ...lines, step: "0" }, 400, /^zero or negative query resolution step widths/],
      [
        "/query_range",
        { query: 'rate({env="prod"}[1m])', start: "0", end: at(0), step: "1" },
        400,
        /^exceeded maximum resolution of 11,000/,
      ],
      ["/query", { query: '{env="prod"}' }, 400, /^log queries are not supported as an instant query type/],
      ["/query", { query: 'rate({env="prod"} | json | unwrap path [1h])', time: at(99) }, 400, /^pipeline error: /],
      ["/index/volume", { query: '{env="prod"} |= "x"' }, 400, /^only label matchers is supported/],
      ["/index/volume", { query: '{env="prod"}', aggregateBy: "day" }, 400, /^invalid aggregation option/],
      ["/index/volume_range", { ...lines, start: "0", step: "1" }, 400, /^exceeded maximum resolution of 11,000/],
      ["/detected_fields", { query: 'rate({env="prod"}[1m])' }, 400, /^only log selector is supported/],
      ["/detected_fields", { ...lines, line_limit: "5001" }, 400, /^max entries limit per query exceeded/],
      ["/patterns", { query: '{env="prod"' }, 400, /^parse error at line 1, col 12: syntax error: /],
      ["/series", { match: '{env="prod"} |= "x"' }, 400, /^only label matchers is supported/],
    ];
    for (const [path, query, status, text] of cases) {
      const answer = await get(path, query);
      assert.equal(answer.status, status, answer.text);
      assert.match(answer.text, text);
      assert.match(answer.type ?? "", /^text\/plain/);
    }
    const stranger = await ask("/labels", { headers: { authorization: "Bearer sl_nothing" } });
    assert.equal(stranger.status, 401);
    const sender = await ask("/labels", { headers: { authorization: `Bearer ${system.ingestKey}` } });
    assert.equal(sender.status, 403);
  });

  test("over gRPC the same comes as a stream", async () => {
    const client = createClient(LogqlServiceClient, system.stack.doors.grpc, { apiKey: queryKey });
    const times = { startUnixNano: BigInt(range.start), endUnixNano: BigInt(range.end) };
    const request = { query: '{env="prod"} |= "status"', ...times, limit: 10, forward: true };
    const texts: string[] = [];
    for await (const { streams } of client.stream("queryLogql", QueryLogqlRequest.fromPartial(request))) {
      texts.push(...streams.flatMap(({ lines }) => lines.map(({ text }) => text)));
    }
    client.close();
    assert.deepEqual(texts, ['{"status":200,"path":"/"}', '{"status":500,"path":"/cart"}']);
  });
});
