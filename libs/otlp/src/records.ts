import { ExportLogsServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/logs/v1/logs_service";
import type { LogRecord } from "@sightline/proto/sightline/query/v1/query_service";
import { SEVERITY_TEXTS } from "./severity-text.ts";
import { attributesText, valueText } from "./value-text.ts";

/**
 * The log records of an ExportLogsServiceRequest as a log search would answer them, for live tail. Objects and all: for
 * what a person looks at, not for storing. Records of one resource share the object of its attributes.
 */
export function readLogRecords(payload: Uint8Array): LogRecord[] {
  const records: LogRecord[] = [];
  for (const { resource, scopeLogs } of ExportLogsServiceRequest.decode(payload).resourceLogs) {
    const resourceAttributes = attributesText(resource?.attributes ?? []);
    for (const { scope, logRecords } of scopeLogs) {
      for (const record of logRecords) {
        records.push({
          timeUnixNano: record.timeUnixNano === 0n ? record.observedTimeUnixNano : record.timeUnixNano,
          severityText: record.severityText || (SEVERITY_TEXTS[record.severityNumber] ?? ""),
          severityNumber: record.severityNumber,
          serviceName: resourceAttributes["service.name"] ?? "",
          body: valueText(record.body),
          traceId: record.traceId.toString("hex"),
          spanId: record.spanId.toString("hex"),
          attributes: attributesText(record.attributes),
          resourceAttributes,
          scopeName: scope?.name ?? "",
          eventName: record.eventName,
        });
      }
    }
  }
  return records;
}
