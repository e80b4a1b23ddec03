import { intern } from "@sightline/columns/dictionary";
import {
  appendIndex,
  appendIndexTimes,
  appendInterned,
  internText,
  lowCardinalityColumn,
} from "@sightline/columns/low-cardinality-column";
import { endMap, mapColumn } from "@sightline/columns/map-column";
import { encodeBlock } from "@sightline/columns/native-block";
import { appendUint8, dateTime64Column, stringColumn, uint8Column } from "@sightline/columns/plain-column";
import { markTable, newTable, resetTable, rollbackTable, tableBytes } from "@sightline/columns/table";
import { AppError } from "@sightline/errors/app-error";
import { appendAnyValue } from "./any-value-text.ts";
import { appendAttributes } from "./attributes.ts";
import { type RecordVisitor, walkRequest } from "./envelope.ts";
import { appendId, SPAN_ID_BYTES, TRACE_ID_BYTES } from "./hex.ts";
import { appendRange, appendRangeTimes, clearRange, newRange, type Range, takeField } from "./range.ts";
import { appendAttributesTimes, appendResource } from "./resource.ts";
import { newScope, readScope, SCOPE_ATTRIBUTES } from "./scope.ts";
import { appendNanos, clearNanos, isSet, newNanos, setNanos, takeNanos } from "./times.ts";
import type { Appended, MessageContext, Transcoder } from "./transcoder.ts";
import { FIXED32, FIXED64, LENGTH, next, openWire, readUint32, tagOf, VARINT, type Wire } from "./wire.ts";

/** Of LogRecord. */
const TIME = tagOf(1, FIXED64);
const SEVERITY_NUMBER = tagOf(2, VARINT);
const SEVERITY_TEXT = tagOf(3, LENGTH);
const BODY = tagOf(5, LENGTH);
const ATTRIBUTES = tagOf(6, LENGTH);
const FLAGS = tagOf(8, FIXED32);
const TRACE_ID = tagOf(9, LENGTH);
const SPAN_ID = tagOf(10, LENGTH);
const OBSERVED_TIME = tagOf(11, FIXED64);
const EVENT_NAME = tagOf(12, LENGTH);

/** By the number of SeverityNumber: TRACE, TRACE2, TRACE3, TRACE4, DEBUG …; "" for 0 and for numbers beyond. */
const SEVERITY_TEXTS = [
  "",
  ...["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"].flatMap((name) => [name, `${name}2`, `${name}3`, `${name}4`]),
];

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
function newRecord() {
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
    record: newRecord(),
    scope: newScope(),
    received: newNanos(),
    /** The numbers of strings that are the same for many rows. */
    tenant: 0,
    severityTexts: SEVERITY_TEXTS.map(() => 0),
    rows: 0,
    /** The rows before those of the scope and of the resource at hand. */
    scopeStart: 0,
    resourceStart: 0,
  };
}

type Walk = ReturnType<typeof newWalk>;

/** Log records to rows of `otel_logs`. */
export function createLogTranscoder(): Transcoder {
  const walk = newWalk();
  const visitor = newVisitor(walk);
  return {
    append(payload, context): Appended {
      const { table } = walk;
      const before = walk.rows;
      markTable(table);
      try {
        begin(walk, context);
        walkRequest(openWire(payload), payload.length, visitor);
      } catch (thrown) {
        rollbackTable(table);
        walk.rows = before;
        return { ok: false, error: AppError.from(thrown) };
      }
      return { ok: true, records: walk.rows - before };
    },
    records: () => walk.rows,
    bytes: () => tableBytes(walk.table),
    blocks() {
      if (walk.rows === 0) return [];
      const pieces = encodeBlock(walk.table, walk.rows);
      return [{ table: "otel_logs", rows: walk.rows, columns: Object.keys(walk.columns), pieces }];
    },
    reset() {
      resetTable(walk.table);
      walk.rows = 0;
    },
  };
}

function begin(walk: Walk, context: MessageContext): void {
  const { columns } = walk;
  setNanos(walk.received, context.receivedUnixNano);
  walk.tenant = internText(columns.Tenant, context.tenant);
  walk.severityTexts = SEVERITY_TEXTS.map((text) => internText(columns.SeverityText, text));
  walk.scopeStart = walk.rows;
  walk.resourceStart = walk.rows;
}

