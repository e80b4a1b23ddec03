import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { createEventBuilder } from "@sightline/events/builder";
import { type Stack, startStack } from "@sightline/local/stack/stack";
import { Span_SpanKind } from "@sightline/proto/opentelemetry/proto/trace/v1/trace";
import { AlertServiceClient, ListAlertsRequest } from "@sightline/proto/sightline/alert/v1/alert_service";
import { AnalysisServiceClient } from "@sightline/proto/sightline/analysis/v1/analysis_service";
import { EventFilters } from "@sightline/proto/sightline/event/v1/event";
import { EventServiceClient } from "@sightline/proto/sightline/ingest/v1/event_service";
import {
  QueryMetricsRequest,
  QueryServiceClient,
  SearchLogsRequest,
} from "@sightline/proto/sightline/query/v1/query_service";
import { createClient } from "@sightline/rpc/client";
import { eventually } from "@sightline/testkit/eventually";
import { z } from "zod";
import { sendByJaeger, sendBySyslog } from "./legacy-senders.ts";
import { LOG_SHAPES } from "./log-shapes.ts";
import { createRestClient, login, type RestClient } from "./rest-client.ts";
import { createSender } from "./senders.ts";
import { startWebhookReceiver } from "./webhook-receiver.ts";

const patience = { intervalMs: 100 };

