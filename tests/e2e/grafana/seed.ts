import assert from "node:assert/strict";
import {
  ExportTraceServiceRequest,
  TraceServiceClient,
} from "@sightline/proto/opentelemetry/proto/collector/trace/v1/trace_service";
import {
  ResourceSpans,
  Span,
  Span_SpanKind,
  Status_StatusCode,
} from "@sightline/proto/opentelemetry/proto/trace/v1/trace";
import { createClient } from "@sightline/rpc/client";
import { compressSync } from "snappy";
import { SCRAPE_MS, writeRequests } from "./metrics.ts";

export interface SeedOptions {
  /** ingest: OTLP/gRPC as host:port, and HTTP as a URL. */
  readonly otlpGrpc: string;
  readonly otlpHttp: string;
  readonly ingestKey: string;
  /** When the newest of it was; metrics go on after that, so that whoever asks minutes later asks of something that runs. */
  readonly endMs: number;
  readonly lengthMs: number;
  readonly instances: number;
  readonly traces: number;
  readonly lines: number;
}

/** Sends what the platforms of the boards would have sent in that time: metrics, lines, traces and events, by the doors for each. */
export async function seed(options: SeedOptions): Promise<void> {
  // First, since what is computed of them takes a while to come.
  await sendTraces(options);
  await sendMetrics(options);
  await sendLines(options);
  await sendEvents(options);
}

const METRICS_AHEAD_MS = 300_000;

/** How many samples each series gets. */
export const scrapesOf = ({ lengthMs }: Pick<SeedOptions, "lengthMs">): number =>
  Math.floor((lengthMs + METRICS_AHEAD_MS) / SCRAPE_MS);

/** The id of the n-th trace. */
export const traceIdOf = (number: number): string => (number + 1).toString(16).padStart(32, "a0");

async function post(
  options: SeedOptions,
  path: string,
  body: string | Uint8Array<ArrayBuffer>,
  type: Record<string, string>,
): Promise<void> {
  const headers = { authorization: `Bearer ${options.ingestKey}`, ...type };
  const response = await fetch(options.otlpHttp + path, { method: "POST", headers, body });
  assert.ok(response.ok, `${path} answered ${response.status}: ${await response.text()}`);
}

const json = { "content-type": "application/json" };

async function sendMetrics(options: SeedOptions): Promise<void> {
  const { endMs, lengthMs, instances } = options;
  const type = {
    "content-type": "application/x-protobuf",
    "content-encoding": "snappy",
    "x-prometheus-remote-write-version": "0.1.0",
  };
  const times = { startMs: endMs - lengthMs, scrapes: scrapesOf(options) };
  for (const request of writeRequests({ ...times, instances, traceId: traceIdOf(0) })) {
    await post(options, "/api/v1/write", new Uint8Array(compressSync(request)), type);
  }
}

/** What programs write, by their job: every so manieth line is of each kind. */
const kinds = [
  { job: "aegis-backend", level: "info", message: "User login successful", duration_ms: 120 },
  { job: "aegis-backend", level: "error", message: "error: policy store timed out", duration_ms: 2400 },
  { job: "aegis-ai-engine", level: "warning", message: "model is unsure", duration_ms: 300 },
  { job: "aegis-executor", level: "info", message: "scaled web to 3", duration_ms: 900 },
  { job: "opssight-backend", level: "warning", message: "sign-in refused", category: "security" },
  { job: "opssight-backend", level: "info", message: "role changed", category: "audit" },
  { job: "dora-orchestrator", level: "error", message: "workflow_failed", workflow_id: "audit_2024_q1" },
] as const;

async function sendLines(options: SeedOptions): Promise<void> {
  const { endMs, lengthMs, lines } = options;
  const perRequest = 5000;
  for (let first = 0; first < lines; first += perRequest) {
    const numbers = Array.from({ length: Math.min(perRequest, lines - first) }, (_, at) => first + at);
    const streams = kinds.map(({ job, ...fields }, kind) => ({
      stream: { job, service_name: job, level: fields.level },
      values: numbers
        .filter((number) => number % kinds.length === kind)
        .map((number) => {
          const traceId = traceIdOf(number % options.traces);
          const line = JSON.stringify({ service: job, ...fields, trace_id: traceId, user_id: `user-${number % 50}` });
          return [`${endMs - Math.floor((lengthMs * number) / lines)}000000`, line, { trace_id: traceId }];
        }),
    }));
    await post(options, "/loki/api/v1/push", JSON.stringify({ streams }), json);
  }
}

