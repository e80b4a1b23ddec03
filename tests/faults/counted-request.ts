import { createHash } from "node:crypto";
import {
  ExportLogsServiceRequest,
  LogsServiceClient,
} from "@sightline/proto/opentelemetry/proto/collector/logs/v1/logs_service";
import {
  ExportMetricsServiceRequest,
  MetricsServiceClient,
} from "@sightline/proto/opentelemetry/proto/collector/metrics/v1/metrics_service";
import {
  ExportTraceServiceRequest,
  TraceServiceClient,
} from "@sightline/proto/opentelemetry/proto/collector/trace/v1/trace_service";
import { SeverityNumber } from "@sightline/proto/opentelemetry/proto/logs/v1/logs";
import { Severity } from "@sightline/proto/sightline/event/v1/event";
import { EventServiceClient, StoreEventsRequest } from "@sightline/proto/sightline/ingest/v1/event_service";
import { createClient } from "@sightline/rpc/client";

/** The four signals, each with the table that its records are counted in. */
export const COUNTED_SIGNALS = ["logs", "traces", "metrics", "events"] as const;
export type CountedSignal = (typeof COUNTED_SIGNALS)[number];

/** Sends one record that carries a number. Rejects when it was not acknowledged. */
export type SendNumber = (number: number, signal: AbortSignal) => Promise<void>;

export interface NumberSender {
  readonly send: Readonly<Record<CountedSignal, SendNumber>>;
  close(): void;
}

/** Longer than ingest waits for the bus: what it answers is what the sender hears. */
const deadlineMs = 15_000;

/** Sends numbered records of one mark, each once: nothing is ever sent again. */
export function createNumberSender(address: string, apiKey: string, mark: string): NumberSender {
  const options = { apiKey, traced: false };
  const logs = createClient(LogsServiceClient, address, options);
  const traces = createClient(TraceServiceClient, address, options);
  const metrics = createClient(MetricsServiceClient, address, options);
  const events = createClient(EventServiceClient, address, options);
  return {
    send: {
      logs: async (number, signal) => void (await logs.call("export", logsOf(mark, number), { deadlineMs, signal })),
      traces: async (number, signal) =>
        void (await traces.call("export", tracesOf(mark, number), { deadlineMs, signal })),
      metrics: async (number, signal) =>
        void (await metrics.call("export", metricsOf(mark, number), { deadlineMs, signal })),
      events: async (number, signal) =>
        void (await events.call("storeEvents", eventsOf(mark, number), { deadlineMs, signal })),
    },
    close: () => {
      for (const client of [logs, traces, metrics, events]) client.close();
    },
  };
}

function text(value: string) {
  return { value: { $case: "stringValue" as const, value } };
}

function resourceOf(mark: string) {
  return { attributes: [{ key: "service.name", value: text(mark) }] };
}

function nowNanos(): bigint {
  return BigInt(Date.now()) * 1_000_000n;
}

function logsOf(mark: string, number: number): ExportLogsServiceRequest {
  const record = { timeUnixNano: nowNanos(), severityNumber: SeverityNumber.INFO, body: text(String(number)) };
  return ExportLogsServiceRequest.fromPartial({
    resourceLogs: [{ resource: resourceOf(mark), scopeLogs: [{ logRecords: [record] }] }],
  });
}

function tracesOf(mark: string, number: number): ExportTraceServiceRequest {
  const digest = createHash("md5").update(`${mark} ${number}`).digest();
  const times = { startTimeUnixNano: nowNanos(), endTimeUnixNano: nowNanos() + 1_000_000n };
  const span = { traceId: digest, spanId: digest.subarray(0, 8), name: String(number), ...times };
  return ExportTraceServiceRequest.fromPartial({
    resourceSpans: [{ resource: resourceOf(mark), scopeSpans: [{ spans: [span] }] }],
  });
}

function metricsOf(mark: string, number: number): ExportMetricsServiceRequest {
  const point = { timeUnixNano: nowNanos(), value: { $case: "asDouble" as const, value: number } };
  const data = { $case: "gauge" as const, value: { dataPoints: [point] } };
  return ExportMetricsServiceRequest.fromPartial({
    resourceMetrics: [{ resource: resourceOf(mark), scopeMetrics: [{ metrics: [{ name: "counted", data }] }] }],
  });
}

function eventsOf(mark: string, number: number): StoreEventsRequest {
  const event = {
    timeUnixNano: nowNanos(),
    eventType: "counted",
    severity: Severity.INFO,
    source: mark,
    title: String(number),
  };
  return StoreEventsRequest.fromPartial({ events: [event] });
}
