import { appendIndex, appendInterned, internText } from "@sightline/columns/low-cardinality-column";
import { endMap, type MapColumn } from "@sightline/columns/map-column";
import { type NullableColumn, setNull, setPresent } from "@sightline/columns/nullable-column";
import { appendEightBytes, appendText, appendUuid, appendWords } from "@sightline/columns/plain-column";
import { type WireEvent, walkLabels } from "@sightline/events/wire-event";
import { severityOfRank } from "@sightline/model/severity";
import { appendRange, type Range } from "@sightline/otlp/range";
import { appendNanos, isSet, newNanos, setNanos } from "@sightline/otlp/times";
import type { Wire } from "@sightline/otlp/wire";
import type { PayloadContext } from "./batch-transcoder.ts";
import type { EventColumns } from "./event-columns.ts";

/**
 * Fast path: appends the row of the event at hand from its bytes, as often as it is called. The event must be plainly
 * valid and have an id; what else was left open is filled in from the message. The row is what `appendEvent` would make
 * of it.
 */
export function createWireEventAppender(
  columns: EventColumns,
  event: WireEvent,
  { tenant, receivedUnixNano }: PayloadContext,
): () => void {
  const { wire } = event;
  const tenantNumber = internText(columns.Tenant, tenant);
  const severities = [0, 1, 2, 3, 4, 5].map((rank) => internText(columns.Severity, severityOfRank(rank)));
  const received = newNanos();
  setNanos(received, receivedUnixNano);
  const uuid = new DataView(new ArrayBuffer(16));
  const appendLabels = createLabelsAppender(columns.Labels, event);
  return () => {
    appendIndex(columns.Tenant, tenantNumber);
    appendNanos(columns.Timestamp, isSet(event.time) ? event.time : received);
    readUuid(uuid, wire, event.eventId.start);
    appendUuid(columns.EventId, uuid, 0);
    appendInterned(columns.EventType, wire.view, event.eventType.start, event.eventType.end);
    appendIndex(columns.Severity, severities[event.severity] ?? 0);
    appendInterned(columns.Source, wire.view, event.source.start, event.source.end);
    appendRange(columns.Target, wire, event.target);
    appendInterned(columns.Category, wire.view, event.category.start, event.category.end);
    appendRange(columns.Title, wire, event.title);
    appendRange(columns.Description, wire, event.description);
    if (event.details.end > event.details.start) appendRange(columns.Details, wire, event.details);
    else appendText(columns.Details, "{}");
    appendPlace(columns.HealthScore, wire, event.healthScore);
    appendUsage(columns, event);
    appendMetadata(columns, event);
    appendLabels();
    appendNanos(columns.ObservedTimestamp, received);
  };
}

function appendUsage(columns: EventColumns, { wire, usage }: WireEvent): void {
  appendPlace(columns.CpuPercent, wire, usage.cpuPercent);
  appendPlace(columns.MemoryPercent, wire, usage.memoryPercent);
  appendPlace(columns.DiskPercent, wire, usage.diskPercent);
  appendPlace(columns.NetworkRxBytesPerSecond, wire, usage.networkRxBytesPerSecond);
  appendPlace(columns.NetworkTxBytesPerSecond, wire, usage.networkTxBytesPerSecond);
}

function appendMetadata(columns: EventColumns, { wire, metadata }: WireEvent): void {
  appendRange(columns.CorrelationId, wire, metadata.correlationId);
  appendRange(columns.TraceId, wire, metadata.traceId);
  appendRange(columns.SpanId, wire, metadata.spanId);
  appendRange(columns.UserId, wire, metadata.userId);
  appendRange(columns.SourceIp, wire, metadata.sourceIp);
}

function createLabelsAppender(column: MapColumn, event: WireEvent): () => void {
  const { wire } = event;
  const appendLabel = (key: Range, value: Range) => {
    appendInterned(column.keys, wire.view, key.start, key.end);
    appendRange(column.values, wire, value);
  };
  return () => {
    walkLabels(event, appendLabel);
    endMap(column);
  };
}

function appendPlace(column: NullableColumn, wire: Wire, place: number): void {
  if (place === 0) {
    appendWords(column.values, 0, 0);
    setNull(column);
  } else {
    appendEightBytes(column.values, wire.view, place);
    setPresent(column);
  }
}

/** The bytes of the UUID that stands in its 36 characters at `start`. */
function readUuid(uuid: DataView, { bytes }: Wire, start: number): void {
  let at = start;
  for (let i = 0; i < 16; i++) {
    if (i === 4 || i === 6 || i === 8 || i === 10) at++;
    uuid.setUint8(i, (NIBBLES[bytes[at] ?? 0] ?? 0) * 16 + (NIBBLES[bytes[at + 1] ?? 0] ?? 0));
    at += 2;
  }
}

/** What each character stands for in hexadecimal. */
const NIBBLES = Uint8Array.from({ length: 256 }, (_, char) => {
  const value = Number.parseInt(String.fromCharCode(char), 16);
  return Number.isNaN(value) ? 0 : value;
});
