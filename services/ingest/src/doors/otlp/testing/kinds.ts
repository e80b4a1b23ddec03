import type { OtlpSignal } from "@sightline/otlp/shapes";
import {
  ExportLogsServiceRequest,
  ExportLogsServiceResponse,
  LogsServiceService,
} from "@sightline/proto/opentelemetry/proto/collector/logs/v1/logs_service";
import {
  ExportMetricsServiceRequest,
  ExportMetricsServiceResponse,
  MetricsServiceService,
} from "@sightline/proto/opentelemetry/proto/collector/metrics/v1/metrics_service";
import {
  ExportTraceServiceRequest,
  ExportTraceServiceResponse,
  TraceServiceService,
} from "@sightline/proto/opentelemetry/proto/collector/trace/v1/trace_service";

/** A record to be sent. */
export interface Sent {
  readonly mark: string;
  /** Whether another one that is refused follows it. */
  readonly bad: boolean;
}

/** One signal's requests and answers, whatever they travel by. */
export interface Kind {
  readonly signal: OtlpSignal;
  readonly grpcPath: string;
  /** The one field of its request. */
  readonly field: string;
  request(records: readonly Sent[]): object;
  encode(records: readonly Sent[]): Uint8Array;
  /** The marks in what is stored, in order. */
  marksIn(payload: Uint8Array): string[];
  /** What an answer says of records that were refused: how many, and why. */
  rejectedOf(answer: Uint8Array): readonly [count: bigint | undefined, why: string | undefined];
  /** The count's name in JSON. */
  readonly rejectedField: string;
  /** Why the bad one is refused. */
  readonly reason: RegExp;
}

const TIME = 1_700_000_000_000_000_000n;
const id = (bytes: number) => Buffer.alloc(bytes, 1);
const marksOf = (texts: readonly string[]): string[] => texts.filter((text) => text.startsWith("mark-"));

/** Spans are named by their mark; a bad one has no sensible trace id. */
function spansOf(records: readonly Sent[]) {
  const span = (name: string, traceId: Buffer) => ({
    ...{ traceId, spanId: id(8), name },
    ...{ startTimeUnixNano: TIME, endTimeUnixNano: TIME },
  });
  const spans = records.flatMap(({ mark, bad }) => [span(mark, id(16)), ...(bad ? [span("bad", id(3))] : [])]);
  return { resourceSpans: [{ scopeSpans: [{ spans }] }] };
}

export const traces: Kind = {
  signal: "traces",
  grpcPath: TraceServiceService.export.path,
  field: "resourceSpans",
  request: spansOf,
  encode: (records) =>
    ExportTraceServiceRequest.encode(ExportTraceServiceRequest.fromPartial(spansOf(records))).finish(),
  marksIn: (payload) =>
    marksOf(
      ExportTraceServiceRequest.decode(payload).resourceSpans.flatMap((resource) =>
        resource.scopeSpans.flatMap(({ spans }) => spans.map(({ name }) => name)),
      ),
    ),
  rejectedOf: (answer) => {
    const { partialSuccess } = ExportTraceServiceResponse.decode(answer);
    return [partialSuccess?.rejectedSpans, partialSuccess?.errorMessage];
  },
  rejectedField: "rejectedSpans",
  reason: /trace_id has 3 bytes, want 16/,
};

/** An attribute that no record may have. */
const badAttribute = {
  key: "k".repeat(2000),
  value: { value: { $case: "stringValue" as const, value: "v" } },
};
const badKey = /an attribute's key has 2000 bytes, want at most 1024/;

/** Metrics are named by their mark and have one good point; a bad one stands beside it. */
function metricsOf(records: readonly Sent[]) {
  const point = { timeUnixNano: TIME, value: { $case: "asDouble" as const, value: 1 } };
  const metrics = records.map(({ mark, bad }) => ({
    name: mark,
    data: {
      $case: "gauge" as const,
      value: { dataPoints: bad ? [point, { ...point, attributes: [badAttribute] }] : [point] },
    },
  }));
  return { resourceMetrics: [{ scopeMetrics: [{ metrics }] }] };
}

export const metrics: Kind = {
  signal: "metrics",
  grpcPath: MetricsServiceService.export.path,
  field: "resourceMetrics",
  request: metricsOf,
  encode: (records) =>
    ExportMetricsServiceRequest.encode(ExportMetricsServiceRequest.fromPartial(metricsOf(records))).finish(),
  marksIn: metricMarksIn,
  rejectedOf: (answer) => {
    const { partialSuccess } = ExportMetricsServiceResponse.decode(answer);
    return [partialSuccess?.rejectedDataPoints, partialSuccess?.errorMessage];
  },
  rejectedField: "rejectedDataPoints",
  reason: badKey,
};

/** Log records have their mark as the body. */
function logsOf(records: readonly Sent[]) {
  const record = (mark: string) => ({
    timeUnixNano: TIME,
    body: { value: { $case: "stringValue" as const, value: mark } },
  });
  const logRecords = records.flatMap(({ mark, bad }) => [
    record(mark),
    ...(bad ? [{ ...record("bad"), attributes: [badAttribute] }] : []),
  ]);
  return { resourceLogs: [{ scopeLogs: [{ logRecords }] }] };
}

export const logs: Kind = {
  signal: "logs",
  grpcPath: LogsServiceService.export.path,
  field: "resourceLogs",
  request: logsOf,
  encode: (records) => ExportLogsServiceRequest.encode(ExportLogsServiceRequest.fromPartial(logsOf(records))).finish(),
  marksIn: logMarksIn,
  rejectedOf: (answer) => {
    const { partialSuccess } = ExportLogsServiceResponse.decode(answer);
    return [partialSuccess?.rejectedLogRecords, partialSuccess?.errorMessage];
  },
  rejectedField: "rejectedLogRecords",
  reason: badKey,
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

/** A message in OTLP's JSON: ids in hexadecimal digits, integers of 64 bits as texts (specification, "JSON Protobuf Encoding"). */
export function jsonOf(message: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(message).map(([name, value]) =>
      isChoice(value) ? [value.$case, itemOf(value.value)] : [name, itemOf(value)],
    ),
  );
}

function itemOf(value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  if (Array.isArray(value)) return value.map(itemOf);
  return typeof value === "object" && value !== null ? jsonOf(value) : value;
}

/** A oneof as it is generated. */
function isChoice(value: unknown): value is { readonly $case: string; readonly value: unknown } {
  return typeof value === "object" && value !== null && "$case" in value;
}
