// The official OpenTelemetry SDK for JavaScript sends to us with each of its exporters.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Metadata } from "@grpc/grpc-js";
import { OTLPLogExporter as GrpcLogs } from "@opentelemetry/exporter-logs-otlp-grpc";
import { OTLPLogExporter as JsonLogs } from "@opentelemetry/exporter-logs-otlp-http";
import { OTLPLogExporter as ProtobufLogs } from "@opentelemetry/exporter-logs-otlp-proto";
import { OTLPMetricExporter as GrpcMetrics } from "@opentelemetry/exporter-metrics-otlp-grpc";
import { OTLPMetricExporter as JsonMetrics } from "@opentelemetry/exporter-metrics-otlp-http";
import { OTLPMetricExporter as ProtobufMetrics } from "@opentelemetry/exporter-metrics-otlp-proto";
import { OTLPTraceExporter as GrpcTraces } from "@opentelemetry/exporter-trace-otlp-grpc";
import { OTLPTraceExporter as JsonTraces } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as ProtobufTraces } from "@opentelemetry/exporter-trace-otlp-proto";
import { CompressionAlgorithm } from "@opentelemetry/otlp-exporter-base";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchLogRecordProcessor, LoggerProvider, type LogRecordExporter } from "@opentelemetry/sdk-logs";
import { MeterProvider, PeriodicExportingMetricReader, type PushMetricExporter } from "@opentelemetry/sdk-metrics";
import { BatchSpanProcessor, type SpanExporter, TracerProvider } from "@opentelemetry/sdk-trace";
import { ExportLogsServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/logs/v1/logs_service";
import { ExportMetricsServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/metrics/v1/metrics_service";
import { ExportTraceServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/trace/v1/trace_service";
import { type IngestUnderTest, startIngest } from "../../testing/ingest.ts";

const resource = resourceFromAttributes({ "service.name": "shop" });
let ingest: IngestUnderTest;
let metadata: Metadata;
let headers: Record<string, string>;

before(async () => {
  ingest = await startIngest();
  const { key } = await ingest.createKey("acme");
  headers = { authorization: `Bearer ${key}` };
  metadata = new Metadata();
  metadata.set("authorization", `Bearer ${key}`);
});

after(() => ingest.stop());

const compression = CompressionAlgorithm.GZIP;

/** Sends a span; it is there when the exporter says that it was taken. */
async function sendSpan(exporter: SpanExporter): Promise<void> {
  const seq = await ingest.lastSeq();
  const tracers = new TracerProvider({ resource, spanProcessors: [new BatchSpanProcessor({ exporter })] });
  const span = tracers.getTracer("test").startSpan("GET /cart", { attributes: { user: "a", retries: 3 } });
  span.end();
  await tracers.forceFlush();
  await tracers.shutdown();
  const [message] = await ingest.stored("traces", seq);
  const [stored] = ExportTraceServiceRequest.decode(message?.payload ?? Buffer.alloc(0)).resourceSpans;
  const [got] = stored?.scopeSpans[0]?.spans ?? [];
  assert.equal(got?.name, "GET /cart");
  assert.equal(got.traceId.toString("hex"), span.spanContext().traceId);
  assert.deepEqual(
    got.attributes.map(({ key, value }) => [key, value?.value?.value]),
    [
      ["user", "a"],
      ["retries", 3n],
    ],
  );
}

async function sendPoint(exporter: PushMetricExporter): Promise<void> {
  const seq = await ingest.lastSeq();
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const meters = new MeterProvider({ resource, readers: [reader] });
  meters.getMeter("test").createCounter("orders").add(7, { region: "eu" });
  await meters.forceFlush();
  const [message] = await ingest.stored("metrics", seq);
  await meters.shutdown();
  const [stored] = ExportMetricsServiceRequest.decode(message?.payload ?? Buffer.alloc(0)).resourceMetrics;
  const [metric] = stored?.scopeMetrics[0]?.metrics ?? [];
  assert.equal(metric?.name, "orders");
  assert.ok(metric.data?.$case === "sum");
  const value = metric.data.value.dataPoints[0]?.value;
  assert.equal(Number(value?.value), 7);
}

async function sendLog(exporter: LogRecordExporter): Promise<void> {
  const seq = await ingest.lastSeq();
  const loggers = new LoggerProvider({ resource, processors: [new BatchLogRecordProcessor({ exporter })] });
  loggers.getLogger("test").emit({ severityNumber: 17, body: "no stock", attributes: { sku: "x1" } });
  await loggers.forceFlush();
  await loggers.shutdown();
  const [message] = await ingest.stored("logs", seq);
  const [stored] = ExportLogsServiceRequest.decode(message?.payload ?? Buffer.alloc(0)).resourceLogs;
  const [got] = stored?.scopeLogs[0]?.logRecords ?? [];
  assert.equal(got?.severityNumber, 17);
  assert.deepEqual(got.body?.value, { $case: "stringValue", value: "no stock" });
}

const grpc = () => ({ url: `http://${ingest.grpc}`, metadata });
const http = (signal: string) => ({ url: `${ingest.http}/v1/${signal}`, headers });

const exporters: readonly (readonly [name: string, send: () => Promise<void>])[] = [
  ["traces by gRPC", () => sendSpan(new GrpcTraces(grpc()))],
  ["traces by gRPC, gzip", () => sendSpan(new GrpcTraces({ ...grpc(), compression }))],
  ["traces by HTTP, protobuf", () => sendSpan(new ProtobufTraces(http("traces")))],
  ["traces by HTTP, protobuf, gzip", () => sendSpan(new ProtobufTraces({ ...http("traces"), compression }))],
  ["traces by HTTP, JSON", () => sendSpan(new JsonTraces(http("traces")))],
  ["metrics by gRPC", () => sendPoint(new GrpcMetrics(grpc()))],
  ["metrics by HTTP, protobuf", () => sendPoint(new ProtobufMetrics(http("metrics")))],
  ["metrics by HTTP, JSON", () => sendPoint(new JsonMetrics(http("metrics")))],
  ["logs by gRPC", () => sendLog(new GrpcLogs(grpc()))],
  ["logs by HTTP, protobuf", () => sendLog(new ProtobufLogs(http("logs")))],
  ["logs by HTTP, JSON", () => sendLog(new JsonLogs(http("logs")))],
  ["logs by HTTP, JSON, gzip", () => sendLog(new JsonLogs({ ...http("logs"), compression }))],
];

for (const [name, send] of exporters) test(name, send);
