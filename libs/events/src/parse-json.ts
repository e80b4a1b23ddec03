import { parseRfc3339 } from "@sightline/model/rfc3339";
import type { Severity } from "@sightline/model/severity";
import type { EventMetadata, ResourceUsage, SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import { isDetails } from "./details.ts";
import { type JsonFields, jsonFields } from "./json-fields.ts";
import { parseSeverity, severityFromProto, severityNames, severityToProto } from "./severity.ts";
import { type EventOrReason, type ReceivedAt, validateEvent } from "./validate.ts";

const known = [
  "eventId",
  "time",
  "eventType",
  "severity",
  "source",
  "target",
  "category",
  "title",
  "description",
  "details",
  "healthScore",
  "resourceUsage",
  "metadata",
];

/** Observed times are accepted and ignored, so that an event can be sent as it was read. */
const accepted = [...known, "observedTime"];
const aliases = { timestamp: "time", timeUnixNano: "time", observedTimeUnixNano: "observedTime" };

/**
 * An event from its parsed JSON form, checked and completed as by `validateEvent`. Names may be lowerCamelCase or
 * snake_case. `time` (or `timestamp`) is RFC 3339 or a Unix time, severities go by any usual name, `details` is an
 * object or the text of one.
 */
export function parseJsonEvent(value: unknown, received: ReceivedAt): EventOrReason {
  if (!isDetails(value)) return { reason: "event: got no JSON object, want one with event_type, source and title" };
  const fields = jsonFields(value, { known: accepted, aliases });
  const event: SystemEvent = {
    eventId: fields.text("eventId"),
    timeUnixNano: fields.parsed("time", "an RFC 3339 time with its zone or a Unix time", parseTime) ?? 0n,
    eventType: fields.text("eventType"),
    severity: severityToProto(fields.parsed("severity", `one of ${severityNames}`, parseSeverityValue) ?? "info"),
    source: fields.text("source"),
    target: fields.text("target"),
    category: fields.text("category"),
    title: fields.text("title"),
    description: fields.text("description"),
    details: fields.parsed("details", "an object", detailsText) ?? "",
    healthScore: fields.number("healthScore"),
    resourceUsage: parseUsage(fields),
    metadata: parseMetadata(fields),
    observedTimeUnixNano: 0n,
  };
  const problem = fields.problem();
  return problem === undefined ? validateEvent(event, received) : { reason: problem };
}

function parseUsage(fields: JsonFields): ResourceUsage | undefined {
  const names = ["cpuPercent", "memoryPercent", "diskPercent", "networkRxBytesPerSecond", "networkTxBytesPerSecond"];
  const usage = fields.object("resourceUsage", names);
  return (
    usage && {
      cpuPercent: usage.number("cpuPercent"),
      memoryPercent: usage.number("memoryPercent"),
      diskPercent: usage.number("diskPercent"),
      networkRxBytesPerSecond: usage.number("networkRxBytesPerSecond"),
      networkTxBytesPerSecond: usage.number("networkTxBytesPerSecond"),
    }
  );
}

function parseMetadata(fields: JsonFields): EventMetadata | undefined {
  const names = ["correlationId", "traceId", "spanId", "userId", "sourceIp", "labels"];
  const metadata = fields.object("metadata", names);
  return (
    metadata && {
      correlationId: metadata.text("correlationId"),
      traceId: metadata.text("traceId"),
      spanId: metadata.text("spanId"),
      userId: metadata.text("userId"),
      sourceIp: metadata.text("sourceIp"),
      labels: metadata.texts("labels"),
    }
  );
}

function parseSeverityValue(value: unknown): Severity | undefined {
  if (typeof value === "string") return parseSeverity(value);
  const ranks = [1, 2, 3, 4, 5] as const;
  const rank = ranks.find((candidate) => candidate === value);
  return rank && severityFromProto(rank);
}

function detailsText(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return isDetails(value) ? stringify(value) : undefined;
}

/** JSON.stringify walks recursively: nesting that exhausts the stack is the sender's fault, not a crash. */
function stringify(value: object): string | undefined {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Nanoseconds since the Unix epoch of an RFC 3339 text or of a Unix time, as a number or in digits. */
function parseTime(value: unknown): bigint | undefined {
  if (typeof value === "number") return unixNano(value);
  if (typeof value !== "string") return undefined;
  if (!/^\d{1,19}$/.test(value)) return parseRfc3339(value);
  // Digits of nanoseconds are taken exactly, which a number could not hold.
  return value.length > 17 ? BigInt(value) : unixNano(Number(value));
}

/**
 * A Unix time in seconds, milliseconds, microseconds or nanoseconds; which one follows from its size: each unit reaches
 * from 1973 to the year 5138.
 */
function unixNano(value: number): bigint | undefined {
  if (!Number.isFinite(value) || value < 0) return undefined;
  if (value < 1e11) return BigInt(Math.round(value * 1e6)) * 1000n;
  if (value < 1e14) return BigInt(Math.round(value * 1e3)) * 1000n;
  if (value < 1e17) return BigInt(Math.round(value)) * 1000n;
  return BigInt(value);
}
