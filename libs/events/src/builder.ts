import { EVENT_TYPES } from "@sightline/model/event-vocabulary";
import type { Severity } from "@sightline/model/severity";
import { type Clock, nanosOfMs } from "@sightline/model/time";
import { uuid7 } from "@sightline/model/uuid7";
import type { EventMetadata, ResourceUsage, SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import type { Details } from "./details.ts";
import { severityToProto } from "./severity.ts";

/** How a health check went. */
export type HealthStatus = "healthy" | "degraded" | "unhealthy";

/** What an event says; what is left out takes the default of event.proto. */
export interface EventInput {
  readonly eventType: string;
  readonly source: string;
  readonly title: string;
  /** Default: info. */
  readonly severity?: Severity;
  readonly target?: string;
  readonly category?: string;
  readonly description?: string;
  readonly details?: Details;
  readonly healthScore?: number;
  readonly resourceUsage?: ResourceUsage;
  readonly metadata?: Partial<Readonly<EventMetadata>>;
  /** Default: a new UUIDv7. One made from what happened lets the event be sent twice and kept once. */
  readonly eventId?: string;
  /** Nanoseconds since the Unix epoch. Default: now. */
  readonly timeUnixNano?: bigint;
}

export interface Usage {
  /** cpu, memory, disk… */
  readonly resourceType: string;
  /** 0 to 100. */
  readonly usagePercent: number;
  /** What it went over, 0 to 100. */
  readonly thresholdPercent: number;
}

export interface EventBuilder {
  /** An event of any kind. */
  build(input: EventInput): SystemEvent;
  /** HEALTH_CHECK: a target was looked at. `details` hold what was measured, and `status` is put beside it. */
  healthCheck(source: string, target: string, status: HealthStatus, details?: Details): SystemEvent;
  /** resource_threshold: a target uses more of something than it should. */
  resourceThreshold(source: string, target: string, usage: Usage): SystemEvent;
}

export interface EventBuilderOptions {
  readonly clock: Clock;
  /** Fills random bytes of ids. Default: the platform's. */
  readonly random?: (bytes: Uint8Array) => void;
}

const ofStatus = {
  healthy: { severity: "info", healthScore: 100 },
  degraded: { severity: "warning", healthScore: 50 },
  unhealthy: { severity: "error", healthScore: 0 },
} as const satisfies Record<HealthStatus, { severity: Severity; healthScore: number }>;

/** Makes complete events: with id, time and severity. They still have to be within the limits of event.proto. */
export function createEventBuilder(options: EventBuilderOptions): EventBuilder {
  const build = (input: EventInput) => buildEvent(input, options);
  return {
    build,
    healthCheck: (source, target, status, details = {}) =>
      build({
        eventType: EVENT_TYPES.healthCheck,
        source,
        target,
        category: "health",
        title: `${target} is ${status}`,
        details: { ...details, status },
        ...ofStatus[status],
      }),
    resourceThreshold: (source, target, usage) =>
      build({
        eventType: EVENT_TYPES.resourceThreshold,
        source,
        target,
        category: "performance",
        severity: "warning",
        title: `${usage.resourceType} usage of ${target} is ${usage.usagePercent} %`,
        details: {
          resource_type: usage.resourceType,
          usage_percent: usage.usagePercent,
          threshold_percent: usage.thresholdPercent,
        },
      }),
  };
}

function buildEvent(input: EventInput, { clock, random }: EventBuilderOptions): SystemEvent {
  const nowMs = clock();
  return {
    eventId: input.eventId ?? uuid7(nowMs, random),
    timeUnixNano: input.timeUnixNano ?? nanosOfMs(nowMs),
    eventType: input.eventType,
    severity: severityToProto(input.severity ?? "info"),
    source: input.source,
    target: input.target ?? "",
    category: input.category ?? "",
    title: input.title,
    description: input.description ?? "",
    details: JSON.stringify(input.details ?? {}),
    healthScore: input.healthScore,
    resourceUsage: input.resourceUsage,
    metadata:
      input.metadata === undefined
        ? undefined
        : { correlationId: "", traceId: "", spanId: "", userId: "", sourceIp: "", labels: {}, ...input.metadata },
    observedTimeUnixNano: nanosOfMs(nowMs),
  };
}
