import { arrayColumn } from "@sightline/columns/column";
import {
  appendIndex,
  appendIndexTimes,
  appendInterned,
  internText,
  lowCardinalityColumn,
} from "@sightline/columns/low-cardinality-column";
import { endMap, mapColumn } from "@sightline/columns/map-column";
import { endArray } from "@sightline/columns/offsets";
import { appendInteger, dateTime64Column, stringColumn, uint64Column } from "@sightline/columns/plain-column";
import { newTable } from "@sightline/columns/table";
import { appendAttributes } from "./attributes.ts";
import { type RecordVisitor, walkRequest } from "./envelope.ts";
import { appendId, SPAN_ID_BYTES, TRACE_ID_BYTES } from "./hex.ts";
import { appendRange, appendRangeTimes, clearRange, newRange, takeField } from "./range.ts";
import { appendResource } from "./resource.ts";
import { newScope, readScope } from "./scope.ts";
import { appendElapsed, appendNanos, clearNanos, isSet, newNanos, setNanos, takeNanos } from "./times.ts";
import { createTranscoder, type MessageContext, type Transcoder } from "./transcoder.ts";
import { FIXED64, LENGTH, next, readUint32, tagOf, VARINT, type Wire } from "./wire.ts";

/** By the number of Span.SpanKind. */
const KINDS = ["Unspecified", "Internal", "Server", "Client", "Producer", "Consumer"];
/** By the number of Status.StatusCode. */
const STATUS_CODES = ["Unset", "Ok", "Error"];

function traceColumns() {
  const events = uint64Column();
  const links = uint64Column();
  return {
    Tenant: lowCardinalityColumn(),
    Timestamp: dateTime64Column(9),
    TraceId: stringColumn(),
    SpanId: stringColumn(),
    ParentSpanId: stringColumn(),
    TraceState: stringColumn(),
    SpanName: lowCardinalityColumn(),
    SpanKind: lowCardinalityColumn(),
    ServiceName: lowCardinalityColumn(),
    ResourceAttributes: mapColumn(),
    ScopeName: stringColumn(),
    ScopeVersion: stringColumn(),
    SpanAttributes: mapColumn(),
    Duration: uint64Column(),
    StatusCode: lowCardinalityColumn(),
    StatusMessage: stringColumn(),
    "Events.Timestamp": arrayColumn(dateTime64Column(9), events),
    "Events.Name": arrayColumn(lowCardinalityColumn(), events),
    "Events.Attributes": arrayColumn(mapColumn(), events),
    "Links.TraceId": arrayColumn(stringColumn(), links),
    "Links.SpanId": arrayColumn(stringColumn(), links),
    "Links.TraceState": arrayColumn(stringColumn(), links),
    "Links.Attributes": arrayColumn(mapColumn(), links),
  };
}

/** The span at hand: where its fields are. Its attributes, events and links are appended when they are met. */
function newSpan() {
  return {
    traceId: newRange(),
    spanId: newRange(),
    parentSpanId: newRange(),
    traceState: newRange(),
    name: newRange(),
    statusMessage: newRange(),
    start: newNanos(),
    end: newNanos(),
    kind: 0,
    statusCode: 0,
    events: 0,
    links: 0,
  };
}

/** What is needed at every step of the walk. */
function newWalk() {
  const table = newTable(traceColumns());
  return {
    table,
    columns: table.columns,
    span: newSpan(),
    scope: newScope(),
    received: newNanos(),
    time: newNanos(),
    traceId: newRange(),
    spanId: newRange(),
    text: newRange(),
    /** The numbers of strings that are the same for many rows. */
    tenant: 0,
    kinds: KINDS.map(() => 0),
    statusCodes: STATUS_CODES.map(() => 0),
    /** The rows before those of the scope and of the resource at hand. */
    scopeStart: 0,
    resourceStart: 0,
  };
}

type Walk = ReturnType<typeof newWalk>;

