import { HEALTH_STATUSES } from "@sightline/model/health-status";
import { z } from "zod";

/** Nanoseconds since the Unix epoch as RFC 3339 in UTC. */
const moment = z.string();

/** [milliseconds since the Unix epoch, value] */
const points = z.array(z.tuple([z.number(), z.number()]));

const valueCount = z.object({ value: z.string(), count: z.number() });

const series = z.object({ name: z.string(), points });

/**
 * The health report as a document: how it is kept, and how it is exported as JSON. Field names are those of the seeds'
 * HealthReport.
 */
export const healthReport = z.object({
  kind: z.literal("health"),
  report_id: z.string(),
  title: z.string(),
  tenant: z.string(),
  time_range: z.object({ start: moment, end: moment }),
  generated_at: moment,
  /** Mean over the range where its history is known, else the score at the time of making; 0 to 100. */
  fleet_health_score: z.number(),
  status: z.enum(HEALTH_STATUSES),
  healthy_systems: z.number(),
  total_systems: z.number(),
  systems: z.array(
    z.object({
      target: z.string(),
      score: z.number(),
      status: z.enum([...HEALTH_STATUSES, "unknown"]),
      reasons: z.array(z.string()),
      last_seen: moment.nullable(),
    }),
  ),
  health_history: points,
  resources: z.object({ cpu_percent: z.array(series), memory_percent: z.array(series), disk_percent: z.array(series) }),
  events: z.object({
    total: z.number(),
    by_severity: z.array(valueCount),
    by_type: z.array(valueCount),
    by_source: z.array(valueCount),
    timeline: z.array(z.object({ start: moment, by_severity: z.array(valueCount) })),
    /** The newest of severity error and critical. */
    worst: z.array(
      z.object({
        time: moment,
        severity: z.string(),
        event_type: z.string(),
        target: z.string(),
        title: z.string(),
      }),
    ),
  }),
  alerts: z.array(
    z.object({
      alert_id: z.string(),
      rule: z.string(),
      severity: z.string(),
      state: z.string(),
      summary: z.string(),
      fired_at: moment.nullable(),
      resolved_at: moment.nullable(),
      acknowledged_by: z.string(),
    }),
  ),
  anomalies: z.array(
    z.object({ time: moment, metric: z.string(), value: z.number(), confidence: z.number(), evidence: z.string() }),
  ),
  services: z.array(
    z.object({ name: z.string(), spans: z.number(), error_spans: z.number(), p95_ms: z.number(), logs: z.number() }),
  ),
  logs: z.object({ total: z.number(), errors: z.number() }),
  /** What could not be read when the report was made, and why. Empty: the report is complete. */
  missing: z.array(z.string()),
});

export type HealthReport = z.infer<typeof healthReport>;