/** The whole of Sightline as `make up` starts it, with official clients on both sides. */
describe("the whole path", { timeout: 300_000 }, () => {
  const closers = new AsyncDisposableStack();
  after(() => closers.disposeAsync());

  let stack: Stack;
  let rest: RestClient;
  let keys: { ingest: string; query: string };
  let sender: ReturnType<typeof createSender>;

  before(async () => {
    const dir = mkdtempSync(join(tmpdir(), "sightline-e2e-"));
    closers.defer(() => rmSync(dir, { recursive: true, force: true }));
    stack = closers.use(await startStack({ dir, ports: "free" }));
    rest = createRestClient(
      stack.doors.page,
      await login(stack.doors.page, stack.adminUser, stack.secrets.adminPassword),
    );
    const make = async (scope: string) =>
      (await rest.send("POST", "/v1/keys", { name: `e2e ${scope}`, scopes: [scope] }, z.object({ key: z.string() })))
        .key;
    keys = { ingest: await make("ingest"), query: await make("query") };
    sender = createSender({ address: stack.doors.otlpGrpc, apiKey: keys.ingest, service: "e2e-shop" });
    closers.defer(() => sender.close());
  });

  const queries = () => {
    const client = createClient(QueryServiceClient, stack.doors.grpc, { apiKey: keys.query });
    return { client, [Symbol.dispose]: () => client.close() };
  };

  test("a trace is there once, over gRPC and REST, with all that was in it", async () => {
    const traceId = await sender.sendTrace("POST /orders");
    using storage = queries();
    const found = await eventually(() => storage.client.call("getTrace", { traceId }), patience);
    const spans = found.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
    assert.deepEqual(spans.map(({ name }) => name).toSorted(), ["POST /orders", "SELECT"]);

    const form = z.object({
      spans: z.array(
        z.looseObject({
          name: z.string(),
          service: z.string(),
          kind: z.string(),
          status: z.string(),
          events: z.array(z.looseObject({ name: z.string() })),
        }),
      ),
    });
    const { spans: shown } = await rest.get(`/v1/traces/${traceId}`, form);
    assert.deepEqual(
      shown.map(({ name, service, kind, status, events }) => [
        name,
        service,
        kind,
        status,
        events.map((event) => event.name),
      ]),
      [
        ["POST /orders", "e2e-shop", "server", "unset", []],
        ["SELECT", "e2e-shop", "client", "error", ["retry"]],
      ],
    );
    const list = z.object({
      traces: z.array(z.looseObject({ traceId: z.string(), spanCount: z.number(), errorCount: z.number() })),
    });
    const { traces } = await rest.get("/v1/traces?service=e2e-shop&errors=true", list);
    assert.deepEqual(
      traces.map(({ spanCount, errorCount }) => [spanCount, errorCount]),
      [[2, 1]],
    );
  });

  test("a log record is there once and is found by its words", async () => {
    await sender.sendLog("payment of order 4711 refused by the bank", "t");
    using storage = queries();
    const request = SearchLogsRequest.fromPartial({ searchText: 'order 4711 "the bank"', services: ["e2e-shop"] });
    const { records } = await eventually(async () => {
      const found = await storage.client.call("searchLogs", request);
      assert.ok(found.records.length > 0);
      return found;
    }, patience);
    assert.deepEqual(
      records.map(({ body, severityText }) => [body, severityText]),
      [["payment of order 4711 refused by the bank", "ERROR"]],
    );
    const form = z.object({
      totalCount: z.number(),
      records: z.array(z.looseObject({ attributes: z.record(z.string(), z.string()) })),
    });
    const shown = await rest.get("/v1/logs?q=4711&minSeverity=error&attr.category=business", form);
    assert.equal(shown.totalCount, 1);
    assert.equal(shown.records[0]?.attributes.category, "business");
    assert.equal((await rest.get("/v1/logs?q=4712", form)).totalCount, 0);
  });

  test("spans of Jaeger's client and a line of syslog come in at the ports that they look for", async () => {
    const traceId = await sendByJaeger({ port: stack.port("jaeger"), apiKey: keys.ingest, service: "e2e-legacy" });
    const header = `<11>1 ${new Date().toISOString()} web-1 e2e-legacy 42 - -`;
    await sendBySyslog(stack.port("syslog"), `${header} disk 7 is failing`);
    using storage = queries();
    const found = await eventually(() => storage.client.call("getTrace", { traceId }), patience);
    const [span] = found.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
    assert.deepEqual([span?.name, span?.kind], ["GET /legacy", Span_SpanKind.SERVER]);
    const request = SearchLogsRequest.fromPartial({ searchText: "disk 7", services: ["e2e-legacy"] });
    const records = await eventually(async () => {
      const answer = await storage.client.call("searchLogs", request);
      assert.ok(answer.records.length > 0);
      return answer.records;
    }, patience);
    assert.deepEqual(
      records.map(({ body, severityText, severityNumber }) => [body, severityText, severityNumber]),
      [["disk 7 is failing", "err", 17]],
    );
  });

  test("log records in JSON of known shapes come out with their severity, service, trace, category and labels", async () => {
    const timestamp = new Date().toISOString();
    const body = LOG_SHAPES.map(({ line }) => `${JSON.stringify({ timestamp, ...line })}\n`).join("");
    const headers = { authorization: `Bearer ${keys.ingest}`, "content-type": "application/x-ndjson" };
    const posted = await fetch(`${stack.doors.otlpHttp}/v1/logs/lines`, { method: "POST", body, headers });
    assert.equal(posted.status, 200);
    using storage = queries();
    const services = LOG_SHAPES.map(({ found }) => found.serviceName);
    const request = SearchLogsRequest.fromPartial({ services, searchText: "shape" });
    const records = await eventually(async () => {
      const answer = await storage.client.call("searchLogs", request);
      assert.equal(answer.records.length, services.length);
      return answer.records.toSorted((a, b) => (a.body < b.body ? -1 : 1));
    }, patience);
    const found = records.map(({ serviceName, severityNumber, traceId, attributes, resourceAttributes }) => {
      return { serviceName, severityNumber, traceId, attributes, environment: resourceAttributes["environment"] };
    });
    assert.deepEqual(
      found,
      LOG_SHAPES.map((shape) => shape.found),
    );
    for (const { timeUnixNano } of records) assert.equal(timeUnixNano, BigInt(Date.parse(timestamp)) * 1_000_000n);
  });

  test("metrics are there, a counter's increase as it was", async () => {
    await sender.sendMetrics(5, 3);
    await sender.sendMetrics(7, 4);
    using storage = queries();
    const latest = async (metric: string) => {
      const { series } = await storage.client.call(
        "queryMetrics",
        QueryMetricsRequest.fromPartial({ metric, stepSeconds: 1 }),
      );
      return series.map(({ labels, values }) => [labels, values.at(-1)] as const);
    };
    await eventually(async () => assert.equal((await latest("e2e_orders_total"))[0]?.[1], 12), patience);
    const [orders] = await latest("e2e_orders_total");
    assert.equal(orders?.[0].region, "eu");
    assert.equal((await latest("e2e_queue_depth"))[0]?.[1], 4);
    const form = z.object({ metrics: z.array(z.looseObject({ name: z.string(), type: z.string() })) });
    const { metrics } = await rest.get("/v1/metrics?q=e2e_", form);
    assert.deepEqual(
      metrics.map(({ name, type }) => [name, type]),
      [
        ["e2e_orders_total", "sum"],
        ["e2e_queue_depth", "gauge"],
      ],
    );
  });

  test("events sent over gRPC and by curl are there once, also when sent twice", async () => {
    const ingest = createClient(EventServiceClient, stack.doors.otlpGrpc, { apiKey: keys.ingest });
    const events = createEventBuilder({ clock: Date.now });
    const event = events.build({
      eventType: "e2e_event",
      source: "e2e",
      title: "over gRPC",
      target: "e2e-1",
      severity: "warning",
    });
    try {
      const { eventIds, rejected } = await ingest.call("storeEvents", {
        events: [event, { ...event, eventId: "", title: "" }],
      });
      assert.equal(eventIds[0], event.eventId);
      assert.deepEqual(
        rejected.map(({ index }) => index),
        [1],
        "the bad one beside it is refused, and said so",
      );
      await ingest.call("storeEvents", { events: [event] });
    } finally {
      ingest.close();
    }
    const posted = await fetch(`${stack.doors.otlpHttp}/v1/events`, {
      method: "POST",
      headers: { authorization: `Bearer ${keys.ingest}`, "content-type": "application/json" },
      body: JSON.stringify({ event_type: "e2e_event", source: "e2e", title: "by curl", details: { depth: 3 } }),
    });
    assert.equal(posted.status, 200, await posted.text());

    using storage = queries();
    const filters = EventFilters.fromPartial({ eventTypes: ["e2e_event"] });
    await eventually(async () => {
      const { totalCount } = await storage.client.call("searchEvents", { filters, cursor: "" });
      assert.equal(totalCount, 2n);
    }, patience);
    const form = z.object({ events: z.array(z.looseObject({ title: z.string(), details: z.unknown() })) });
    const shown = await rest.get("/v1/events?type=e2e_event", form);
    assert.deepEqual(shown.events.map(({ title }) => title).toSorted(), ["by curl", "over gRPC"]);
    assert.deepEqual(shown.events.find(({ title }) => title === "by curl")?.details, { depth: 3 });
  });

  test("an alert reaches a webhook, is acknowledged, and resolves", async () => {
    await using receiver = await startWebhookReceiver();
    await rest.send("PUT", "/v1/channels/e2e-hook", { webhook: { url: receiver.url } }, z.unknown());
    const rule = {
      name: "e2e disk trouble",
      severity: "critical",
      event: {
        expression: "event_type == 'e2e_disk' and details.get('usage_percent') > 90",
        thresholdCount: 2,
        thresholdWindowSeconds: 300,
        resolveExpression: "event_type == 'e2e_disk' and details.get('usage_percent') <= 90",
      },
      channels: ["e2e-hook"],
    };
    await rest.send("POST", "/v1/rules", rule, z.unknown());

    const ingest = createClient(EventServiceClient, stack.doors.otlpGrpc, { apiKey: keys.ingest });
    const events = createEventBuilder({ clock: Date.now });
    const tell = (usage: number) =>
      ingest.call("storeEvents", {
        events: [
          events.build({
            eventType: "e2e_disk",
            source: "e2e",
            target: "db-1",
            title: `disk at ${usage} %`,
            details: { usage_percent: usage },
          }),
        ],
      });
    try {
      await tell(95);
      await tell(96);
      await eventually(() => receiver.received.some(({ status }) => status === "firing"), patience);
      const alerts = createClient(AlertServiceClient, stack.doors.grpc, { apiKey: keys.query });
      const active = await alerts.call("listAlerts", ListAlertsRequest.fromPartial({}));
      alerts.close();
      const alert = active.alerts.find(({ ruleName }) => ruleName === rule.name);
      assert.ok(alert, "the alert is active");

      const form = z.object({ alert: z.looseObject({ state: z.string(), acknowledgedBy: z.string() }) });
      const acknowledged = await rest.send("POST", `/v1/alerts/${alert.alertId}/acknowledge`, { note: "on it" }, form);
      assert.deepEqual(
        [acknowledged.alert.state, acknowledged.alert.acknowledgedBy],
        ["acknowledged", stack.adminUser],
      );

      await tell(40);
      await eventually(() => receiver.received.some(({ status }) => status === "resolved"), patience);
      const detail = z.object({
        alert: z.looseObject({ state: z.string() }),
        history: z.array(z.looseObject({ toState: z.string().nullable(), note: z.string() })),
        notifications: z.array(z.looseObject({ status: z.string(), delivered: z.boolean() })),
      });
      const { alert: ended, history, notifications } = await rest.get(`/v1/alerts/${alert.alertId}`, detail);
      assert.equal(ended.state, "resolved");
      assert.deepEqual(
        history.map(({ toState }) => toState),
        ["firing", "acknowledged", "resolved"],
      );
      assert.ok(history.some(({ note }) => note === "on it"));
      assert.deepEqual(
        notifications.map(({ status, delivered }) => [status, delivered]),
        [
          ["firing", true],
          ["resolved", true],
        ],
      );
      assert.equal(receiver.received.length, 2, "each told once");
    } finally {
      ingest.close();
    }
  });

  test("the platform sees this machine and itself", async () => {
    const form = z.looseObject({ fleetHealthScore: z.number(), totalSystems: z.number(), healthySystems: z.number() });
    const health = await eventually(async () => {
      const found = await rest.get("/v1/health", form);
      assert.ok(found.totalSystems > 1);
      return found;
    }, patience);
    assert.ok(health.fleetHealthScore > 0);
    const grpc = createClient(AnalysisServiceClient, stack.doors.grpc, { apiKey: keys.query });
    assert.ok((await grpc.call("getFleetHealth", {})).totalSystems > 1);
    grpc.close();

    const resources = z.object({ resources: z.record(z.string(), z.array(z.unknown())) });
    await eventually(async () => {
      const { resources: found } = await rest.get("/api/v1/monitoring/system/resources", resources);
      for (const metric of [
        "system_cpu_usage_percent",
        "system_memory_usage_bytes",
        "system_disk_usage_percent",
        "system_process_count",
      ]) {
        assert.ok(found[metric], metric);
      }
    }, patience);
    await eventually(async () => {
      const { services } = await rest.get(
        "/v1/services",
        z.object({ services: z.array(z.looseObject({ name: z.string() })) }),
      );
      assert.ok(
        services.some(({ name }) => name === "sightline-gateway"),
        "its own traces and logs",
      );
    }, patience);
    const checks = z.object({ totalCount: z.number() });
    await eventually(
      async () => assert.ok((await rest.get("/v1/events?type=HEALTH_CHECK", checks)).totalCount > 0),
      patience,
    );
    assert.match(await rest.text("/api/v1/monitoring/metrics"), /^# HELP system_cpu_usage_percent/m);
    const detailed = await rest.get("/api/v1/monitoring/health/detailed", z.looseObject({ status: z.string() }));
    assert.equal(detailed.status, "healthy", JSON.stringify(detailed));
    for (const path of ["dashboard", "logs/search?limit=5", "security/events?hours=1", "performance/traces?limit=5"]) {
      await rest.get(`/api/v1/monitoring/${path}`, z.looseObject({}));
    }
  });

  test("the health report tells of it, as JSON and as one HTML file", async () => {
    const made = z.object({ report: z.looseObject({ reportId: z.string(), totalSystems: z.number() }) });
    const { report } = await rest.send("POST", "/v1/reports", { kind: "health", start: "-1h" }, made);
    const document = await rest.get(
      `/v1/reports/${report.reportId}?format=json`,
      z.looseObject({
        fleet_health_score: z.number(),
        total_systems: z.number(),
        healthy_systems: z.number(),
        missing: z.array(z.string()),
      }),
    );
    assert.deepEqual(document.missing, []);
    assert.equal(document.total_systems, report.totalSystems);
    assert.match(await rest.text(`/v1/reports/${report.reportId}?format=html`), /<svg/);
  });

  test("a stop and a start later everything is found again", async () => {
    using storage = queries();
    const filters = EventFilters.fromPartial({ eventTypes: ["e2e_event"] });
    for (const part of ["storage", "clickhouse", "nats", "postgres"] as const) {
      await stack.process(part).stop();
      await stack.process(part).start();
    }
    await eventually(async () => {
      const { totalCount } = await storage.client.call("searchEvents", { filters, cursor: "" });
      assert.equal(totalCount, 2n);
    }, patience);
  });
});
