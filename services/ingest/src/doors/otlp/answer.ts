import { ExportLogsServiceResponse } from "@sightline/proto/opentelemetry/proto/collector/logs/v1/logs_service";
import { ExportMetricsServiceResponse } from "@sightline/proto/opentelemetry/proto/collector/metrics/v1/metrics_service";
import { ExportTraceServiceResponse } from "@sightline/proto/opentelemetry/proto/collector/trace/v1/trace_service";
import type { OtlpSignal, Refused } from "../../receive/receive-otlp.ts";

interface Response {
  /** The name of partial_success' count in JSON. */
  readonly rejectedField: string;
  /** The answer whose partial_success says that. */
  encode(rejected: bigint, errorMessage: string): Uint8Array;
}

const RESPONSES: Readonly<Record<OtlpSignal, Response>> = {
  traces: {
    rejectedField: "rejectedSpans",
    encode: (rejectedSpans, errorMessage) =>
      ExportTraceServiceResponse.encode({ partialSuccess: { rejectedSpans, errorMessage } }).finish(),
  },
  metrics: {
    rejectedField: "rejectedDataPoints",
    encode: (rejectedDataPoints, errorMessage) =>
      ExportMetricsServiceResponse.encode({ partialSuccess: { rejectedDataPoints, errorMessage } }).finish(),
  },
  logs: {
    rejectedField: "rejectedLogRecords",
    encode: (rejectedLogRecords, errorMessage) =>
      ExportLogsServiceResponse.encode({ partialSuccess: { rejectedLogRecords, errorMessage } }).finish(),
  },
};

/** The `Export…ServiceResponse`. When all was taken partial_success is unset: an answer of no bytes. */
export function protobufResponse(signal: OtlpSignal, refused: Refused): Uint8Array {
  return silent(refused) ? new Uint8Array(0) : RESPONSES[signal].encode(BigInt(refused.records), refused.message);
}

/** The same in proto3 JSON. */
export function jsonResponse(signal: OtlpSignal, refused: Refused): string {
  if (silent(refused)) return "{}";
  const { rejectedField } = RESPONSES[signal];
  return JSON.stringify({
    partialSuccess: { [rejectedField]: String(refused.records), errorMessage: refused.message },
  });
}

function silent({ records, message }: Refused): boolean {
  return records === 0 && message === "";
}
