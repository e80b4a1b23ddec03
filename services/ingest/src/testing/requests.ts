import { ExportLogsServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/logs/v1/logs_service";
import { ExportMetricsServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/metrics/v1/metrics_service";
import { ExportTraceServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/trace/v1/trace_service";

/** For tests: a request with that many spans. */
export function tracesRequest(spans: number, name = "GET /"): ExportTraceServiceRequest {
  return ExportTraceServiceRequest.fromPartial({
    resourceSpans: [
      {
        resource: { attributes: [{ key: "service.name", value: { value: { $case: "stringValue", value: "shop" } } }] },
        scopeSpans: [
          {
            scope: { name: "test" },
            spans: Array.from({ length: spans }, (_, index) => ({
              traceId: Buffer.alloc(16, index + 1),
              spanId: Buffer.alloc(8, index + 1),
              name: `${name} ${index}`,
              startTimeUnixNano: 1_700_000_000_000_000_000n,
              endTimeUnixNano: 1_700_000_000_500_000_000n,
            })),
          },
        ],
      },
    ],
  });
}

/** For tests: a request with that many points of a gauge. */
export function metricsRequest(points: number): ExportMetricsServiceRequest {
  return ExportMetricsServiceRequest.fromPartial({
    resourceMetrics: [
      {
        scopeMetrics: [
          {
            metrics: [
              {
                name: "load",
                data: {
                  $case: "gauge" as const,
                  value: {
                    dataPoints: Array.from({ length: points }, (_, index) => ({
                      timeUnixNano: 1_700_000_000_000_000_000n,
                      value: { $case: "asDouble" as const, value: index },
                    })),
                  },
                },
              },
            ],
          },
        ],
      },
    ],
  });
}

/** For tests: a request with that many log records of that text. */
export function logsRequest(records: number, body = "hello"): ExportLogsServiceRequest {
  return ExportLogsServiceRequest.fromPartial({
    resourceLogs: [
      {
        scopeLogs: [
          {
            logRecords: Array.from({ length: records }, () => ({
              timeUnixNano: 1_700_000_000_000_000_000n,
              body: { value: { $case: "stringValue" as const, value: body } },
            })),
          },
        ],
      },
    ],
  });
}
