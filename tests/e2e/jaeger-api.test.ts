// What Grafana, Jaeger's page and scripts ask Jaeger, asked of the gateway; and the metrics that the analyzer makes of the same
// spans, from the door to an answer of PromQL.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Span } from "@sightline/proto/jaeger/api_v2/model";
import { QueryServiceClient as QueryClientV2 } from "@sightline/proto/jaeger/api_v2/query";
import { QueryServiceClient as QueryClientV3 } from "@sightline/proto/jaeger/api_v3/query_service";
import { TraceServiceClient } from "@sightline/proto/opentelemetry/proto/collector/trace/v1/trace_service";
import { createClient } from "@sightline/rpc/client";
import { eventually } from "@sightline/testkit/eventually";
import { z } from "zod";
import { type FaultStack, startFaultStack } from "../faults/fault-stack.ts";
import { healthId, orderId, sent, startMs, unknownId } from "./ordered-traces.ts";

const services = ["ingest", "storage", "analyzer", "gateway"] as const;
const settings = { analyzer: { SIGHTLINE_SPANS_PUBLISH_INTERVAL_MS: "1000", SIGHTLINE_SPANS_GRAPH_WAIT_MS: "2000" } };

/** The system's own services send spans too. */
const isOurs = (service: string) => service.startsWith("sightline-");
const withoutOurs = (names: readonly string[]) => names.filter((name) => !isOurs(name));

