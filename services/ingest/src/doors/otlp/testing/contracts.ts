import assert from "node:assert/strict";
import { Status } from "@sightline/proto/google/rpc/status";
import {
  ExportLogsServiceRequest,
  LogsServiceService,
} from "@sightline/proto/opentelemetry/proto/collector/logs/v1/logs_service";
import {
  ExportMetricsServiceRequest,
  MetricsServiceService,
} from "@sightline/proto/opentelemetry/proto/collector/metrics/v1/metrics_service";
import {
  ExportTraceServiceRequest,
  ExportTraceServiceResponse,
  TraceServiceService,
} from "@sightline/proto/opentelemetry/proto/collector/trace/v1/trace_service";
import { z } from "zod";
import { type DoorContract, type HalfRefused, usualCompressions } from "../../testing/door-contract.ts";
import { grpcSender, httpSender, type Reply } from "../../testing/sender.ts";

/** One of these is what makes an OTLP record with a mark; `bad` is one that is refused. */
interface Kind extends Pick<DoorContract, "signal" | "request" | "marksIn" | "half"> {
  readonly grpcPath: string;
}

const TIME = 1_700_000_000_000_000_000n;
const marksOf = (texts: readonly string[]): string[] => texts.filter((text) => text.startsWith("mark-"));

interface SpanOptions {
  readonly name: string;
  readonly traceIdBytes: number;
}

function tracesOf(spans: readonly SpanOptions[]): Uint8Array {
  const encoded = spans.map(({ name, traceIdBytes }) => ({
    ...{ name, startTimeUnixNano: TIME, endTimeUnixNano: TIME },
    traceId: Buffer.alloc(traceIdBytes, 1),
    spanId: Buffer.alloc(8, 1),
  }));
  const request = { resourceSpans: [{ scopeSpans: [{ spans: encoded }] }] };
  return ExportTraceServiceRequest.encode(ExportTraceServiceRequest.fromPartial(request)).finish();
}

const good = (name: string): SpanOptions => ({ name, traceIdBytes: 16 });

/** The marks with a span in the middle that has no sensible trace id. */
function withBadSpan(marks: readonly string[]): SpanOptions[] {
  const [first = "", ...rest] = marks;
  return [good(first), { name: "bad", traceIdBytes: 3 }, ...rest.map(good)];
}

const halfTraces: HalfRefused = {
  refused: 1,
  request: (marks) => tracesOf(withBadSpan(marks)),
  assertSaid: ({ verdict, body }) => {
    assert.equal(verdict, "taken");
    const { partialSuccess } = ExportTraceServiceResponse.decode(body);
    assert.equal(partialSuccess?.rejectedSpans, 1n);
    assert.match(partialSuccess?.errorMessage ?? "", /trace_id has 3 bytes, want 16/);
  },
};

const traces: Kind = {
  signal: "traces",
  grpcPath: TraceServiceService.export.path,
  request: (marks) => tracesOf(marks.map(good)),
  marksIn: (payload) =>
    marksOf(
      ExportTraceServiceRequest.decode(payload).resourceSpans.flatMap((resource) =>
        resource.scopeSpans.flatMap(({ spans }) => spans.map(({ name }) => name)),
      ),
    ),
  half: halfTraces,
};

const metrics: Kind = {
  signal: "metrics",
  grpcPath: MetricsServiceService.export.path,
  request: (marks) => {
    const points = [{ timeUnixNano: TIME, value: { $case: "asDouble" as const, value: 1 } }];
    const gauges = marks.map((name) => ({ name, data: { $case: "gauge" as const, value: { dataPoints: points } } }));
    const request = { resourceMetrics: [{ scopeMetrics: [{ metrics: gauges }] }] };
    return ExportMetricsServiceRequest.encode(ExportMetricsServiceRequest.fromPartial(request)).finish();
  },
  marksIn: metricMarksIn,
  half: { never: "the contract of OTLP is proved with spans" },
};

const logs: Kind = {
  signal: "logs",
  grpcPath: LogsServiceService.export.path,
  request: (marks) => {
    const logRecords = marks.map((value) => ({
      timeUnixNano: TIME,
      body: { value: { $case: "stringValue" as const, value } },
    }));
    const request = { resourceLogs: [{ scopeLogs: [{ logRecords }] }] };
    return ExportLogsServiceRequest.encode(ExportLogsServiceRequest.fromPartial(request)).finish();
  },
  marksIn: logMarksIn,
  half: { never: "the contract of OTLP is proved with spans" },
};

