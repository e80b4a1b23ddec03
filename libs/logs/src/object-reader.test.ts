import assert from "node:assert/strict";
import { test } from "node:test";
import { attributesText, valueText } from "@sightline/otlp/value-text";
import { ExportLogsServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/logs/v1/logs_service";
import { createLogBatch } from "./log-batch.ts";
import { newLogRecord } from "./log-record.ts";
import { createObjectReader, MAX_DEPTH } from "./object-reader.ts";
import { parseObject } from "./parse-object.ts";

const read = createObjectReader({ maxFields: 100 });
const record = newLogRecord();

/** A record as it lies in the tables, after the way through OTLP's bytes; what is empty left out. */
function columnsOf(text: string): Record<string, unknown> {
  const parsed = parseObject(text);
  assert.ok("fields" in parsed, "refusal" in parsed ? parsed.refusal : "");
  assert.equal(read(parsed.fields, record), "");
  const batch = createLogBatch({ maxRecordBytes: 1_000_000 });
  assert.equal(batch.add(record), "");
  const [resource] = ExportLogsServiceRequest.decode(batch.take().body).resourceLogs;
  const log = resource?.scopeLogs[0]?.logRecords[0];
  assert.ok(log);
  const all = {
    time: log.timeUnixNano === 0n ? "" : new Date(Number(log.timeUnixNano / 1_000_000n)).toISOString(),
    severity: log.severityNumber,
    severityText: log.severityText,
    body: valueText(log.body),
    event: log.eventName,
    traceId: log.traceId.toString("hex"),
    spanId: log.spanId.toString("hex"),
    flags: log.flags,
    resource: attributesText(resource?.resource?.attributes ?? []),
    attributes: attributesText(log.attributes),
  };
  return Object.fromEntries(
    Object.entries(all).filter(([, value]) => (typeof value === "object" ? Object.keys(value).length > 0 : value)),
  );
}

interface Case {
  readonly name: string;
  readonly from: object;
  readonly want: Readonly<Record<string, unknown>>;
}

const cases: readonly Case[] = [
  {
    name: "flat, with a trace id of 12 digits",
    from: {
      timestamp: "2024-01-25T10:30:45.123Z",
      level: "info",
      service: "aegis-backend",
      message: "User login successful",
      trace_id: "a1b2c3d4e5f6",
      user_id: "uuid",
      duration_ms: 123,
    },
    want: {
      time: "2024-01-25T10:30:45.123Z",
      severity: 9,
      severityText: "info",
      body: "User login successful",
      traceId: "00000000000000000000a1b2c3d4e5f6",
      resource: { "service.name": "aegis-backend" },
      attributes: { trace_id: "a1b2c3d4e5f6", user_id: "uuid", duration_ms: "123" },
    },
  },
  {
    name: "flat, with a UUID for a trace id",
    from: {
      timestamp: "2024-01-25T10:30:45.123456Z",
      level: "ERROR",
      service: "dora",
      trace_id: "5B8EFFF7-9803-8103-D269-B633813FC60C",
      span_id: "eee19b7ec3c1b174",
      message: "workflow failed",
    },
    want: {
      time: "2024-01-25T10:30:45.123Z",
      severity: 17,
      severityText: "ERROR",
      body: "workflow failed",
      traceId: "5b8efff798038103d269b633813fc60c",
      spanId: "eee19b7ec3c1b174",
      resource: { "service.name": "dora" },
      attributes: { trace_id: "5B8EFFF7-9803-8103-D269-B633813FC60C" },
    },
  },
  {
    name: "category, component, context, labels and metadata",
    from: {
      timestamp: "2025-01-20T15:30:45.123Z",
      level: "info",
      message: "Request processed successfully",
      category: "api_request",
      component: "backend",
      context: { request_id: "req_123", user_id: "user_456", endpoint: "/api/v1/users" },
      labels: { service: "opssight-backend", environment: "production" },
      metadata: { logger: "app.api.users", duration_ms: 45 },
    },
    want: {
      time: "2025-01-20T15:30:45.123Z",
      severity: 9,
      severityText: "info",
      body: "Request processed successfully",
      resource: { "service.name": "opssight-backend", environment: "production" },
      attributes: {
        category: "api_request",
        component: "backend",
        "context.request_id": "req_123",
        "context.user_id": "user_456",
        "context.endpoint": "/api/v1/users",
        "metadata.logger": "app.api.users",
        "metadata.duration_ms": "45",
      },
    },
  },
  {
    name: "ECS, with dots and nested",
    from: {
      "@timestamp": "2026-03-01T00:00:00.5Z",
      "log.level": "warn",
      message: "slow",
      "ecs.version": "8.11",
      service: { name: "shop", version: "1.2" },
      trace: { id: "0af7651916cd43dd8448eb211c80319c" },
      span: { id: "b7ad6b7169203331" },
      host: { name: "web-1" },
      event: { dataset: "shop.log" },
    },
    want: {
      time: "2026-03-01T00:00:00.500Z",
      severity: 13,
      severityText: "warn",
      body: "slow",
      traceId: "0af7651916cd43dd8448eb211c80319c",
      spanId: "b7ad6b7169203331",
      resource: { "service.name": "shop", "host.name": "web-1", "service.version": "1.2" },
      attributes: { "ecs.version": "8.11", "event.dataset": "shop.log" },
    },
  },
  {
    name: "pino",
    from: {
      level: 50,
      time: 1_700_000_000_123,
      pid: 7,
      hostname: "web-1",
      name: "shop",
      msg: "boom",
      err: { type: "E" },
    },
    want: {
      time: "2023-11-14T22:13:20.123Z",
      severity: 17,
      body: "boom",
      resource: { "service.name": "shop", "host.name": "web-1" },
      attributes: { pid: "7", name: "shop", "err.type": "E" },
    },
  },
  {
    name: "winston",
    from: { level: "verbose", message: "hello", timestamp: "2026-01-02 03:04:05" },
    want: { time: "2026-01-02T03:04:05.000Z", severity: 2, severityText: "verbose", body: "hello" },
  },
  {
    name: "zap",
    from: { level: "dpanic", ts: 1_700_000_000.123456, caller: "a.go:1", msg: "odd", logger: "db" },
    want: {
      time: "2023-11-14T22:13:20.123Z",
      severity: 19,
      severityText: "dpanic",
      body: "odd",
      attributes: { caller: "a.go:1", logger: "db" },
    },
  },
  {
    name: "Python's logging",
    from: { asctime: "2026-01-02 03:04:05,678", levelname: "CRITICAL", levelno: 50, name: "app", message: "down" },
    want: {
      time: "2026-01-02T03:04:05.678Z",
      severity: 21,
      severityText: "CRITICAL",
      body: "down",
      attributes: { levelno: "50", name: "app" },
    },
  },
  {
    name: "structlog: the event is the message",
    from: { event: "workflow_started", workflow_id: "w1", level: "info" },
    want: {
      severity: 9,
      severityText: "info",
      body: "workflow_started",
      event: "workflow_started",
      attributes: { workflow_id: "w1" },
    },
  },
  {
    name: "structlog: a sentence for an event",
    from: { event: "the workflow has started", level: "info" },
    want: { severity: 9, severityText: "info", body: "the workflow has started" },
  },
  {
    name: "Google Cloud",
    from: {
      severity: "NOTICE",
      textPayload: "hello",
      timestamp: { seconds: 1_700_000_000, nanos: 5_000_000 },
      "logging.googleapis.com/trace": "projects/p/traces/0af7651916cd43dd8448eb211c80319c",
      "logging.googleapis.com/spanId": "b7ad6b7169203331",
      resource: { type: "k8s_container" },
    },
    want: {
      time: "2023-11-14T22:13:20.005Z",
      severity: 10,
      severityText: "NOTICE",
      body: "hello",
      traceId: "0af7651916cd43dd8448eb211c80319c",
      spanId: "b7ad6b7169203331",
      resource: { "resource.type": "k8s_container" },
      attributes: { "logging.googleapis.com/trace": "projects/p/traces/0af7651916cd43dd8448eb211c80319c" },
    },
  },
  {
    name: "Serilog",
    from: { "@t": "2026-01-01T00:00:00Z", "@m": "hi", "@l": "Fatal", SourceContext: "A" },
    want: {
      time: "2026-01-01T00:00:00.000Z",
      severity: 21,
      severityText: "Fatal",
      body: "hi",
      attributes: { SourceContext: "A" },
    },
  },
  {
    name: "GELF",
    from: { version: "1.1", host: "db-1", short_message: "disk", level: 3, timestamp: 1_700_000_000.5, _disk: "sda" },
    want: {
      time: "2023-11-14T22:13:20.500Z",
      severity: 17,
      body: "disk",
      resource: { "host.name": "db-1" },
      attributes: { version: "1.1", _disk: "sda" },
    },
  },
  {
    name: "journald",
    from: { MESSAGE: "started", PRIORITY: "6", __REALTIME_TIMESTAMP: "1700000000123456", SYSLOG_IDENTIFIER: "cron" },
    want: {
      time: "2023-11-14T22:13:20.123Z",
      severity: 9,
      body: "started",
      resource: { "service.name": "cron" },
      attributes: { SYSLOG_IDENTIFIER: "cron" },
    },
  },
  {
    name: "Docker, around what the program wrote",
    from: {
      log: '{"level":"error","msg":"boom","trace_id":"0af7651916cd43dd8448eb211c80319c","time":"2026-01-01T00:00:00Z"}\n',
      stream: "stderr",
      time: "2026-01-01T00:00:07Z",
    },
    want: {
      time: "2026-01-01T00:00:00.000Z",
      severity: 17,
      severityText: "error",
      body: "boom",
      traceId: "0af7651916cd43dd8448eb211c80319c",
      attributes: { stream: "stderr", time: "2026-01-01T00:00:07Z" },
    },
  },
  {
    name: "Fluent Bit in Kubernetes",
    from: { log: "plain\n", kubernetes: { pod_name: "p-1", labels: { app: "shop" }, container_name: "c" } },
    want: {
      body: "plain",
      resource: {
        "service.name": "shop",
        "kubernetes.pod_name": "p-1",
        "kubernetes.labels.app": "shop",
        "kubernetes.container_name": "c",
      },
    },
  },
  {
    name: "OpenTelemetry's own names",
    from: {
      timestamp: "1700000000123456789",
      severity_text: "WARN",
      severity_number: 13,
      body: "hi",
      event_name: "user.login",
      trace_id: "0af7651916cd43dd8448eb211c80319c",
      trace_flags: "01",
      attributes: { a: 1 },
      resource: { attributes: { "service.name": "shop", "cloud.region": "eu" } },
    },
    want: {
      time: "2023-11-14T22:13:20.123Z",
      severity: 13,
      severityText: "WARN",
      body: "hi",
      event: "user.login",
      traceId: "0af7651916cd43dd8448eb211c80319c",
      flags: 1,
      resource: { "service.name": "shop", "cloud.region": "eu" },
      attributes: { a: "1" },
    },
  },
  {
    name: "Datadog's decimal ids and a traceparent",
    from: { msg: "x", "dd.trace_id": "1234605616436508552", "dd.span_id": "15" },
    want: {
      body: "x",
      traceId: "00000000000000001122334455667788",
      spanId: "000000000000000f",
      attributes: { "dd.trace_id": "1234605616436508552", "dd.span_id": "15" },
    },
  },
  {
    name: "a traceparent",
    from: { msg: "x", traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" },
    want: { body: "x", traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", flags: 1 },
  },
  {
    name: "what only looks like a role stays an attribute",
    from: { msg: "x", level: "gold", time: "yesterday", trace_id: "span789", priority: 3, span_id: "add", service: 7 },
    want: {
      body: "x",
      attributes: {
        level: "gold",
        time: "yesterday",
        trace_id: "span789",
        priority: "3",
        span_id: "add",
        service: "7",
      },
    },
  },
  {
    name: "values of every kind",
    from: { msg: "x", n: null, i: -7, d: 0.5, b: true, list: [1, { a: [] }], empty: {}, text: "t" },
    want: { body: "x", attributes: { i: "-7", d: "0.5", b: "true", list: '[1,{"a":[]}]', text: "t" } },
  },
];

for (const { name, from, want } of cases) {
  test(`a record's fields come to their places: ${name}`, () => {
    assert.deepEqual(columnsOf(JSON.stringify(from)), want);
  });
}

test("integers are kept to the last digit", () => {
  const { attributes } = columnsOf('{"a":12345678901234567890123,"b":9007199254740993,"msg":"1234567890123456"}');
  assert.deepEqual(attributes, { a: "12345678901234567890123", b: "9007199254740993" });
});

test("names that objects have by nature are names like any other", () => {
  const { attributes } = columnsOf('{"msg":"x","__proto__":{"polluted":1},"constructor":"c","toString":"t"}');
  assert.deepEqual(attributes, { "__proto__.polluted": "1", constructor: "c", toString: "t" });
  assert.equal("polluted" in {}, false);
});

test("what is too deep or too much is refused, and says so", () => {
  const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;
  const lists = (levels: number) => `{"a":${"[".repeat(levels)}${"]".repeat(levels)}}`;
  const refusals: [text: string, want: RegExp][] = [
    [deep(MAX_DEPTH + 2), /deeper than 32/],
    [deep(100_000), /deep/],
    [lists(MAX_DEPTH + 2), /deeper than 32/],
    [lists(100_000), /deep/],
    [JSON.stringify({ message: deep(100_000) }), /deep/],
    [
      JSON.stringify(Object.fromEntries(Array.from({ length: 101 }, (_, at) => [`k${at}`, at]))),
      /more than 100 fields/,
    ],
  ];
  for (const [text, want] of refusals) {
    const parsed = parseObject(text);
    assert.match("refusal" in parsed ? parsed.refusal : read(parsed.fields, record), want, text.slice(0, 40));
  }
  assert.equal(columnsOf(deep(10))["body"], undefined);
});

test("text that is no object says what it is", () => {
  const refusals: [text: string, want: RegExp][] = [
    ["", /JSON/],
    ["[]", /got an array, want an object/],
    ["7", /got 7, want an object/],
    ['{"a":', /JSON/],
  ];
  for (const [text, want] of refusals) {
    const parsed = parseObject(text);
    assert.match("refusal" in parsed ? parsed.refusal : "", want, text);
  }
});
