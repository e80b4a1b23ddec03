import { ExportLogsServiceResponse } from "@sightline/proto/opentelemetry/proto/collector/logs/v1/logs_service";
import { ExportMetricsServiceResponse } from "@sightline/proto/opentelemetry/proto/collector/metrics/v1/metrics_service";
import { ExportTraceServiceResponse } from "@sightline/proto/opentelemetry/proto/collector/trace/v1/trace_service";
import type { OtlpSignal, Refused } from "../../receive/receive-otlp.ts";

/** What an answer says of what was refused. */
type Told = Pick<Refused, "records" | "message">;

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

/** What a message may be long: an answer stays far below the 4 MiB that OTLP recommends as the most (§ "Response size"). */
const MAX_MESSAGE_CHARS = 4096;

/** The `Export…ServiceResponse`. When all was taken partial_success is unset: an answer of no bytes. */
export function protobufResponse(signal: OtlpSignal, refused: Told): Uint8Array {
  return silent(refused) ? new Uint8Array(0) : RESPONSES[signal].encode(BigInt(refused.records), cut(refused.message));
}

/** The same in proto3 JSON. */
export function jsonResponse(signal: OtlpSignal, refused: Told): string {
  if (silent(refused)) return "{}";
  const { rejectedField } = RESPONSES[signal];
  return JSON.stringify({
    partialSuccess: { [rejectedField]: String(refused.records), errorMessage: cut(refused.message) },
  });
}

function silent({ records, message }: Told): boolean {
  return records === 0 && message === "";
}

function cut(message: string): string {
  return message.slice(0, MAX_MESSAGE_CHARS);
}