/** Spans to rows of `otel_traces`. */
export function createTraceTranscoder(): Transcoder {
  const walk = newWalk();
  const { table } = walk;
  const visitor = newVisitor(walk);
  return createTranscoder({
    tables: [["otel_traces", table]],
    records: () => table.rows,
    walk(wire, end, context) {
      begin(walk, context);
      walkRequest(wire, end, visitor);
    },
  });
}

function begin(walk: Walk, context: MessageContext): void {
  const { columns } = walk;
  setNanos(walk.received, context.receivedUnixNano);
  walk.tenant = internText(columns.Tenant, context.tenant);
  walk.kinds = KINDS.map((kind) => internText(columns.SpanKind, kind));
  walk.statusCodes = STATUS_CODES.map((code) => internText(columns.StatusCode, code));
  walk.scopeStart = walk.table.rows;
  walk.resourceStart = walk.table.rows;
}

function newVisitor(walk: Walk): RecordVisitor {
  const { table, columns, scope } = walk;
  return {
    record(wire, end) {
      walkSpan(walk, wire, end);
      appendSpan(walk, wire);
    },
    endScope(wire, { message }) {
      const rows = table.rows - walk.scopeStart;
      walk.scopeStart = table.rows;
      if (rows === 0) return;
      readScope(scope, wire, message);
      appendRangeTimes(columns.ScopeName, wire, scope.name, rows);
      appendRangeTimes(columns.ScopeVersion, wire, scope.version, rows);
    },
    endResource(wire, { message }) {
      const rows = table.rows - walk.resourceStart;
      walk.resourceStart = table.rows;
      if (rows === 0) return;
      appendIndexTimes(columns.Tenant, walk.tenant, rows);
      appendResource(columns, wire, message, rows);
    },
  };
}

function walkSpan(walk: Walk, wire: Wire, end: number): void {
  const { span, columns } = walk;
  clearSpan(span);
  takeIds(span, wire, end);
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    switch (tag) {
      case 0x4a: // attributes
        appendAttributes(columns.SpanAttributes, wire, tag, end);
        break;
      case 0x0a: // trace_id
        takeField(span.traceId, wire);
        break;
      case 0x12: // span_id
        takeField(span.spanId, wire);
        break;
      case 0x1a: // trace_state
        takeField(span.traceState, wire);
        break;
      case 0x22: // parent_span_id
        takeField(span.parentSpanId, wire);
        break;
      case 0x2a: // name
        takeField(span.name, wire);
        break;
      case 0x30: // kind
        span.kind = readUint32(wire);
        break;
      case 0x39: // start_time_unix_nano
        takeNanos(span.start, wire);
        break;
      case 0x41: // end_time_unix_nano
        takeNanos(span.end, wire);
        break;
      case 0x7a: // status
        readStatus(span, wire);
        break;
      case 0x5a: // events
        appendEvent(walk, wire);
        break;
      case 0x6a: // links
        appendLink(walk, wire);
        break;
      default:
    }
  }
}

/** Fast path: moves the wire past the ids, which every encoder writes first. What is not so is left to the slow path. */
function takeIds({ traceId, spanId, parentSpanId }: Walk["span"], wire: Wire, end: number): void {
  // Two bytes each, as read in little endian: the field's tag and the length of the id.
  const TRACE_ID = 0x100a;
  const SPAN_ID = 0x0812;
  const PARENT_SPAN_ID = 0x0822;
  const { view } = wire;
  let at = wire.pos;
  if (end - at < 38 || view.getUint16(at, true) !== TRACE_ID) return;
  traceId.start = at + 2;
  at += 18;
  traceId.end = at;
  if (view.getUint16(at, true) === SPAN_ID) {
    spanId.start = at + 2;
    at += 10;
    spanId.end = at;
    if (view.getUint16(at, true) === PARENT_SPAN_ID) {
      parentSpanId.start = at + 2;
      at += 10;
      parentSpanId.end = at;
    }
  }
  wire.pos = at;
}

function clearSpan(span: Walk["span"]): void {
  clearRange(span.traceId);
  clearRange(span.spanId);
  clearRange(span.parentSpanId);
  clearRange(span.traceState);
  clearRange(span.name);
  clearRange(span.statusMessage);
  clearNanos(span.start);
  clearNanos(span.end);
  span.kind = 0;
  span.statusCode = 0;
  span.events = 0;
  span.links = 0;
}

