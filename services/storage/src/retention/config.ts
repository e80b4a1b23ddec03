import { z } from "zod";
import type { KeptDays } from "./kinds.ts";

const days = z.int().min(1).max(3650);

/** How long what is kept, days, for every tenant that has no settings of its own. */
export const retentionConfig = z.strictObject({
  logsDays: days.default(90),
  /** All spans. */
  tracesDays: days.default(7),
  /** A share of the traces, each whole; no longer than all spans: none. */
  sampledTracesDays: days.default(30),
  /** Which share of the traces that is, in percent. */
  sampledTracesPercent: z.int().min(0).max(100).default(10),
  /** Every sample. */
  metricsDays: days.default(30),
  /** What samples are rolled up to: 5 minutes and 1 hour. */
  metricRollupsDays: days.default(365),
  eventsDays: days.default(90),
  /** Of ClickHouse's own log tables, which otherwise grow for ever; 0 leaves them alone. */
  systemLogsDays: z.int().min(0).max(3650).default(7),
});
export type RetentionConfig = z.infer<typeof retentionConfig>;

/** The defaults by kind. */
export function defaultDays(config: RetentionConfig): KeptDays {
  return {
    logs: config.logsDays,
    traces: config.tracesDays,
    sampled_traces: config.sampledTracesDays,
    metrics: config.metricsDays,
    metric_rollups: config.metricRollupsDays,
    events: config.eventsDays,
  };
}
