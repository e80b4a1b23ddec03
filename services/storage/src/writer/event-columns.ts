import {
  appendIndex,
  internText,
  type LowCardinalityColumn,
  lowCardinalityColumn,
} from "@sightline/columns/low-cardinality-column";
import { endMap, type MapColumn, mapColumn } from "@sightline/columns/map-column";
import { type NullableColumn, nullableColumn, setNull, setPresent } from "@sightline/columns/nullable-column";
import {
  appendBigint,
  appendFloat64,
  appendText,
  appendUuid,
  dateTime64Column,
  float64Column,
  stringColumn,
  uuidColumn,
} from "@sightline/columns/plain-column";
import { severityFromProto } from "@sightline/events/severity";
import type { SystemEvent } from "@sightline/proto/sightline/event/v1/event";

/** The columns of `events`. */
export function eventColumns() {
  return {
    Tenant: lowCardinalityColumn(),
    Timestamp: dateTime64Column(9),
    EventId: uuidColumn(),
    EventType: lowCardinalityColumn(),
    // The server reads the name as the Enum8 it is kept as.
    Severity: lowCardinalityColumn(),
    Source: lowCardinalityColumn(),
    Target: stringColumn(),
    Category: lowCardinalityColumn(),
    Title: stringColumn(),
    Description: stringColumn(),
    Details: stringColumn(),
    HealthScore: nullableColumn(float64Column()),
    CpuPercent: nullableColumn(float64Column()),
    MemoryPercent: nullableColumn(float64Column()),
    DiskPercent: nullableColumn(float64Column()),
    NetworkRxBytesPerSecond: nullableColumn(float64Column()),
    NetworkTxBytesPerSecond: nullableColumn(float64Column()),
    CorrelationId: stringColumn(),
    TraceId: stringColumn(),
    SpanId: stringColumn(),
    UserId: stringColumn(),
    SourceIp: stringColumn(),
    Labels: mapColumn(),
    ObservedTimestamp: dateTime64Column(9),
  };
}

export type EventColumns = ReturnType<typeof eventColumns>;

/** Appends the row of a valid event. */
export function appendEvent(columns: EventColumns, tenant: string, event: SystemEvent): void {
  appendLow(columns.Tenant, tenant);
  appendBigint(columns.Timestamp, event.timeUnixNano);
  appendId(columns, event.eventId);
  appendLow(columns.EventType, event.eventType);
  appendLow(columns.Severity, severityFromProto(event.severity));
  appendLow(columns.Source, event.source);
  appendText(columns.Target, event.target);
  appendLow(columns.Category, event.category);
  appendText(columns.Title, event.title);
  appendText(columns.Description, event.description);
  appendText(columns.Details, event.details);
  appendNumber(columns.HealthScore, event.healthScore);
  appendUsage(columns, event);
  appendMetadata(columns, event);
  appendBigint(columns.ObservedTimestamp, event.observedTimeUnixNano);
}

function appendUsage(columns: EventColumns, { resourceUsage }: SystemEvent): void {
  appendNumber(columns.CpuPercent, resourceUsage?.cpuPercent);
  appendNumber(columns.MemoryPercent, resourceUsage?.memoryPercent);
  appendNumber(columns.DiskPercent, resourceUsage?.diskPercent);
  appendNumber(columns.NetworkRxBytesPerSecond, resourceUsage?.networkRxBytesPerSecond);
  appendNumber(columns.NetworkTxBytesPerSecond, resourceUsage?.networkTxBytesPerSecond);
}

function appendMetadata(columns: EventColumns, { metadata }: SystemEvent): void {
  appendText(columns.CorrelationId, metadata?.correlationId ?? "");
  appendText(columns.TraceId, metadata?.traceId ?? "");
  appendText(columns.SpanId, metadata?.spanId ?? "");
  appendText(columns.UserId, metadata?.userId ?? "");
  appendText(columns.SourceIp, metadata?.sourceIp ?? "");
  appendLabels(columns.Labels, metadata?.labels ?? {});
}

function appendLabels(column: MapColumn, labels: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(labels)) {
    appendLow(column.keys, key);
    appendText(column.values, value);
  }
  endMap(column);
}

function appendId({ EventId }: EventColumns, id: string): void {
  const bytes = Buffer.from(id.replaceAll("-", ""), "hex");
  appendUuid(EventId, new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0);
}

function appendLow(column: LowCardinalityColumn, text: string): void {
  appendIndex(column, internText(column, text));
}

function appendNumber(column: NullableColumn, value: number | undefined): void {
  appendFloat64(column.values, value ?? 0);
  if (value === undefined) setNull(column);
  else setPresent(column);
}
