import {
  appendIndex,
  appendIndexTimes,
  appendInterned,
  internText,
  lowCardinalityColumn,
} from "@sightline/columns/low-cardinality-column";
import { endMap, mapColumn } from "@sightline/columns/map-column";
import { appendUint8, dateTime64Column, stringColumn, uint8Column } from "@sightline/columns/plain-column";
import { newTable } from "@sightline/columns/table";
import { appendAnyValue } from "./any-value-text.ts";
import { appendAttributes } from "./attributes.ts";
import { type RecordVisitor, walkRequest } from "./envelope.ts";
import { appendId, SPAN_ID_BYTES, TRACE_ID_BYTES } from "./hex.ts";
import { appendInternedTimes, appendRange, appendRangeTimes, clearRange, newRange, takeField } from "./range.ts";
import { appendAttributesTimes, appendResource } from "./resource.ts";
import { newScope, readScope, SCOPE_ATTRIBUTES } from "./scope.ts";
import { SEVERITY_TEXTS } from "./severity-text.ts";
import { appendNanos, clearNanos, isSet, newNanos, setNanos, takeNanos } from "./times.ts";
import { createTranscoder, type MessageContext, type Transcoder } from "./transcoder.ts";
import { next, readUint32, type Wire } from "./wire.ts";

function logColumns() {
  return {
    Tenant: lowCardinalityColumn(),
    Timestamp: dateTime64Column(9),
    TraceId: stringColumn(),
    SpanId: stringColumn(),
    TraceFlags: uint8Column(),
    SeverityText: lowCardinalityColumn(),
    SeverityNumber: uint8Column(),
    ServiceName: lowCardinalityColumn(),
    Body: stringColumn(),
    ResourceSchemaUrl: lowCardinalityColumn(),
    ResourceAttributes: mapColumn(),
    ScopeSchemaUrl: lowCardinalityColumn(),
    ScopeName: stringColumn(),
    ScopeVersion: lowCardinalityColumn(),
    ScopeAttributes: mapColumn(),
    LogAttributes: mapColumn(),
    EventName: stringColumn(),
  };
}

/** The record at hand: where its fields are. Its attributes are appended when they are met. */
function newLog() {
  return {
    time: newNanos(),
    observed: newNanos(),
    severityNumber: 0,
    severityText: newRange(),
    body: newRange(),
    flags: 0,
    traceId: newRange(),
    spanId: newRange(),
    eventName: newRange(),
  };
}

/** What is needed at every step of the walk. */
function newWalk() {
  const table = newTable(logColumns());
  return {
    table,
    columns: table.columns,
    log: newLog(),
    scope: newScope(),
    received: newNanos(),
    /** The numbers of strings that are the same for many rows. */
    tenant: 0,
    severityTexts: SEVERITY_TEXTS.map(() => 0),
    /** The rows before those of the scope and of the resource at hand. */
    scopeStart: 0,
    resourceStart: 0,
  };
}

type Walk = ReturnType<typeof newWalk>;

/** Log records to rows of `otel_logs`. */
export function createLogTranscoder(): Transcoder {
  const walk = newWalk();
  const { table } = walk;
  const visitor = newVisitor(walk);
  return createTranscoder({
    tables: [["otel_logs", table]],
    records: () => table.rows,
    walk(wire, end, context) {
      begin(walk, context);
      walkRequest(wire, end, visitor);
    },
  });
}

function begin(walk: Walk, context: MessageContext): void {
  const { columns, table } = walk;
  setNanos(walk.received, context.receivedUnixNano);
  walk.tenant = internText(columns.Tenant, context.tenant);
  walk.severityTexts = SEVERITY_TEXTS.map((text) => internText(columns.SeverityText, text));
  walk.scopeStart = table.rows;
  walk.resourceStart = table.rows;
}

function newVisitor(walk: Walk): RecordVisitor {
  const { table, columns, scope } = walk;
  return {
    record(wire, end) {
      walkLog(walk, wire, end);
      appendLog(walk, wire);
    },
    endScope(wire, { message, schemaUrl }) {
      const rows = table.rows - walk.scopeStart;
      walk.scopeStart = table.rows;
      if (rows === 0) return;
      readScope(scope, wire, message);
      appendRangeTimes(columns.ScopeName, wire, scope.name, rows);
      appendInternedTimes(columns.ScopeVersion, wire, scope.version, rows);
      appendInternedTimes(columns.ScopeSchemaUrl, wire, schemaUrl, rows);
      appendAttributesTimes(columns.ScopeAttributes, wire, message, { tag: SCOPE_ATTRIBUTES, rows });
    },
    endResource(wire, { message, schemaUrl }) {
      const rows = table.rows - walk.resourceStart;
      walk.resourceStart = table.rows;
      if (rows === 0) return;
      appendIndexTimes(columns.Tenant, walk.tenant, rows);
      appendInternedTimes(columns.ResourceSchemaUrl, wire, schemaUrl, rows);
      appendResource(columns, wire, message, rows);
    },
  };
}

function walkLog(walk: Walk, wire: Wire, end: number): void {
  const { log, columns } = walk;
  clearLog(log);
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    switch (tag) {
      case 0x32: // attributes
        appendAttributes(columns.LogAttributes, wire, tag, end);
        break;
      case 0x09: // time_unix_nano
        takeNanos(log.time, wire);
        break;
      case 0x59: // observed_time_unix_nano
        takeNanos(log.observed, wire);
        break;
      case 0x10: // severity_number
        log.severityNumber = readUint32(wire);
        break;
      case 0x1a: // severity_text
        takeField(log.severityText, wire);
        break;
      case 0x2a: // body
        takeField(log.body, wire);
        break;
      case 0x45: // flags
        log.flags = wire.bytes[wire.start] ?? 0;
        break;
      case 0x4a: // trace_id
        takeField(log.traceId, wire);
        break;
      case 0x52: // span_id
        takeField(log.spanId, wire);
        break;
      case 0x62: // event_name
        takeField(log.eventName, wire);
        break;
      default:
    }
  }
}

function clearLog(log: Walk["log"]): void {
  clearNanos(log.time);
  clearNanos(log.observed);
  clearRange(log.severityText);
  clearRange(log.body);
  clearRange(log.traceId);
  clearRange(log.spanId);
  clearRange(log.eventName);
  log.severityNumber = 0;
  log.flags = 0;
}

/** Appends the row of the record: everything but what `walkLog` has appended already. */
function appendLog(walk: Walk, wire: Wire): void {
  const { columns, log } = walk;
  const { severityText } = log;
  appendNanos(columns.Timestamp, isSet(log.time) ? log.time : isSet(log.observed) ? log.observed : walk.received);
  appendId(columns.TraceId, wire.view, log.traceId, TRACE_ID_BYTES);
  appendId(columns.SpanId, wire.view, log.spanId, SPAN_ID_BYTES);
  appendUint8(columns.TraceFlags, log.flags);
  if (severityText.end > severityText.start) {
    appendInterned(columns.SeverityText, wire.view, severityText.start, severityText.end);
  } else {
    appendIndex(columns.SeverityText, walk.severityTexts[log.severityNumber] ?? walk.severityTexts[0] ?? 0);
  }
  appendUint8(columns.SeverityNumber, log.severityNumber > 255 ? 0 : log.severityNumber);
  appendAnyValue(columns.Body, wire, log.body.start, log.body.end);
  endMap(columns.LogAttributes);
  appendRange(columns.EventName, wire, log.eventName);
  walk.table.rows++;
}
