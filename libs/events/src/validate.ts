import type { Severity } from "@sightline/model/severity";
import { isUuid } from "@sightline/model/uuid7";
import type { EventMetadata, ResourceUsage, SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import { MAX_DETAILS_DEPTH, parseDetails } from "./details.ts";
import { severityFromProto, severityToProto } from "./severity.ts";

/** The limits of event.proto. Texts in bytes of UTF-8. */
export const EVENT_LIMITS = {
  eventType: 128,
  source: 256,
  target: 1024,
  category: 128,
  title: 1024,
  description: 64 * 1024,
  details: 256 * 1024,
  metadataText: 256,
  labels: 64,
  labelKey: 128,
  labelValue: 1024,
} as const;

/** 2262-04-11: what ClickHouse's DateTime64(9) and a signed 64-bit count of nanoseconds can hold. */
const maxUnixNano = 2n ** 63n - 1n;

/** The event as it may be kept, or why it may not, naming the field. */
export type EventOrReason = { readonly event: SystemEvent } | { readonly reason: string };

export interface ReceivedAt {
  /** When it was received, nanoseconds since the Unix epoch. */
  readonly receivedUnixNano: bigint;
  /** Makes the id of an event that came without one: a UUIDv7. */
  readonly newId: () => string;
}

/**
 * Checks an event as a sender gave it against the limits of event.proto and fills in what may be left out: id, time,
 * severity, details. The time it was observed is always ours. The event given is not changed.
 */
export function validateEvent(event: SystemEvent, received: ReceivedAt): EventOrReason {
  const reason =
    textProblem(event) ??
    identityProblem(event) ??
    detailsProblem(event.details) ??
    percentProblem("health_score", event.healthScore) ??
    usageProblem(event.resourceUsage) ??
    metadataProblem(event.metadata);
  if (reason !== undefined) return { reason };
  const severity: Severity = severityFromProto(event.severity);
  return {
    event: {
      ...event,
      eventId: event.eventId === "" ? received.newId() : event.eventId.toLowerCase(),
      timeUnixNano: event.timeUnixNano === 0n ? received.receivedUnixNano : event.timeUnixNano,
      severity: severityToProto(severity),
      details: event.details === "" ? "{}" : event.details,
      observedTimeUnixNano: received.receivedUnixNano,
    },
  };
}

function textProblem(event: SystemEvent): string | undefined {
  return (
    required("event_type", event.eventType) ??
    required("source", event.source) ??
    required("title", event.title) ??
    tooLong("event_type", event.eventType, EVENT_LIMITS.eventType) ??
    tooLong("source", event.source, EVENT_LIMITS.source) ??
    tooLong("target", event.target, EVENT_LIMITS.target) ??
    tooLong("category", event.category, EVENT_LIMITS.category) ??
    tooLong("title", event.title, EVENT_LIMITS.title) ??
    tooLong("description", event.description, EVENT_LIMITS.description) ??
    tooLong("details", event.details, EVENT_LIMITS.details)
  );
}

function identityProblem(event: SystemEvent): string | undefined {
  if (event.eventId !== "" && !isUuid(event.eventId)) {
    return `event_id: got ${quoted(event.eventId)}, want a UUID or nothing`;
  }
  if (event.timeUnixNano < 0n || event.timeUnixNano > maxUnixNano) {
    return `time_unix_nano: got ${event.timeUnixNano}, want nanoseconds since 1970 and before April 2262`;
  }
  if (event.severity < 0 || event.severity > 5)
    return `severity: got ${event.severity}, want 1 (debug) to 5 (critical)`;
  return undefined;
}

function detailsProblem(details: string): string | undefined {
  if (parseDetails(details) !== undefined) return undefined;
  return `details: got ${quoted(details)}, want the text of a JSON object nested at most ${MAX_DETAILS_DEPTH} deep`;
}

function usageProblem(usage: ResourceUsage | undefined): string | undefined {
  if (usage === undefined) return undefined;
  return (
    percentProblem("resource_usage.cpu_percent", usage.cpuPercent) ??
    percentProblem("resource_usage.memory_percent", usage.memoryPercent) ??
    percentProblem("resource_usage.disk_percent", usage.diskPercent) ??
    rateProblem("resource_usage.network_rx_bytes_per_second", usage.networkRxBytesPerSecond) ??
    rateProblem("resource_usage.network_tx_bytes_per_second", usage.networkTxBytesPerSecond)
  );
}

function metadataProblem(metadata: EventMetadata | undefined): string | undefined {
  if (metadata === undefined) return undefined;
  const reason =
    tooLong("metadata.correlation_id", metadata.correlationId, EVENT_LIMITS.metadataText) ??
    tooLong("metadata.trace_id", metadata.traceId, EVENT_LIMITS.metadataText) ??
    tooLong("metadata.span_id", metadata.spanId, EVENT_LIMITS.metadataText) ??
    tooLong("metadata.user_id", metadata.userId, EVENT_LIMITS.metadataText) ??
    tooLong("metadata.source_ip", metadata.sourceIp, EVENT_LIMITS.metadataText);
  return reason ?? labelsProblem(metadata.labels);
}

function labelsProblem(labels: Readonly<Record<string, string>>): string | undefined {
  const entries = Object.entries(labels);
  if (entries.length > EVENT_LIMITS.labels) {
    return `metadata.labels: got ${entries.length}, want at most ${EVENT_LIMITS.labels}`;
  }
  for (const [key, value] of entries) {
    if (key === "") return "metadata.labels: got an empty key, want a name";
    const reason =
      tooLong(`metadata.labels key ${quoted(key)}`, key, EVENT_LIMITS.labelKey) ??
      tooLong(`metadata.labels[${quoted(key)}]`, value, EVENT_LIMITS.labelValue);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function required(field: string, text: string): string | undefined {
  return text.trim() === "" ? `${field}: got nothing, want a text` : undefined;
}

function tooLong(field: string, text: string, maxBytes: number): string | undefined {
  // No UTF-16 unit takes more than three bytes, so that short texts are never measured.
  if (text.length * 3 <= maxBytes) return undefined;
  const bytes = Buffer.byteLength(text);
  return bytes <= maxBytes ? undefined : `${field}: got ${bytes} bytes, want at most ${maxBytes}`;
}

function percentProblem(field: string, value: number | undefined): string | undefined {
  if (value === undefined || (value >= 0 && value <= 100)) return undefined;
  return `${field}: got ${value}, want 0 to 100`;
}

function rateProblem(field: string, value: number | undefined): string | undefined {
  if (value === undefined || (value >= 0 && Number.isFinite(value))) return undefined;
  return `${field}: got ${value}, want 0 or more`;
}

/** Enough of a text to recognise it by in a message. */
export function quoted(text: string): string {
  const cut = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return JSON.stringify(cut);
}
