import type { TraceColumns } from "../trace.ts";
import type { Value } from "../value.ts";
import type { SpanGroup } from "./accumulator.ts";
import type { Intervals } from "./intervals.ts";
import type { MetricsLimits } from "./limits.ts";
import type { Exemplar, TimeSeries } from "./time-series.ts";

/** One metrics function at work: takes what was read for it, gives its series. */
export interface MetricsLeaf {
  /** Takes a trace, or some of its spans where the plan tells spans by themselves. */
  observeTrace(columns: TraceColumns): void;
  /** Takes spans that the database has grouped by the plan's columns and by interval. Only for a plan that can be pushed down. */
  observeGroup(by: readonly Value[], interval: number, group: SpanGroup): void;
  /** Takes a span of such a group as an example, its number as it is kept; after the groups. */
  observeExample(by: readonly Value[], interval: number, example: Exemplar): void;
  results(): { readonly series: readonly TimeSeries[]; readonly isLimited: boolean };
}

export interface LeafOptions {
  readonly intervals: Intervals;
  readonly limits: MetricsLimits;
  /** The share of spans that is read, above 0; counts are scaled up by it. */
  readonly sampledShare: number;
}
