import { Metadata } from "@grpc/grpc-js";
import { type DiagLogger, DiagLogLevel, diag } from "@opentelemetry/api";
import { OTLPLogExporter } from "@opentelemetry/exporter-logs-otlp-grpc";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-grpc";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchLogRecordProcessor } from "@opentelemetry/sdk-logs";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { BatchSpanProcessor } from "@opentelemetry/sdk-trace";
import { within } from "./lifecycle.ts";
import type { Logger } from "./logger.ts";
import type { Secret } from "./secret.ts";

export interface TelemetryOptions {
  /** Name of the service without prefix; `service.name` is `sightline-<name>`. */
  readonly name: string;
  readonly version: string;
  /** OTLP/gRPC URL. */
  readonly endpoint: string;
  readonly apiKey: Secret | undefined;
  /** Told when exporting fails. Must not be bridged to OpenTelemetry: a failing export would feed itself. */
  readonly log: Logger;
}

/** The service's own traces and logs on their way out. */
export interface Telemetry {
  /** Sends what is waiting; never fails, takes at most the given time. */
  flush(timeoutMs: number): Promise<void>;
  /** Sends what is waiting and ends; never fails, takes at most the given time. */
  stop(timeoutMs: number): Promise<void>;
}

/** Bounds what waits while the receiver is down: a span or log record more than this is dropped. */
const BATCHES = {
  maxQueueSize: 2048,
  maxExportBatchSize: 512,
  scheduledDelayMillis: 2000,
  exportTimeoutMillis: 5000,
} as const;

/** How often a failing export is spoken of. */
const COMPLAIN_EVERY_MS = 60_000;

/**
 * Registers OpenTelemetry's SDK for this process: spans and log records go out in batches over OTLP/gRPC. Exporting
 * makes neither spans nor log records, needs no receiver to start, and drops what does not fit while there is none.
 */
export function startTelemetry({ name, version, endpoint, apiKey, log }: TelemetryOptions): Telemetry {
  let stopping = false;
  diag.setLogger(
    complaints(log, () => stopping),
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  const metadata = new Metadata();
  if (apiKey !== undefined) metadata.set("authorization", `Bearer ${apiKey.reveal()}`);
  const target = { url: endpoint, metadata, timeoutMillis: BATCHES.exportTimeoutMillis };
  const spans = new BatchSpanProcessor({ exporter: new OTLPTraceExporter(target), ...BATCHES });
  const records = new BatchLogRecordProcessor({ exporter: new OTLPLogExporter(target), ...BATCHES });
  const sdk = new NodeSDK({
    autoDetectResources: false,
    resource: resourceFromAttributes({
      "service.name": `sightline-${name}`,
      "service.version": version,
      "service.namespace": "sightline",
      "service.instance.id": `${process.pid}`,
    }),
    spanProcessors: [spans],
    logRecordProcessors: [records],
    metricReaders: [],
    instrumentations: [],
  });
  sdk.start();
  const bounded = async (work: Promise<unknown>, timeoutMs: number) => {
    try {
      await within(work, timeoutMs);
    } catch (err) {
      log.debug({ err }, "the last telemetry was not sent");
    }
  };
  return {
    flush: (timeoutMs) => bounded(Promise.all([spans.forceFlush(), records.forceFlush()]), timeoutMs),
    stop: (timeoutMs) => {
      stopping = true;
      return bounded(sdk.shutdown(), timeoutMs);
    },
  };
}

/** Lets the SDK's complaints through to the log, at most one a minute; while stopping the receiver may be gone first. */
function complaints(log: Logger, isStopping: () => boolean): DiagLogger {
  let nextAt = 0;
  const complain = (message: string) => {
    if (performance.now() < nextAt || isStopping()) return;
    nextAt = performance.now() + COMPLAIN_EVERY_MS;
    log.warn({ reason: reasonIn(message) }, "cannot export telemetry");
  };
  const quiet = () => undefined;
  return { error: complain, warn: complain, info: quiet, debug: quiet, verbose: quiet };
}

/** The SDK complains in JSON with a stack; the error's own message says enough. */
function reasonIn(complaint: string): string {
  const message = /"(?:details|message)":"((?:[^"\\]|\\.)*)"/.exec(complaint)?.[1];
  return (message ?? complaint).slice(0, 300);
}
