import {
  begin,
  end,
  type WireWriter,
  writeBytesField,
  writeFixed32Field,
  writeFixed64Field,
  writeStringField,
  writeVarintField,
} from "@sightline/otlp/wire-writer";
import { writeAttribute, writeValue } from "./any-value.ts";
import type { LogRecord } from "./log-record.ts";

/** The fields of opentelemetry.proto.logs.v1.LogRecord. */
const TIME_UNIX_NANO = 1;
const SEVERITY_NUMBER = 2;
const SEVERITY_TEXT = 3;
const BODY = 5;
const ATTRIBUTES = 6;
const FLAGS = 8;
const TRACE_ID = 9;
const SPAN_ID = 10;
const EVENT_NAME = 12;

/** ResourceLogs and what is in it. */
const SCOPE_LOGS = 2;
const LOG_RECORDS = 2;
const RESOURCE = 1;
const RESOURCE_ATTRIBUTES = 1;

/** Writes the record into ScopeLogs. */
export function writeLogRecord(writer: WireWriter, record: LogRecord): void {
  const lengthAt = begin(writer, LOG_RECORDS);
  if (record.timeUnixNano !== 0n) writeFixed64Field(writer, TIME_UNIX_NANO, record.timeUnixNano);
  if (record.severityNumber !== 0) writeVarintField(writer, SEVERITY_NUMBER, record.severityNumber);
  if (record.severityText !== "") writeStringField(writer, SEVERITY_TEXT, record.severityText);
  if (record.body !== undefined) writeValue(writer, BODY, record.body);
  const { names, values } = record.attributes;
  for (let at = 0; at < names.length; at++) writeAttribute(writer, ATTRIBUTES, names[at] ?? "", values[at]);
  if (record.traceFlags !== 0) writeFixed32Field(writer, FLAGS, record.traceFlags);
  if (record.traceId !== "") writeBytesField(writer, TRACE_ID, Buffer.from(record.traceId, "hex"));
  if (record.spanId !== "") writeBytesField(writer, SPAN_ID, Buffer.from(record.spanId, "hex"));
  if (record.eventName !== "") writeStringField(writer, EVENT_NAME, record.eventName);
  end(writer, lengthAt);
}

/** Opens ScopeLogs in ResourceLogs behind the record's resource; the answer closes both. */
export function openResource(writer: WireWriter, field: number, record: LogRecord): () => void {
  const resourceLogsAt = begin(writer, field);
  const resourceAt = begin(writer, RESOURCE);
  if (record.service !== "") writeAttribute(writer, RESOURCE_ATTRIBUTES, "service.name", record.service);
  if (record.host !== "") writeAttribute(writer, RESOURCE_ATTRIBUTES, "host.name", record.host);
  for (const [at, name] of record.resource.names.entries()) {
    writeAttribute(writer, RESOURCE_ATTRIBUTES, name, record.resource.values[at]);
  }
  end(writer, resourceAt);
  const scopeLogsAt = begin(writer, SCOPE_LOGS);
  return () => {
    end(writer, scopeLogsAt);
    end(writer, resourceLogsAt);
  };
}
