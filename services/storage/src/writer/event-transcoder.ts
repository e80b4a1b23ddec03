import { createHash } from "node:crypto";
import type { LowCardinalityColumn } from "@sightline/columns/low-cardinality-column";
import { appendIndex, internText, lowCardinalityColumn } from "@sightline/columns/low-cardinality-column";
import { endMap, type MapColumn, mapColumn } from "@sightline/columns/map-column";
import { encodeBlock } from "@sightline/columns/native-block";
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
import { newTable, resetTable } from "@sightline/columns/table";
import { AppError, invalid } from "@sightline/errors/app-error";
import { severityFromProto } from "@sightline/events/severity";
import { validateEvent } from "@sightline/events/validate";
import { msOfNanos } from "@sightline/model/time";
import { uuid7 } from "@sightline/model/uuid7";
import { EventBatch, type SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import type { Appended, BatchTranscoder, PayloadContext } from "./batch-transcoder.ts";

function eventColumns() {
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
type EventColumns = ReturnType<typeof eventColumns>;

/**
 * Gathers batches of events as rows of `events`. An event that the limits do not allow is left out and told of; its
 * neighbours are kept. What a sender left open is filled in from the message, the same way each time.
 */
export function createEventTranscoder(): BatchTranscoder {
  const table = newTable(eventColumns());
  return {
    append(payload, context) {
      const batch = decodeBatch(payload);
      if (batch instanceof AppError) return { ok: false, error: batch };
      const { kept, rejected } = validated(batch.events, context);
      for (const event of kept) appendEvent(table.columns, context.tenant, event);
      table.rows += kept.length;
      return { ok: true, records: kept.length, ...(rejected === undefined ? {} : { rejected }) } satisfies Appended;
    },
    records: () => table.rows,
    blocks() {
      const { rows } = table;
      if (rows === 0) return [];
      return [{ table: "events", rows, columns: Object.keys(table.columns), pieces: encodeBlock(table) }];
    },
    reset: () => resetTable(table),
  };
}

function decodeBatch(payload: Uint8Array): EventBatch | AppError {
  try {
    return EventBatch.decode(payload);
  } catch (thrown) {
    return invalid(`cannot read the events: ${AppError.from(thrown).message}`, thrown);
  }
}

interface Validated {
  readonly kept: readonly SystemEvent[];
  /** What is wrong with the first event that is not kept. */
  readonly rejected: AppError | undefined;
}

function validated(events: readonly SystemEvent[], context: PayloadContext): Validated {
  const kept: SystemEvent[] = [];
  let rejected: AppError | undefined;
  for (const [index, event] of events.entries()) {
    const outcome = validateEvent(event, {
      receivedUnixNano: context.receivedUnixNano,
      newId: () => idOf(context, index),
    });
    if ("event" in outcome) kept.push(outcome.event);
    else rejected ??= invalid(`cannot store event ${index} of ${events.length}: ${outcome.reason}`);
  }
  return { kept, rejected };
}

/** The id of an event that came without one: made of its place on the bus, so that it is the same each time. */
function idOf({ receivedUnixNano, subject, seq }: PayloadContext, index: number): string {
  const digest = createHash("sha256").update(`${subject}/${seq}/${index}`).digest();
  return uuid7(msOfNanos(receivedUnixNano), (bytes) => bytes.set(digest.subarray(0, bytes.length)));
}

function appendEvent(columns: EventColumns, tenant: string, event: SystemEvent): void {
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
