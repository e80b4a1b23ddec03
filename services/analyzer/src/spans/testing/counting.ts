import { ExportMetricsServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/metrics/v1/metrics_service";
import { ExportTraceServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/trace/v1/trace_service";
import type { KeyValue } from "@sightline/proto/opentelemetry/proto/common/v1/common";
import type { Metric } from "@sightline/proto/opentelemetry/proto/metrics/v1/metrics";
import { Span_SpanKind, Status_StatusCode } from "@sightline/proto/opentelemetry/proto/trace/v1/trace";
import { spansConfig } from "../config.ts";
import { metricsPayloads } from "../metrics-payload.ts";
import { createSpanCounter, type SpanCounterOptions } from "../span-counter.ts";

/** When the test begins; milliseconds since the Unix epoch. */
export const startMs = 1_700_000_000_000;

/** A span as a test writes it down. */
export interface TestSpan {
  readonly service: string;
  readonly kind: "internal" | "server" | "client" | "producer" | "consumer";
  readonly id: number;
  /** The last four bytes of its trace's id. */
  readonly trace?: number;
  readonly parent?: number;
  readonly name?: string;
  readonly seconds?: number;
  /** After the start of the test. */
  readonly atMs?: number;
  readonly failed?: boolean;
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
  readonly resource?: Readonly<Record<string, string>>;
}

const kinds = {
  internal: Span_SpanKind.INTERNAL,
  server: Span_SpanKind.SERVER,
  client: Span_SpanKind.CLIENT,
  producer: Span_SpanKind.PRODUCER,
  consumer: Span_SpanKind.CONSUMER,
} as const;

function keyValue([key, value]: readonly [string, string | number | boolean]): KeyValue {
  if (typeof value === "number")
    return { key, value: { value: { $case: "intValue", value: BigInt(value) } }, keyStrindex: 0 };
  if (typeof value === "boolean") return { key, value: { value: { $case: "boolValue", value } }, keyStrindex: 0 };
  return { key, value: { value: { $case: "stringValue", value } }, keyStrindex: 0 };
}

function spanId(number: number): Buffer {
  const id = Buffer.alloc(8);
  id.writeUInt32BE(number, 4);
  return id;
}

function traceId(end: number): Buffer {
  const id = Buffer.alloc(16, 7);
  id.writeUInt32BE(end, 12);
  return id;
}

/** An ExportTraceServiceRequest with the spans. */
export function payloadOf(spans: readonly TestSpan[]): Uint8Array {
  const resourceSpans = spans.map((span) => {
    const start = BigInt(startMs + (span.atMs ?? 0)) * 1_000_000n;
    return {
      resource: { attributes: Object.entries({ "service.name": span.service, ...span.resource }).map(keyValue) },
      scopeSpans: [
        {
          spans: [
            {
              traceId: traceId(span.trace ?? 7),
              spanId: spanId(span.id),
              parentSpanId: span.parent === undefined ? Buffer.alloc(0) : spanId(span.parent),
              name: span.name ?? "work",
              kind: kinds[span.kind],
              startTimeUnixNano: start,
              endTimeUnixNano: start + BigInt(Math.round((span.seconds ?? 0.1) * 1e9)),
              attributes: Object.entries(span.attributes ?? {}).map(keyValue),
              status: span.failed === true ? { code: Status_StatusCode.ERROR, message: "no" } : {},
            },
          ],
        },
      ],
    };
  });
  return ExportTraceServiceRequest.encode(ExportTraceServiceRequest.fromPartial({ resourceSpans })).finish();
}

/** A counter, and what it has published as `name{label="value"}` with its newest value. */
export function counting(overrides: Partial<SpanCounterOptions> = {}) {
  const dropped: string[] = [];
  const defaults = spansConfig.parse({});
  const counter = createSpanCounter(
    { ...defaults, maxSeries: () => 1000, dropped: (reason) => void dropped.push(reason), ...overrides },
    startMs,
  );
  return {
    counter,
    dropped,
    count: (...spans: readonly TestSpan[]) =>
      counter.count(
        { tenant: "default", payload: payloadOf(spans), receivedUnixNano: BigInt(startMs + 1000) * 1_000_000n },
        startMs + 1000,
      ),
    published: (nowMs = startMs + 15_000) => publishedBy(counter, nowMs),
  };
}

function publishedBy(counter: ReturnType<typeof createSpanCounter>, nowMs: number): Map<string, number> {
  const values = new Map<string, number>();
  for (const [tenant, families] of counter.families()) {
    for (const { payload } of metricsPayloads(families, { unixNano: BigInt(nowMs) * 1_000_000n, maxBytes: 2000 })) {
      for (const { scopeMetrics } of ExportMetricsServiceRequest.decode(payload).resourceMetrics) {
        for (const metric of scopeMetrics.flatMap(({ metrics }) => metrics)) addPoints(values, metric);
      }
    }
    counter.published(tenant, nowMs);
  }
  return values;
}

function addPoints(values: Map<string, number>, { name, data }: Metric): void {
  const labelsOf = (attributes: readonly KeyValue[]) =>
    attributes.map(({ key, value }) => `${key}="${value?.value?.$case === "stringValue" ? value.value.value : "?"}"`);
  if (data?.$case === "sum") {
    for (const { attributes, value } of data.value.dataPoints) {
      values.set(`${name}{${labelsOf(attributes)}}`, value?.$case === "asDouble" ? value.value : Number.NaN);
    }
  }
  if (data?.$case === "histogram") {
    for (const { attributes, count, sum } of data.value.dataPoints) {
      values.set(`${name}_count{${labelsOf(attributes)}}`, Number(count));
      values.set(`${name}_sum{${labelsOf(attributes)}}`, sum ?? Number.NaN);
    }
  }
}

/** The edges that were published, as `client > server (type)`, with their requests. */
export function edgesOf(values: ReadonlyMap<string, number>, metric = "request"): Record<string, number> {
  const prefix = `traces_service_graph_${metric}_total{`;
  const edges: Record<string, number> = {};
  for (const [series, value] of values) {
    if (!series.startsWith(prefix)) continue;
    const labels = new Map(Array.from(series.matchAll(/(\w+)="([^"]*)"/g), ([, name = "", text = ""]) => [name, text]));
    const type = labels.get("connection_type");
    edges[`${labels.get("client") ?? "?"} > ${labels.get("server") ?? "?"}${type === undefined ? "" : ` (${type})`}`] =
      value;
  }
  return edges;
}
