import type { MetricsLimits } from "@sightline/query/traceql/metrics/limits";

/** What one query of TraceQL may look at. */
export interface TraceQlLimits extends Pick<MetricsLimits, "maxSeries" | "maxCells"> {
  /** Traces that may hold what is looked for. */
  readonly maxCandidates: number;
  /** Spans read at once, and groups of spans that the database makes. */
  readonly maxSpansAtOnce: number;
}
