import { createHash } from "node:crypto";
import type { Signal } from "@sightline/bus/subjects";
import { ExportLogsServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/logs/v1/logs_service";
import { ExportMetricsServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/metrics/v1/metrics_service";
import { ExportTraceServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/trace/v1/trace_service";
import { LogRecord, SeverityNumber } from "@sightline/proto/opentelemetry/proto/logs/v1/logs";
import {
  AggregationTemporality,
  type Histogram,
  HistogramDataPoint,
  Metric,
  NumberDataPoint,
} from "@sightline/proto/opentelemetry/proto/metrics/v1/metrics";
import { EventBatch } from "@sightline/proto/sightline/event/v1/event";

function text(value: string) {
  return { value: { $case: "stringValue" as const, value } };
}

const resource = { attributes: [{ key: "service.name", value: text("shop") }] };

function timeNow(): bigint {
  return BigInt(Date.now()) * 1_000_000n;
}

function label(id: string) {
  return [{ key: "id", value: text(id) }];
}

function pointOf(id: string): NumberDataPoint {
  const value = { $case: "asDouble" as const, value: 1 };
  return NumberDataPoint.fromPartial({ timeUnixNano: timeNow(), value, attributes: label(id) });
}

function histogramOf(ids: readonly string[]): Histogram {
  return {
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
    dataPoints: ids.map((id) =>
      HistogramDataPoint.fromPartial({
        timeUnixNano: timeNow(),
        count: 3n,
        sum: 6,
        bucketCounts: [1n, 2n],
        explicitBounds: [1],
        attributes: label(id),
      }),
    ),
  };
}

/** A request of each signal with one record per id, by which it can be found again. */
export const payloadOf: Readonly<Record<Signal, (ids: readonly string[]) => Uint8Array>> = {
  traces: (ids) =>
    ExportTraceServiceRequest.encode(
      ExportTraceServiceRequest.fromPartial({
        resourceSpans: [
          {
            resource,
            scopeSpans: [
              {
                spans: ids.map((id) => ({
                  traceId: createHash("md5").update(id).digest(),
                  spanId: createHash("md5").update(id).digest().subarray(0, 8),
                  name: id,
                  startTimeUnixNano: timeNow(),
                  endTimeUnixNano: timeNow() + 1_000_000n,
                })),
              },
            ],
          },
        ],
      }),
    ).finish(),
  logs: (ids) =>
    ExportLogsServiceRequest.encode(
      ExportLogsServiceRequest.fromPartial({
        resourceLogs: [
          {
            resource,
            scopeLogs: [
              {
                logRecords: ids.map((id) => ({
                  timeUnixNano: timeNow(),
                  severityNumber: SeverityNumber.INFO,
                  body: text(id),
                })),
              },
            ],
          },
        ],
      }),
    ).finish(),
  metrics: (ids) => {
    const metrics = [
      Metric.fromPartial({ name: "level", data: { $case: "gauge", value: { dataPoints: ids.map(pointOf) } } }),
      Metric.fromPartial({ name: "latency", data: { $case: "histogram", value: histogramOf(ids) } }),
    ];
    return ExportMetricsServiceRequest.encode(
      ExportMetricsServiceRequest.fromPartial({ resourceMetrics: [{ resource, scopeMetrics: [{ metrics }] }] }),
    ).finish();
  },
  events: (ids) =>
    EventBatch.encode(
      EventBatch.fromPartial({
        events: ids.map((id) => ({
          timeUnixNano: timeNow(),
          eventType: "test",
          severity: 2,
          source: "test",
          title: id,
        })),
      }),
    ).finish(),
};

/** Log records of as many days, the last of them today. */
export function manyDays(days: number): Uint8Array {
  const dayNanos = 86_400_000_000_000n;
  const logRecords = Array.from({ length: days }, (_, at) =>
    LogRecord.fromPartial({ timeUnixNano: timeNow() - BigInt(at) * dayNanos, body: text("many days") }),
  );
  return ExportLogsServiceRequest.encode(
    ExportLogsServiceRequest.fromPartial({ resourceLogs: [{ resource, scopeLogs: [{ logRecords }] }] }),
  ).finish();
}
