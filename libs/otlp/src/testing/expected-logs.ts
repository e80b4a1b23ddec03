import type { Value } from "@sightline/columns/testing/native-reader";
import { ExportLogsServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/logs/v1/logs_service";
import type { LogRecord, ResourceLogs, ScopeLogs } from "@sightline/proto/opentelemetry/proto/logs/v1/logs";
import type { MessageContext } from "../transcoder.ts";
import { valueText } from "../value-text.ts";
import { expectedId, expectedMap, expectedService, expectedTime } from "./expected-text.ts";

/** The rows of `otel_logs` that a request must become. */
export function expectedLogs(payload: Uint8Array, context: MessageContext): Record<string, Value>[] {
  return ExportLogsServiceRequest.decode(payload).resourceLogs.flatMap((resource) =>
    resource.scopeLogs.flatMap((scope) => scope.logRecords.map((log) => expectedLog(resource, scope, log, context))),
  );
}

function expectedLog(
  { resource, schemaUrl }: ResourceLogs,
  { scope, schemaUrl: scopeSchemaUrl }: ScopeLogs,
  log: LogRecord,
  { tenant, receivedUnixNano }: MessageContext,
): Record<string, Value> {
  return {
    Tenant: tenant,
    Timestamp: expectedTime(log.timeUnixNano, log.observedTimeUnixNano, receivedUnixNano),
    TraceId: expectedId(log.traceId, 16),
    SpanId: expectedId(log.spanId, 8),
    TraceFlags: log.flags & 0xff,
    SeverityText: log.severityText === "" ? severityText(log.severityNumber) : log.severityText,
    SeverityNumber: log.severityNumber < 0 || log.severityNumber > 255 ? 0 : log.severityNumber,
    ServiceName: expectedService(resource),
    Body: valueText(log.body),
    ResourceSchemaUrl: schemaUrl,
    ResourceAttributes: expectedMap(resource?.attributes),
    ScopeSchemaUrl: scopeSchemaUrl,
    ScopeName: scope?.name ?? "",
    ScopeVersion: scope?.version ?? "",
    ScopeAttributes: expectedMap(scope?.attributes),
    LogAttributes: expectedMap(log.attributes),
    EventName: log.eventName,
  };
}

/** TRACE, TRACE2, … FATAL4 for 1 to 24. */
function severityText(number: number): string {
  if (number < 1 || number > 24) return "";
  const name = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"][Math.floor((number - 1) / 4)] ?? "";
  const step = (number - 1) % 4;
  return step === 0 ? name : `${name}${step + 1}`;
}
