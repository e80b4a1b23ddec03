import { formatRfc3339 } from "@sightline/model/rfc3339";
import type { Severity } from "@sightline/model/severity";
import type { EventMetadata, ResourceUsage, SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import { type Details, parseDetails } from "./details.ts";
import { severityFromProto } from "./severity.ts";

/** An event as the REST interface and the WebSocket show it. */
export interface EventJson {
  readonly eventId: string;
  /** RFC 3339 in UTC with nanoseconds. */
  readonly time: string;
  readonly eventType: string;
  readonly severity: Severity;
  readonly source: string;
  readonly target: string;
  readonly category: string;
  readonly title: string;
  readonly description: string;
  readonly details: Details;
  readonly healthScore?: number;
  readonly resourceUsage?: Partial<Readonly<Record<keyof ResourceUsage, number>>>;
  readonly metadata?: Readonly<EventMetadata>;
  /** Null when nobody has received it yet. */
  readonly observedTime: string | null;
}

/** The JSON form of an event. Details that are no JSON object, which no validated event has, become {}. */
export function eventToJson(event: SystemEvent): EventJson {
  return {
    eventId: event.eventId,
    time: formatRfc3339(event.timeUnixNano),
    eventType: event.eventType,
    severity: severityFromProto(event.severity),
    source: event.source,
    target: event.target,
    category: event.category,
    title: event.title,
    description: event.description,
    details: parseDetails(event.details) ?? {},
    ...(event.healthScore !== undefined && { healthScore: event.healthScore }),
    ...(event.resourceUsage !== undefined && { resourceUsage: usageToJson(event.resourceUsage) }),
    ...(event.metadata !== undefined && { metadata: { ...event.metadata } }),
    observedTime: event.observedTimeUnixNano === 0n ? null : formatRfc3339(event.observedTimeUnixNano),
  };
}

function usageToJson(usage: ResourceUsage): NonNullable<EventJson["resourceUsage"]> {
  return {
    ...(usage.cpuPercent !== undefined && { cpuPercent: usage.cpuPercent }),
    ...(usage.memoryPercent !== undefined && { memoryPercent: usage.memoryPercent }),
    ...(usage.diskPercent !== undefined && { diskPercent: usage.diskPercent }),
    ...(usage.networkRxBytesPerSecond !== undefined && { networkRxBytesPerSecond: usage.networkRxBytesPerSecond }),
    ...(usage.networkTxBytesPerSecond !== undefined && { networkTxBytesPerSecond: usage.networkTxBytesPerSecond }),
  };
}
