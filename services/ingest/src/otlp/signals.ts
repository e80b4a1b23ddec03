import type { Signal } from "@sightline/bus/subjects";
import { requestFromJson } from "@sightline/otlp/json";
import { createValidate, type RecordLimits, type Validate, type Validated } from "@sightline/otlp/validate";
import {
  ExportLogsServiceResponse,
  LogsServiceService,
} from "@sightline/proto/opentelemetry/proto/collector/logs/v1/logs_service";
import {
  ExportMetricsServiceResponse,
  MetricsServiceService,
} from "@sightline/proto/opentelemetry/proto/collector/metrics/v1/metrics_service";
import {
  ExportTraceServiceResponse,
  TraceServiceService,
} from "@sightline/proto/opentelemetry/proto/collector/trace/v1/trace_service";
import { METRICS_PATH, type MessagePath, RECORDS_PATH } from "../commit/split.ts";

/** What was refused beside what was taken: `partial_success` of the answer. */
export type Refused = Validated["refused"];

/** One of OTLP's signals, as the doors see it. */
export interface OtlpSignal {
  readonly signal: Exclude<Signal, "events">;
  /** The Export method. */
  readonly grpcPath: string;
  readonly httpPath: string;
  /** Where its records lie in a request. */
  readonly path: MessagePath;
  readonly validate: Validate;
  /** A request in OTLP's JSON as protobuf. Throws `invalid_argument` when it is malformed. */
  fromJson(body: Uint8Array): Uint8Array;
  protobufResponse(refused: Refused): Uint8Array;
  jsonResponse(refused: Refused): string;
}

/** The signals that are taken; a new one is one entry here. */
const SIGNALS: readonly SignalOptions[] = [
  {
    signal: "traces",
    grpcPath: TraceServiceService.export.path,
    path: RECORDS_PATH,
    rejectedField: "rejectedSpans",
    encode: (rejectedSpans, errorMessage) =>
      ExportTraceServiceResponse.encode({ partialSuccess: { rejectedSpans, errorMessage } }).finish(),
  },
  {
    signal: "metrics",
    grpcPath: MetricsServiceService.export.path,
    path: METRICS_PATH,
    rejectedField: "rejectedDataPoints",
    encode: (rejectedDataPoints, errorMessage) =>
      ExportMetricsServiceResponse.encode({ partialSuccess: { rejectedDataPoints, errorMessage } }).finish(),
  },
  {
    signal: "logs",
    grpcPath: LogsServiceService.export.path,
    path: RECORDS_PATH,
    rejectedField: "rejectedLogRecords",
    encode: (rejectedLogRecords, errorMessage) =>
      ExportLogsServiceResponse.encode({ partialSuccess: { rejectedLogRecords, errorMessage } }).finish(),
  },
];

interface SignalOptions extends Pick<OtlpSignal, "signal" | "grpcPath" | "path"> {
  /** The name of partial_success' count in JSON. */
  readonly rejectedField: string;
  /** The answer whose partial_success says that. */
  encode(rejected: bigint, errorMessage: string): Uint8Array;
}

/** The signals, with these limits for their records. */
export function createOtlpSignals(limits: RecordLimits): readonly OtlpSignal[] {
  return SIGNALS.map((options) => createOtlpSignal(options, limits));
}

function createOtlpSignal(
  { signal, grpcPath, path, rejectedField, encode }: SignalOptions,
  limits: RecordLimits,
): OtlpSignal {
  // When all was taken partial_success is unset: an answer of no bytes.
  const silent = ({ records, message }: Refused): boolean => records === 0 && message === "";
  return {
    signal,
    grpcPath,
    httpPath: `/v1/${signal}`,
    path,
    validate: createValidate(signal, limits),
    fromJson: (body) => requestFromJson(signal, body),
    protobufResponse: (refused) =>
      silent(refused) ? new Uint8Array(0) : encode(BigInt(refused.records), refused.message),
    jsonResponse: (refused) =>
      silent(refused)
        ? "{}"
        : JSON.stringify({
            partialSuccess: { [rejectedField]: String(refused.records), errorMessage: refused.message },
          }),
  };
}
