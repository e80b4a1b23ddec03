import { Metadata } from "@grpc/grpc-js";
import { context, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { OTLPLogExporter } from "@opentelemetry/exporter-logs-otlp-grpc";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-grpc";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-grpc";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchLogRecordProcessor, LoggerProvider } from "@opentelemetry/sdk-logs";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";

export interface SenderOptions {
  /** host:port of OTLP/gRPC. */
  readonly address: string;
  readonly apiKey: string;
  readonly service: string;
}

/** An application instrumented with the official OpenTelemetry JS SDK, as a user's would be. */
export function createSender({ address, apiKey, service }: SenderOptions) {
  const metadata = new Metadata();
  metadata.set("authorization", `Bearer ${apiKey}`);
  const target = { url: `http://${address}`, metadata };
  const resource = resourceFromAttributes({ "service.name": service });
  const spans = new BatchSpanProcessor({ exporter: new OTLPTraceExporter(target) });
  const tracers = new TracerProvider({ resource, spanProcessors: [spans] });
  const records = new BatchLogRecordProcessor({ exporter: new OTLPLogExporter(target) });
  const loggers = new LoggerProvider({ resource, processors: [records] });
  const reader = new PeriodicExportingMetricReader({
    exporter: new OTLPMetricExporter(target),
    exportIntervalMillis: 3_600_000,
  });
  const meters = new MeterProvider({ resource, readers: [reader] });

  const tracer = tracers.getTracer("e2e");
  const logger = loggers.getLogger("e2e");
  const orders = meters.getMeter("e2e").createCounter("e2e_orders_total", { description: "Orders taken" });
  const depth = meters.getMeter("e2e").createGauge("e2e_queue_depth");

  return {
    /** A trace of a server span with a failed client span in it; returns the trace's id. */
    sendTrace: async (name: string): Promise<string> => {
      const root = tracer.startSpan(name, { kind: SpanKind.SERVER, attributes: { "http.request.method": "POST" } });
      const child = tracer.startSpan("SELECT", { kind: SpanKind.CLIENT }, trace.setSpan(context.active(), root));
      child.addEvent("retry", { attempt: 2 });
      child.setStatus({ code: SpanStatusCode.ERROR, message: "no rows" });
      child.end();
      root.end();
      await tracers.forceFlush();
      return root.spanContext().traceId;
    },
    sendLog: async (body: string, traceId: string): Promise<void> => {
      logger.emit({
        severityNumber: 17,
        severityText: "ERROR",
        body,
        attributes: { category: "business", trace: traceId },
      });
      await loggers.forceFlush();
    },
    /** Adds to the counter and sets the gauge, then sends both. */
    sendMetrics: async (ordersTaken: number, queueDepth: number): Promise<void> => {
      orders.add(ordersTaken, { region: "eu" });
      depth.record(queueDepth, { queue: "orders" });
      await meters.forceFlush();
    },
    close: async (): Promise<void> => {
      await Promise.all([tracers.shutdown(), loggers.shutdown(), meters.shutdown()]);
    },
  };
}