describe("Jaeger's API and the metrics of spans", { timeout: 240_000 }, () => {
  const opened = new AsyncDisposableStack();
  after(() => opened.disposeAsync());
  let system: FaultStack;

  before(async () => {
    system = opened.use(await startFaultStack({ services, settings }));
    const client = createClient(TraceServiceClient, system.stack.doors.otlpGrpc, { apiKey: system.ingestKey });
    try {
      await client.call("export", sent);
    } finally {
      client.close();
    }
    await eventually(async () => assert.equal((await get(`/api/traces/${orderId}`)).status, 200));
  });

  async function ask(path: string, key = system.queryKey) {
    const headers = { authorization: `Bearer ${key}` };
    const response = await fetch(system.stack.doors.page + path, { headers });
    return { status: response.status, json: z.unknown().parse(await response.json()) };
  }

  const get = (path: string, query: Readonly<Record<string, string>> = {}) =>
    ask(`/jaeger${path}?${new URLSearchParams(query)}`);

  const frame = z.object({
    data: z.unknown(),
    total: z.number(),
    limit: z.number(),
    offset: z.number(),
    errors: z.unknown(),
  });
  const dataOf = async (path: string, query: Readonly<Record<string, string>> = {}) => {
    const { status, json } = await get(path, query);
    assert.equal(status, 200, JSON.stringify(json));
    return frame.parse(json).data;
  };

  const trace = z.object({
    traceID: z.string(),
    spans: z.array(z.looseObject({ spanID: z.string(), operationName: z.string(), processID: z.string() })),
    processes: z.record(z.string(), z.object({ serviceName: z.string(), tags: z.array(z.unknown()) })),
  });
  const found = async (query: Readonly<Record<string, string>>) =>
    z
      .array(trace)
      .parse(await dataOf("/api/traces", query))
      .map(({ traceID }) => traceID)
      .sort();

  test("services and their operations", async () => {
    const all = z.array(z.string()).parse(await dataOf("/api/services"));
    assert.deepEqual(withoutOurs(all), ["mail", "shop", "web"]);
    assert.deepEqual(await dataOf("/api/services/web/operations"), ["GET /healthz", "GET /order", "POST"]);
    assert.deepEqual(await dataOf("/api/operations", { service: "shop" }), [
      { name: "POST /order", spanKind: "server" },
      { name: "SELECT", spanKind: "client" },
      { name: "orders send", spanKind: "producer" },
    ]);
    assert.deepEqual(await dataOf("/api/operations", { service: "shop", spanKind: "client" }), [
      { name: "SELECT", spanKind: "client" },
    ]);
  });

  test("a trace in the shape of Jaeger's page", async () => {
    const [order] = z.array(trace).parse(await dataOf(`/api/traces/${orderId}`));
    assert.equal(order?.traceID, orderId);
    assert.equal(order.spans.length, 6);
    const span = order.spans.find(({ operationName }) => operationName === "POST /order");
    assert.deepEqual(order.processes[span?.processID ?? ""], {
      serviceName: "shop",
      tags: [{ key: "service.version", type: "string", value: "1.0.0" }],
    });
    assert.deepEqual(
      { ...span, processID: "" },
      {
        traceID: orderId,
        spanID: "0000000000000003",
        operationName: "POST /order",
        references: [
          { refType: "CHILD_OF", traceID: orderId, spanID: "0000000000000002" },
          { refType: "FOLLOWS_FROM", traceID: healthId, spanID: "0000000000000014" },
        ],
        startTime: (startMs + 3) * 1000,
        duration: 300_000,
        tags: [
          { key: "otel.scope.name", type: "string", value: "test" },
          { key: "otel.scope.version", type: "string", value: "2" },
          { key: "span.kind", type: "string", value: "server" },
          { key: "otel.status_code", type: "string", value: "ERROR" },
          { key: "error", type: "bool", value: true },
          { key: "otel.status_description", type: "string", value: "out of stock" },
        ],
        logs: [
          {
            timestamp: startMs * 1000,
            fields: [
              { key: "event", type: "string", value: "retry" },
              { key: "n", type: "string", value: "1" },
            ],
          },
        ],
        processID: "",
        warnings: null,
      },
    );
  });

  test("traces are found by what one of their spans has", async () => {
    const cases: readonly (readonly [query: Record<string, string>, want: readonly string[]])[] = [
      [{ service: "web" }, [healthId, orderId]],
      [{ service: "web", limit: "1" }, [healthId]],
      [{ service: "shop" }, [orderId]],
      [{ service: "web", operation: "GET /healthz" }, [healthId]],
      [{ service: "web", operation: "SELECT" }, []],
      [{ service: "web", tags: '{"http.response.status_code":"200"}' }, [orderId]],
      [{ service: "web", tag: "http.response.status_code:404" }, []],
      [{ service: "shop", tags: '{"error":"true"}' }, [orderId]],
      [{ service: "web", tags: '{"error":"true"}' }, []],
      [{ service: "web", minDuration: "450ms" }, [orderId]],
      [{ service: "web", maxDuration: "100ms" }, [healthId]],
      [{ service: "web", start: String((startMs - 60_000) * 1000), end: String((startMs - 1000) * 1000) }, []],
      [{ traceID: orderId }, [orderId]],
    ];
    for (const [query, want] of cases) assert.deepEqual(await found(query), want, JSON.stringify(query));
    const { json } = await get("/api/traces", { traceID: unknownId });
    assert.deepEqual(frame.parse(json).errors, [{ msg: "trace not found", traceID: unknownId }]);
  });

  test("what is wrong is told in Jaeger's frame", async () => {
    const cases: readonly (readonly [path: string, status: number, message: RegExp])[] = [
      [`/api/traces/${unknownId}`, 404, /trace not found/],
      ["/api/traces/xyz", 400, /trace id/],
      ["/api/traces", 400, /parameter 'service' is required/],
      ["/api/traces?service=a&limit=ten", 400, /unable to parse param 'limit'/],
      ["/api/traces?service=a&limit=5000", 400, /at most 1000/],
      ["/api/traces?service=a&start=yesterday", 400, /unable to parse param 'start'/],
      ["/api/traces?service=a&minDuration=long", 400, /unable to parse param 'minDuration'/],
      ["/api/traces?service=a&minDuration=2s&maxDuration=1s", 400, /'maxDuration' should be greater/],
      ["/api/traces?service=a&tags=%7B", 400, /unable to parse param 'tags'/],
      ["/api/traces?service=a&tag=b", 400, /malformed 'tag' parameter/],
      ["/api/operations", 400, /parameter 'service' is required/],
      ["/api/dependencies?endTs=now", 400, /unable to parse param 'endTs'/],
    ];
    const errors = z.object({ data: z.null(), errors: z.array(z.object({ code: z.number(), msg: z.string() })) });
    for (const [path, want, message] of cases) {
      const { status, json } = await ask(`/jaeger${path}`);
      const [error] = errors.parse(json).errors;
      assert.deepEqual([status, error?.code], [want, want], path);
      assert.match(error?.msg ?? "", message);
    }
    assert.equal((await ask("/jaeger/api/services", "sl_nobody")).status, 401);
    assert.equal((await ask("/jaeger/api/services", system.ingestKey)).status, 403);
  });

  test("the third API over HTTP", async () => {
    const times = {
      "query.startTimeMin": new Date(startMs - 60_000).toISOString(),
      "query.startTimeMax": new Date(startMs + 60_000).toISOString(),
    };
    const listed = z.object({ services: z.array(z.string()) }).parse((await get("/api/v3/services")).json);
    assert.deepEqual(withoutOurs(listed.services), ["mail", "shop", "web"]);
    assert.deepEqual((await get("/api/v3/operations", { service: "mail" })).json, {
      operations: [{ name: "orders process", spanKind: "consumer" }],
    });
    const spans = z.array(z.looseObject({ traceId: z.string(), spanId: z.string(), name: z.string() }));
    const result = z.object({
      result: z.object({
        resourceSpans: z.array(z.object({ resource: z.unknown(), scopeSpans: z.array(z.object({ spans })) })),
      }),
    });
    const spansIn = (json: unknown) =>
      result.parse(json).result.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
    const order = spansIn((await get(`/api/v3/traces/${orderId}`)).json);
    assert.equal(order.length, 6);
    const select = order.find(({ name }) => name === "SELECT");
    assert.deepEqual(
      { ...select, attributes: undefined },
      {
        traceId: orderId,
        spanId: "0000000000000004",
        parentSpanId: "0000000000000003",
        name: "SELECT",
        kind: 3,
        startTimeUnixNano: `${startMs + 4}000000`,
        endTimeUnixNano: `${startMs + 24}000000`,
        attributes: undefined,
        status: {},
      },
    );
    const search = { ...times, "query.serviceName": "web", "query.durationMax": "10ms" };
    assert.deepEqual(
      spansIn((await get("/api/v3/traces", search)).json).map(({ traceId }) => traceId),
      [healthId],
    );
    const former = {
      "query.start_time_min": times["query.startTimeMin"],
      "query.start_time_max": times["query.startTimeMax"],
      "query.attributes": '{"db.system":"postgresql"}',
    };
    assert.equal(spansIn((await get("/api/v3/traces", former)).json).length, 6);
    const errors = z.object({ error: z.object({ httpCode: z.number(), grpcCode: z.number(), message: z.string() }) });
    const missing = await get("/api/v3/traces", { ...times, "query.serviceName": "nobody" });
    assert.deepEqual(errors.parse(missing.json).error, { httpCode: 404, grpcCode: 5, message: "No traces found" });
    assert.equal((await get("/api/v3/traces", { "query.serviceName": "web" })).status, 400);
    assert.equal((await get("/api/v3/traces", { ...times, "query.filter": "{}" })).status, 501);
  });

  test("the second API over gRPC", async () => {
    const client = createClient(QueryClientV2, system.stack.doors.grpc, { apiKey: system.queryKey });
    try {
      assert.deepEqual(withoutOurs((await client.call("getServices", {})).services), ["mail", "shop", "web"]);
      const operations = await client.call("getOperations", { service: "web", spanKind: "server" });
      assert.deepEqual(operations.operationNames, ["GET /healthz", "GET /order"]);
      const times = { startTime: undefined, endTime: undefined, rawTraces: false };
      const get = async (id: string) => {
        const spans: Span[] = [];
        for await (const chunk of client.stream("getTrace", { traceId: Buffer.from(id, "hex"), ...times })) {
          spans.push(...chunk.spans);
        }
        return spans;
      };
      const order = await get(orderId);
      assert.deepEqual(order.map(({ process }) => process?.serviceName).sort(), [
        "mail",
        "shop",
        "shop",
        "shop",
        "web",
        "web",
      ]);
      const root = order.find(({ operationName }) => operationName === "GET /order");
      assert.deepEqual([root?.references, root?.duration], [[], { seconds: 0n, nanos: 500_000_000 }]);
      await assert.rejects(get(unknownId), { code: "not_found", message: /trace not found/ });
      const query = {
        ...{ serviceName: "shop", operationName: "", tags: { error: "true" }, searchDepth: 5, rawTraces: false },
        startTimeMin: { seconds: BigInt(Math.floor(startMs / 1000) - 60), nanos: 0 },
        startTimeMax: { seconds: BigInt(Math.floor(startMs / 1000) + 60), nanos: 0 },
        ...{ durationMin: { seconds: 0n, nanos: 250_000_000 }, durationMax: undefined },
      };
      let spans = 0;
      for await (const chunk of client.stream("findTraces", { query })) spans += chunk.spans.length;
      assert.equal(spans, 6);
    } finally {
      client.close();
    }
  });

  test("the third API over gRPC", async () => {
    const client = createClient(QueryClientV3, system.stack.doors.grpc, { apiKey: system.queryKey });
    try {
      const { operations } = await client.call("getOperations", { service: "mail", spanKind: "" });
      assert.deepEqual(operations, [{ name: "orders process", spanKind: "consumer" }]);
      const times = { startTime: undefined, endTime: undefined, rawTraces: false };
      let spans = 0;
      for await (const { resourceSpans } of client.stream("getTrace", { traceId: orderId, ...times })) {
        spans += resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)).length;
      }
      assert.equal(spans, 6);
    } finally {
      client.close();
    }
  });

  const vector = z.object({
    data: z.object({
      result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) })),
    }),
  });
  /** What PromQL answers now: each series' value by its labels. */
  const measure = async (query: string): Promise<Record<string, number>> => {
    const { json } = await ask(`/api/v1/query?${new URLSearchParams({ query })}`);
    return Object.fromEntries(
      vector.parse(json).data.result.map(({ metric, value }) => [Object.values(metric).join(" > "), Number(value[1])]),
    );
  };

  test("the service graph, as PromQL and as dependencies", async () => {
    const total = 'traces_service_graph_request_total{client!~"sightline-.*",server!~"sightline-.*"}';
    const edges = `sum by (client, server) (${total})`;
    const want = {
      "user > web": 2,
      "web > shop": 1,
      "shop > orders-db": 1,
      "shop > nats/orders": 1,
      "nats/orders > mail": 1,
      "shop > mail": 1,
    };
    await eventually(async () => assert.deepEqual(await measure(edges), want));
    assert.deepEqual(await measure(`sum by (connection_type) (${total})`), {
      "": 1,
      virtual_node: 2,
      database: 1,
      messaging_system: 3,
    });
    assert.deepEqual(await measure("sum by (client) (traces_service_graph_request_failed_total) > 0"), { web: 1 });
    // As Grafana asks for its map.
    const seconds = await measure(
      "sum by (client, server) (traces_service_graph_request_server_seconds_sum{client='web'})",
    );
    assert.deepEqual(seconds, { "web > shop": 0.3 });
    assert.deepEqual(await measure(`sum(increase(${total}[10m] anchored))`), { "": 7 });
    const links = z.array(z.object({ parent: z.string(), child: z.string(), callCount: z.number() }));
    const all = links.parse(await dataOf("/api/dependencies", { lookback: "600000" }));
    const dependencies = all.filter(({ parent, child }) => !isOurs(parent) && !isOurs(child));
    const counts = dependencies.map(({ parent, child, callCount }) => [`${parent} > ${child}`, callCount]);
    assert.deepEqual(Object.fromEntries(counts), want);
    const ofMail = links.parse(await dataOf("/api/dependencies", { lookback: "600000", service: "mail" }));
    assert.equal(ofMail.length, 2);
  });

  test("metrics of spans, with exemplars", async () => {
    const calls = 'sum by (span_name) (traces_spanmetrics_calls_total{service="web",span_kind="SPAN_KIND_SERVER"})';
    await eventually(async () => assert.deepEqual(await measure(calls), { "GET /order": 1, "GET /healthz": 1 }));
    const failed = 'traces_spanmetrics_calls_total{status_code="STATUS_CODE_ERROR"}';
    assert.deepEqual(await measure(`sum by (service) (${failed})`), { shop: 1 });
    const buckets = 'sum by (le) (rate(traces_spanmetrics_latency_bucket{span_name="GET /order"}[10m]))';
    const [quantile = Number.NaN] = Object.values(await measure(`histogram_quantile(0.9, ${buckets})`));
    assert.ok(quantile > 0.256 && quantile <= 0.512, String(quantile));
    const exemplars = new URLSearchParams({
      ...{ query: 'traces_spanmetrics_latency_bucket{span_name="GET /order"}' },
      ...{ start: String(startMs / 1000 - 60), end: String(Date.now() / 1000) },
    });
    const { json } = await ask(`/api/v1/query_exemplars?${exemplars}`);
    assert.match(JSON.stringify(json), new RegExp(orderId));
  });

  test("how services do over time, for Jaeger's monitor", async () => {
    const point = z.object({ timestamp: z.iso.datetime(), gaugeValue: z.object({ doubleValue: z.number() }) });
    const labels = z.array(z.object({ name: z.string(), value: z.string() }));
    const metrics = z.array(z.object({ labels, metricPoints: z.array(point) }));
    const family = z.object({ name: z.string(), type: z.literal("GAUGE"), help: z.string(), metrics });
    const last = async (kind: string, query: Readonly<Record<string, string>>) => {
      const { status, json } = await get(`/api/metrics/${kind}`, { lookback: "60000", ...query });
      assert.equal(status, 200, JSON.stringify(json));
      const { name, metrics: found } = family.parse(json);
      const valuesOf = found.map(
        (one) => [one.labels.map(({ value }) => value).join(), one.metricPoints.at(-1)] as const,
      );
      return [name, ...valuesOf.map(([of, at]) => [of, at?.gaugeValue.doubleValue])];
    };
    await eventually(async () => {
      assert.deepEqual(await last("errors", { service: "shop" }), ["service_error_rate", ["shop", 1]]);
    });
    const [name, [of, perSecond = 0] = []] = await last("calls", { service: "web", groupByOperation: "true" });
    assert.deepEqual([name, of], ["service_operation_call_rate", "web,GET /healthz"]);
    assert.ok(Number(perSecond) > 0, String(perSecond));
    const [, [, milliseconds = 0] = []] = await last("latencies", { service: "shop", quantile: "0.9" });
    assert.ok(Number(milliseconds) > 256 && Number(milliseconds) <= 512, String(milliseconds));
    assert.equal(await dataOf("/api/metrics/minstep"), 1);
    assert.equal((await get("/api/metrics/latencies", { service: "shop" })).status, 400);
  });
});
