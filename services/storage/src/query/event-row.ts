import type { EventMetadata, ResourceUsage, SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import { Severity } from "@sightline/proto/sightline/event/v1/event";
import { z } from "zod";
import { attributes, int64 } from "./row-types.ts";

const measured = z
  .number()
  .nullable()
  .transform((value) => value ?? undefined);

/** A row of sql/event-columns.sql as the event it was. */
export const eventRow = z
  .object({
    time: int64,
    id: z.string(),
    type: z.string(),
    severity: z.union([
      z.literal(Severity.DEBUG),
      z.literal(Severity.INFO),
      z.literal(Severity.WARNING),
      z.literal(Severity.ERROR),
      z.literal(Severity.CRITICAL),
    ]),
    source: z.string(),
    target: z.string(),
    category: z.string(),
    title: z.string(),
    description: z.string(),
    details: z.string(),
    healthScore: measured,
    cpuPercent: measured,
    memoryPercent: measured,
    diskPercent: measured,
    networkRxBytesPerSecond: measured,
    networkTxBytesPerSecond: measured,
    correlationId: z.string(),
    traceId: z.string(),
    spanId: z.string(),
    userId: z.string(),
    sourceIp: z.string(),
    labels: attributes,
    observedTime: int64,
  })
  .transform(
    (row): SystemEvent => ({
      eventId: row.id,
      timeUnixNano: row.time,
      eventType: row.type,
      severity: row.severity,
      source: row.source,
      target: row.target,
      category: row.category,
      title: row.title,
      description: row.description,
      details: row.details,
      healthScore: row.healthScore,
      resourceUsage: usageOf(row),
      metadata: metadataOf(row),
      observedTimeUnixNano: row.observedTime,
    }),
  );

function usageOf(row: ResourceUsage): ResourceUsage | undefined {
  const { cpuPercent, memoryPercent, diskPercent, networkRxBytesPerSecond, networkTxBytesPerSecond } = row;
  const usage = { cpuPercent, memoryPercent, diskPercent, networkRxBytesPerSecond, networkTxBytesPerSecond };
  return Object.values(usage).every((value) => value === undefined) ? undefined : usage;
}

function metadataOf(row: EventMetadata): EventMetadata | undefined {
  const { correlationId, traceId, spanId, userId, sourceIp, labels } = row;
  const texts = [correlationId, traceId, spanId, userId, sourceIp, ...Object.keys(labels)];
  return texts.every((text) => text === "") ? undefined : { correlationId, traceId, spanId, userId, sourceIp, labels };
}