function newVisitor(walk: Walk): RecordVisitor {
  const { columns, scope } = walk;
  return {
    record(wire, end) {
      walkRecord(walk, wire, end);
      appendRecord(walk, wire);
    },
    endScope(wire, { message, schemaUrl }) {
      const rows = walk.rows - walk.scopeStart;
      walk.scopeStart = walk.rows;
      if (rows === 0) return;
      readScope(scope, wire, message);
      appendRangeTimes(columns.ScopeName, wire, scope.name, rows);
      internTimes(columns.ScopeVersion, wire, scope.version, rows);
      internTimes(columns.ScopeSchemaUrl, wire, schemaUrl, rows);
      appendAttributesTimes(columns.ScopeAttributes, wire, message, { tag: SCOPE_ATTRIBUTES, rows });
    },
    endResource(wire, { message, schemaUrl }) {
      const rows = walk.rows - walk.resourceStart;
      walk.resourceStart = walk.rows;
      if (rows === 0) return;
      appendIndexTimes(columns.Tenant, walk.tenant, rows);
      internTimes(columns.ResourceSchemaUrl, wire, schemaUrl, rows);
      appendResource(columns, wire, message, rows);
    },
  };
}

function internTimes(column: Walk["columns"]["ScopeVersion"], wire: Wire, range: Range, rows: number): void {
  appendIndexTimes(column, intern(column.dictionary, wire.view, range.start, range.end), rows);
}

function walkRecord(walk: Walk, wire: Wire, end: number): void {
  const { record, columns } = walk;
  clearRecord(record);
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    switch (tag) {
      case ATTRIBUTES:
        appendAttributes(columns.LogAttributes, wire, tag, end);
        break;
      case TIME:
        takeNanos(record.time, wire);
        break;
      case OBSERVED_TIME:
        takeNanos(record.observed, wire);
        break;
      case SEVERITY_NUMBER:
        record.severityNumber = readUint32(wire);
        break;
      case SEVERITY_TEXT:
        takeField(record.severityText, wire);
        break;
      case BODY:
        takeField(record.body, wire);
        break;
      case FLAGS:
        record.flags = wire.view.getUint8(wire.start);
        break;
      case TRACE_ID:
        takeField(record.traceId, wire);
        break;
      case SPAN_ID:
        takeField(record.spanId, wire);
        break;
      case EVENT_NAME:
        takeField(record.eventName, wire);
        break;
      default:
    }
  }
}

function clearRecord(record: Walk["record"]): void {
  clearNanos(record.time);
  clearNanos(record.observed);
  record.severityNumber = 0;
  clearRange(record.severityText);
  clearRange(record.body);
  record.flags = 0;
  clearRange(record.traceId);
  clearRange(record.spanId);
  clearRange(record.eventName);
}

/** Appends the row of the record: everything but its attributes, which `walkRecord` has appended already. */
function appendRecord(walk: Walk, wire: Wire): void {
  const { columns, record } = walk;
  const { severityText, severityNumber } = record;
  appendNanos(columns.Timestamp, timeOf(walk));
  appendId(columns.TraceId, wire.view, record.traceId, TRACE_ID_BYTES);
  appendId(columns.SpanId, wire.view, record.spanId, SPAN_ID_BYTES);
  appendUint8(columns.TraceFlags, record.flags);
  if (severityText.end > severityText.start) {
    appendInterned(columns.SeverityText, wire.view, severityText.start, severityText.end);
  } else {
    appendIndex(columns.SeverityText, walk.severityTexts[severityNumber] ?? walk.severityTexts[0] ?? 0);
  }
  appendUint8(columns.SeverityNumber, severityNumber < SEVERITY_TEXTS.length ? severityNumber : 0);
  appendAnyValue(columns.Body, wire, record.body.start, record.body.end);
  endMap(columns.LogAttributes);
  appendRange(columns.EventName, wire, record.eventName);
  walk.rows++;
}

function timeOf({ record, received }: Walk) {
  if (isSet(record.time)) return record.time;
  return isSet(record.observed) ? record.observed : received;
}
