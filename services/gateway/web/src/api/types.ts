/** What the gateway's REST API answers, written once: each schema checks an answer and gives its type. */
import * as z from "zod/mini";
import { attributeMap, count, flag, instant, list, moment, optionalNumber, severity, text, textMap } from "./fields.ts";

export const sessionSchema = z.object({
  user: z.object({ username: z.string(), role: text, tenant: text }),
  expires: moment,
});
export type Session = z.infer<typeof sessionSchema>;

export const eventSchema = z.object({
  eventId: z.string(),
  time: instant,
  observedTime: moment,
  eventType: text,
  severity,
  source: text,
  target: text,
  category: text,
  title: text,
  description: text,
  details: attributeMap,
  healthScore: optionalNumber,
  resourceUsage: z.optional(z.record(z.string(), z.number())),
  metadata: z.optional(
    z.object({
      correlationId: text,
      traceId: text,
      spanId: text,
      userId: text,
      sourceIp: text,
      labels: textMap,
    }),
  ),
});
export type SystemEvent = z.infer<typeof eventSchema>;

export const eventPageSchema = z.object({ events: list(eventSchema), totalCount: count, nextCursor: text });

export const valueCountSchema = z.object({ value: text, count });
export type ValueCount = z.infer<typeof valueCountSchema>;

export const eventStatisticsSchema = z.object({
  totalCount: count,
  bySeverity: list(valueCountSchema),
  byType: list(valueCountSchema),
  bySource: list(valueCountSchema),
  byCategory: list(valueCountSchema),
  byTarget: list(valueCountSchema),
  timeline: list(z.object({ start: instant, bySeverity: list(valueCountSchema) })),
  bucketSeconds: count,
});
export type EventStatistics = z.infer<typeof eventStatisticsSchema>;

export const logRecordSchema = z.object({
  time: instant,
  severityText: text,
  severityNumber: count,
  serviceName: text,
  body: text,
  traceId: text,
  spanId: text,
  attributes: attributeMap,
  resourceAttributes: attributeMap,
  scopeName: text,
  eventName: text,
});
export type LogRecord = z.infer<typeof logRecordSchema>;

export const logPageSchema = z.object({
  records: list(logRecordSchema),
  nextCursor: text,
  timeline: list(z.object({ start: instant, count, errorCount: count })),
  totalCount: count,
  isEstimate: flag,
});
export type LogPage = z.infer<typeof logPageSchema>;

export const traceSummarySchema = z.object({
  traceId: z.string(),
  rootService: text,
  rootName: text,
  start: instant,
  durationNano: count,
  spanCount: count,
  errorCount: count,
  services: list(z.string()),
});
export type TraceSummary = z.infer<typeof traceSummarySchema>;
export const traceListSchema = z.object({ traces: list(traceSummarySchema) });

export const spanSchema = z.object({
  spanId: z.string(),
  parentSpanId: text,
  name: text,
  service: text,
  kind: text,
  start: instant,
  durationNano: count,
  status: z.catch(z.enum(["ok", "error", "unset"]), "unset"),
  statusMessage: text,
  attributes: attributeMap,
  resourceAttributes: attributeMap,
  events: list(z.object({ time: instant, name: text, attributes: attributeMap })),
  links: list(z.object({ traceId: text, spanId: text })),
});
export type Span = z.infer<typeof spanSchema>;
export const traceSchema = z.object({ traceId: z.string(), spans: list(spanSchema) });
export type Trace = z.infer<typeof traceSchema>;

export const metricInfoSchema = z.object({
  name: z.string(),
  type: text,
  unit: text,
  description: text,
  seriesCount: count,
  labelNames: list(z.string()),
});
export type MetricInfo = z.infer<typeof metricInfoSchema>;
export const metricListSchema = z.object({ metrics: list(metricInfoSchema) });

export const seriesSchema = z.object({
  labels: textMap,
  points: list(z.tuple([z.number(), z.nullable(z.number())])),
});
export type Series = z.infer<typeof seriesSchema>;
export const metricQuerySchema = z.object({ series: list(seriesSchema), totalSeries: count, stepSeconds: count });
export type MetricAnswer = z.infer<typeof metricQuerySchema>;

export const serviceListSchema = z.object({
  services: list(
    z.object({
      name: z.string(),
      spanCount: count,
      errorSpanCount: count,
      logCount: count,
      p50DurationNano: count,
      p95DurationNano: count,
    }),
  ),
});

/** A health score in one word; "unknown" before anything was heard. */
export const healthStatus = z.catch(z.enum(["healthy", "degraded", "unhealthy", "unknown"]), "unknown");
export type HealthStatus = z.infer<typeof healthStatus>;

export const fleetHealthSchema = z.object({
  fleetHealthScore: count,
  status: healthStatus,
  healthySystems: count,
  totalSystems: count,
  targets: list(
    z.object({ target: z.string(), score: count, status: healthStatus, reasons: list(z.string()), lastSeen: moment }),
  ),
  time: moment,
});
export type FleetHealth = z.infer<typeof fleetHealthSchema>;
export type TargetHealth = FleetHealth["targets"][number];

export const anomalyListSchema = z.object({
  anomalies: list(
    z.object({
      eventId: text,
      time: instant,
      metric: text,
      labels: textMap,
      value: count,
      expectedLow: count,
      expectedHigh: count,
      confidence: count,
      evidence: text,
    }),
  ),
});
export type Anomaly = z.infer<typeof anomalyListSchema>["anomalies"][number];

export const storageStatisticsSchema = z.object({
  tables: list(
    z.object({
      table: z.string(),
      rows: count,
      bytesOnDisk: count,
      bytesUncompressed: count,
      oldest: moment,
      newest: moment,
      retentionSeconds: count,
    }),
  ),
  lags: list(z.object({ signal: z.string(), pendingMessages: count })),
  diskUsedRatio: count,
  diskIsFull: flag,
});

export const reportSchema = z.object({
  reportId: z.string(),
  kind: text,
  title: text,
  start: moment,
  end: moment,
  created: moment,
  // Null in kinds that do not tell of the fleet's health.
  fleetHealthScore: z._default(z.nullable(z.number()), null),
  healthySystems: z._default(z.nullable(z.number()), null),
  totalSystems: z._default(z.nullable(z.number()), null),
  headline: text,
});
export type Report = z.infer<typeof reportSchema>;
export const reportListSchema = z.object({ reports: list(reportSchema) });

/** An answer whose contents do not matter. */
export const anySchema = z.unknown();