/** Appends the row of the span: everything but what `walkSpan` has appended already. */
function appendSpan(walk: Walk, wire: Wire): void {
  const { columns, span } = walk;
  appendNanos(columns.Timestamp, isSet(span.start) ? span.start : isSet(span.end) ? span.end : walk.received);
  appendId(columns.TraceId, wire.view, span.traceId, TRACE_ID_BYTES);
  appendId(columns.SpanId, wire.view, span.spanId, SPAN_ID_BYTES);
  appendId(columns.ParentSpanId, wire.view, span.parentSpanId, SPAN_ID_BYTES);
  appendRange(columns.TraceState, wire, span.traceState);
  appendInterned(columns.SpanName, wire.view, span.name.start, span.name.end);
  appendIndex(columns.SpanKind, walk.kinds[span.kind] ?? walk.kinds[0] ?? 0);
  endMap(columns.SpanAttributes);
  if (isSet(span.start)) appendElapsed(columns.Duration, span.start, span.end);
  else appendInteger(columns.Duration, 0);
  appendIndex(columns.StatusCode, walk.statusCodes[span.statusCode] ?? walk.statusCodes[0] ?? 0);
  appendRange(columns.StatusMessage, wire, span.statusMessage);
  endArray(columns["Events.Name"].offsets, span.events);
  endArray(columns["Links.TraceId"].offsets, span.links);
  walk.table.rows++;
}

/** Of Status. */
const MESSAGE = tagOf(2, LENGTH);
const CODE = tagOf(3, VARINT);

function readStatus(span: Walk["span"], wire: Wire): void {
  const end = wire.pos;
  wire.pos = wire.start;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    if (tag === MESSAGE) takeField(span.statusMessage, wire);
    else if (tag === CODE) span.statusCode = readUint32(wire);
  }
}

/** Of Span.Event. */
const EVENT_TIME = tagOf(1, FIXED64);
const EVENT_NAME = tagOf(2, LENGTH);
const EVENT_ATTRIBUTES = tagOf(3, LENGTH);

function appendEvent(walk: Walk, wire: Wire): void {
  const { columns, time, text } = walk;
  const map = columns["Events.Attributes"].items;
  const end = wire.pos;
  clearNanos(time);
  clearRange(text);
  wire.pos = wire.start;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    if (tag === EVENT_ATTRIBUTES) appendAttributes(map, wire, tag, end);
    else if (tag === EVENT_TIME) takeNanos(time, wire);
    else if (tag === EVENT_NAME) takeField(text, wire);
  }
  appendNanos(columns["Events.Timestamp"].items, time);
  appendInterned(columns["Events.Name"].items, wire.view, text.start, text.end);
  endMap(map);
  walk.span.events++;
}

/** Of Span.Link. */
const LINK_TRACE_ID = tagOf(1, LENGTH);
const LINK_SPAN_ID = tagOf(2, LENGTH);
const LINK_TRACE_STATE = tagOf(3, LENGTH);
const LINK_ATTRIBUTES = tagOf(4, LENGTH);

function appendLink(walk: Walk, wire: Wire): void {
  const { columns, traceId, spanId, text } = walk;
  const map = columns["Links.Attributes"].items;
  const end = wire.pos;
  clearRange(traceId);
  clearRange(spanId);
  clearRange(text);
  wire.pos = wire.start;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    if (tag === LINK_ATTRIBUTES) appendAttributes(map, wire, tag, end);
    else if (tag === LINK_TRACE_ID) takeField(traceId, wire);
    else if (tag === LINK_SPAN_ID) takeField(spanId, wire);
    else if (tag === LINK_TRACE_STATE) takeField(text, wire);
  }
  appendId(columns["Links.TraceId"].items, wire.view, traceId, TRACE_ID_BYTES);
  appendId(columns["Links.SpanId"].items, wire.view, spanId, SPAN_ID_BYTES);
  appendRange(columns["Links.TraceState"].items, wire, text);
  endMap(map);
  walk.span.links++;
}
