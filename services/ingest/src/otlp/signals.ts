import type { Signal } from "@sightline/bus/subjects";
import { invalid } from "@sightline/errors/app-error";
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
import type { Refused } from "./receive.ts";

/** What of an export request may be stored. */
export interface Validated {
  /** The request, or what is left of it. */
  readonly payload: Uint8Array;
  /** How many records the payload holds: spans, data points or log records. */
  readonly records: number;
  readonly refused: Refused;
}

/** One of OTLP's signals, as the doors see it. */
export interface OtlpSignal {
  readonly signal: Exclude<Signal, "events">;
  /** The Export method. */
  readonly grpcPath: string;
  readonly httpPath: string;
  /** Walks a serialized request. Throws `invalid_argument` when it is malformed. */
  validate(request: Uint8Array): Validated;
  /** A request in OTLP's JSON as protobuf. Throws `invalid_argument` when it is malformed. */
  fromJson(body: Uint8Array): Uint8Array;
  protobufResponse(refused: Refused): Uint8Array;
  jsonResponse(refused: Refused): string;
}

function prov(decode: (b: Uint8Array) => number) {
  return {
    validate: (payload: Uint8Array): Validated => {
      try {
        return { payload, records: decode(payload), refused: { records: 0, message: "" } };
      } catch (e) {
        throw invalid(String(e));
      }
    },
    fromJson: (): Uint8Array => {
      throw invalid("json");
    },
  };
}

/** The signals that are taken; a new one is one entry here. */
export const OTLP_SIGNALS: readonly OtlpSignal[] = [
  {
    signal: "traces",
    grpcPath: TraceServiceService.export.path,
    httpPath: "/v1/traces",
    ...prov(
      (b) =>
        ExportTraceServiceRequest.decode(b).resourceSpans.flatMap((r) => r.scopeSpans.flatMap((s) => s.spans)).length,
    ),
    protobufResponse: (refused) => {
      const partialSuccess = partial(refused, (records) => ({ rejectedSpans: records, errorMessage: refused.message }));
      return ExportTraceServiceResponse.encode({ partialSuccess }).finish();
    },
    jsonResponse: (refused) => json("rejectedSpans", refused),
  },
  {
    signal: "metrics",
    grpcPath: MetricsServiceService.export.path,
    httpPath: "/v1/metrics",
    ...prov((b) => ExportMetricsServiceRequest.decode(b).resourceMetrics.length),
    protobufResponse: (refused) => {
      const partialSuccess = partial(refused, (rejectedDataPoints) => ({
        rejectedDataPoints,
        errorMessage: refused.message,
      }));
      return ExportMetricsServiceResponse.encode({ partialSuccess }).finish();
    },
    jsonResponse: (refused) => json("rejectedDataPoints", refused),
  },
  {
    signal: "logs",
    grpcPath: LogsServiceService.export.path,
    httpPath: "/v1/logs",
    ...prov(
      (b) =>
        ExportLogsServiceRequest.decode(b).resourceLogs.flatMap((r) => r.scopeLogs.flatMap((s) => s.logRecords)).length,
    ),
    protobufResponse: (refused) => {
      const partialSuccess = partial(refused, (rejectedLogRecords) => ({
        rejectedLogRecords,
        errorMessage: refused.message,
      }));
      return ExportLogsServiceResponse.encode({ partialSuccess }).finish();
    },
    jsonResponse: (refused) => json("rejectedLogRecords", refused),
  },
];

/** Unset when all was taken and there is nothing to say: that is how OTLP says so. */
function partial<T>({ records, message }: Refused, make: (records: bigint) => T): T | undefined {
  return records === 0 && message === "" ? undefined : make(BigInt(records));
}

function json(field: string, refused: Refused): string {
  const partialSuccess = partial(refused, (records) => ({ [field]: String(records), errorMessage: refused.message }));
  return JSON.stringify(partialSuccess === undefined ? {} : { partialSuccess });
}