/** The marks in the names of stored metrics. */
export function metricMarksIn(payload: Uint8Array): string[] {
  return marksOf(
    ExportMetricsServiceRequest.decode(payload).resourceMetrics.flatMap((resource) =>
      resource.scopeMetrics.flatMap((scope) => scope.metrics.map(({ name }) => name)),
    ),
  );
}

/** The marks in the bodies of stored log records. */
export function logMarksIn(payload: Uint8Array): string[] {
  return marksOf(
    ExportLogsServiceRequest.decode(payload).resourceLogs.flatMap((resource) =>
      resource.scopeLogs.flatMap((scope) =>
        scope.logRecords.map(({ body }) => (body?.value?.$case === "stringValue" ? body.value.value : "")),
      ),
    ),
  );
}

/** Asserts that a refusal is a google.rpc.Status in protobuf. */
export function assertProtobufStatus({ contentType, body }: Reply): void {
  assert.equal(contentType, "application/x-protobuf");
  const { code, message } = Status.decode(body);
  assert.ok(code > 0);
  assert.notEqual(message, "");
}

/** Asserts that a refusal is a google.rpc.Status in JSON. */
export function assertJsonStatus({ contentType, body }: Reply): void {
  assert.equal(contentType, "application/json");
  const { message } = z.object({ code: z.int().min(1), message: z.string() }).parse(JSON.parse(body.toString()));
  assert.notEqual(message, "");
}

const broken = [Uint8Array.of(0x0a, 0xff, 0x01), Buffer.from("not a protobuf message")];

function byGrpc(kind: Kind): DoorContract {
  return {
    ...kind,
    name: `OTLP/gRPC, ${kind.signal}`,
    protocol: "otlp-grpc",
    sender: grpcSender(kind.grpcPath),
    empty: [Buffer.alloc(0)],
    malformed: broken,
    assertRefusal: ({ body }) => assert.notEqual(body.length, 0),
  };
}

function byHttp(kind: Kind): DoorContract {
  return {
    ...kind,
    name: `OTLP/HTTP, ${kind.signal}`,
    protocol: "otlp-http",
    compressions: usualCompressions,
    sender: httpSender({ path: `/v1/${kind.signal}`, headers: { "content-type": "application/x-protobuf" } }),
    empty: [Buffer.alloc(0)],
    malformed: broken,
    assertRefusal: assertProtobufStatus,
  };
}

const jsonTracesOf = (spans: readonly SpanOptions[]): Buffer => {
  const encoded = spans.map(({ name, traceIdBytes }) => ({
    ...{ name, startTimeUnixNano: String(TIME), endTimeUnixNano: String(TIME) },
    ...{ traceId: "01".repeat(traceIdBytes), spanId: "01".repeat(8) },
  }));
  return Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: encoded }] }] }));
};

const inJson: DoorContract = {
  ...traces,
  name: "OTLP/HTTP, traces in JSON",
  protocol: "otlp-http",
  compressions: usualCompressions,
  sender: httpSender({ path: "/v1/traces", headers: { "content-type": "application/json" } }),
  request: (marks) => jsonTracesOf(marks.map(good)),
  empty: [Buffer.from("{}"), Buffer.from('{"resourceSpans":[]}')],
  malformed: [Buffer.from("{"), Buffer.from('{"resourceSpans":1}'), Buffer.from("[]")],
  half: {
    refused: 1,
    request: (marks) => jsonTracesOf(withBadSpan(marks)),
    assertSaid: ({ code, body }) => {
      assert.equal(code, 200);
      const { partialSuccess } = z
        .strictObject({ partialSuccess: z.strictObject({ rejectedSpans: z.literal("1"), errorMessage: z.string() }) })
        .parse(JSON.parse(body.toString()));
      assert.match(partialSuccess.errorMessage, /trace_id/);
    },
  },
  assertRefusal: assertJsonStatus,
};

/** OTLP: each signal by each transport, and JSON. */
export const otlpContracts: readonly DoorContract[] = [
  ...[traces, metrics, logs].flatMap((kind) => [byGrpc(kind), byHttp(kind)]),
  inJson,
];
