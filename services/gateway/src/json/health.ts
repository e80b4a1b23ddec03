import {
  type Anomaly,
  type GetFleetHealthResponse,
  HealthStatus,
} from "@sightline/proto/sightline/analysis/v1/analysis_service";
import { z } from "zod";
import { enumWords, labels, momentOf, momentOrNull } from "./scalars.ts";

const statuses = enumWords(
  ["unknown", "healthy", "degraded", "unhealthy"],
  [HealthStatus.UNSPECIFIED, HealthStatus.HEALTHY, HealthStatus.DEGRADED, HealthStatus.UNHEALTHY],
);

export const fleetHealthForm = z.object({
  fleetHealthScore: z.number(),
  status: statuses.schema,
  healthySystems: z.number(),
  totalSystems: z.number(),
  targets: z.array(
    z.object({
      target: z.string(),
      score: z.number(),
      status: statuses.schema,
      reasons: z.array(z.string()),
      lastSeen: momentOrNull,
    }),
  ),
  time: momentOrNull,
});

export function fleetHealthToJson(health: GetFleetHealthResponse): z.infer<typeof fleetHealthForm> {
  return {
    fleetHealthScore: health.fleetHealthScore,
    status: statuses.toWord(health.status) ?? "unknown",
    healthySystems: health.healthySystems,
    totalSystems: health.totalSystems,
    targets: health.targets.map((target) => ({
      target: target.target,
      score: target.score,
      status: statuses.toWord(target.status) ?? "unknown",
      reasons: target.reasons,
      lastSeen: momentOf(target.lastSeenUnixNano),
    })),
    time: momentOf(health.timeUnixNano),
  };
}

export const anomalyForm = z.object({
  eventId: z.string(),
  time: momentOrNull,
  metric: z.string(),
  labels,
  value: z.number(),
  expectedLow: z.number(),
  expectedHigh: z.number(),
  confidence: z.number(),
  evidence: z.string(),
});

export function anomalyToJson(anomaly: Anomaly): z.infer<typeof anomalyForm> {
  const { timeUnixNano, ...rest } = anomaly;
  return { ...rest, time: momentOf(timeUnixNano) };
}