/** A request through the platform: the gateway of users, the models, the executor behind a queue. */
function spansOf(number: number, startMs: number): ResourceSpans[] {
  const isSlow = number % 5 === 0;
  const isFailed = number % 7 === 0;
  const durationMs = isSlow ? 1800 : 90;
  const traceId = Buffer.from(traceIdOf(number), "hex");
  const text = (key: string, value: string) => ({ key, value: { value: { $case: "stringValue" as const, value } } });
  const span = (id: number, parent: number, name: string, kind: Span_SpanKind, offsetMs: number, lengthMs: number) =>
    Span.fromPartial({
      traceId,
      spanId: idOf(number, id),
      parentSpanId: parent === 0 ? Buffer.alloc(0) : idOf(number, parent),
      name,
      kind,
      startTimeUnixNano: nanoseconds(startMs + offsetMs),
      endTimeUnixNano: nanoseconds(startMs + offsetMs + lengthMs),
      attributes: [text("agent_type", "policy_analyzer"), text("http.request.method", "POST")],
      status: isFailed ? { code: Status_StatusCode.ERROR, message: "timed out" } : {},
    });
  const { SERVER, CLIENT } = Span_SpanKind;
  const of = (service: string, spans: Span[]) =>
    ResourceSpans.fromPartial({ resource: { attributes: [text("service.name", service)] }, scopeSpans: [{ spans }] });
  return [
    of("aegis-backend", [
      span(1, 0, "POST /api/policies", SERVER, 0, durationMs),
      span(2, 1, "predict", CLIENT, 5, durationMs / 2),
      span(3, 1, "execute", CLIENT, durationMs / 2 + 5, durationMs / 3),
    ]),
    of("aegis-ai-engine", [span(4, 2, "predict", SERVER, 8, durationMs / 3)]),
    of("aegis-executor", [span(5, 3, "execute", SERVER, durationMs / 2 + 8, durationMs / 4)]),
  ];
}

const nanoseconds = (ms: number) => BigInt(Math.round(ms)) * 1_000_000n;

function idOf(trace: number, span: number): Buffer {
  const id = Buffer.alloc(8);
  id.writeUInt32BE(trace + 1, 0);
  id.writeUInt32BE(span, 4);
  return id;
}

async function sendTraces({ otlpGrpc, ingestKey, endMs, lengthMs, traces }: SeedOptions): Promise<void> {
  const client = createClient(TraceServiceClient, otlpGrpc, { apiKey: ingestKey });
  const perRequest = 500;
  try {
    for (let first = 0; first < traces; first += perRequest) {
      const resourceSpans = Array.from({ length: Math.min(perRequest, traces - first) }, (_, at) => first + at).flatMap(
        (number) => spansOf(number, endMs - 3000 - Math.floor((lengthMs * number) / traces)),
      );
      await client.call("export", ExportTraceServiceRequest.fromPartial({ resourceSpans }));
    }
  } finally {
    client.close();
  }
}

async function sendEvents(options: SeedOptions): Promise<void> {
  const { endMs } = options;
  // Older than the widest step of a board, down to a multiple of which its end is rounded.
  const at = (minutesAgo: number) => new Date(endMs - (minutesAgo + 5) * 60_000).toISOString();
  const metadata = { userId: "user-7", sourceIp: "203.0.113.9" };
  const health = (source: string, healthScore: number) => ({
    eventType: "HEALTH_CHECK",
    severity: "info",
    source,
    category: "health",
    title: `${source} is at ${healthScore}`,
    healthScore,
    resourceUsage: { cpuPercent: 40, memoryPercent: 55, diskPercent: 61 },
    time: at(2),
  });
  const events = [
    health("navigator", 92),
    health("agent-forge", 78),
    {
      eventType: "auth_failure",
      severity: "warning",
      category: "security",
      title: "five wrong passwords",
      time: at(4),
    },
    {
      eventType: "brute_force",
      severity: "critical",
      category: "security",
      title: "many wrong passwords",
      time: at(3),
    },
    { eventType: "role_changed", severity: "info", category: "audit", title: "viewer made editor", time: at(6) },
    { eventType: "policy_violation", severity: "error", category: "compliance", title: "no backup today", time: at(8) },
  ].map((event) => ({ source: "opssight-backend", metadata, ...event }));
  await post(options, "/v1/events", JSON.stringify(events), json);
}
