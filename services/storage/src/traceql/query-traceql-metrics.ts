import { createBreath } from "@sightline/query/breath";
import type { MetricsRange } from "@sightline/query/traceql/metrics/intervals";
import type { MetricsLimits } from "@sightline/query/traceql/metrics/limits";
import { createMetrics, type Metrics, type MetricsResults } from "@sightline/query/traceql/metrics/metrics";
import type { MetricsLeafPlan, MetricsPlan } from "@sightline/query/traceql/plan";
import type { ReadContext, Reader } from "../query/reader.ts";
import type { TraceQlLimits } from "./limits.ts";
import { measureSpans, sampleSpans } from "./measure-spans.ts";
import { findTraces, readTraces } from "./read-traces.ts";

export interface TraceQlMetricsOptions {
  readonly range: MetricsRange;
  readonly context: ReadContext;
  readonly limits: TraceQlLimits & Partial<MetricsLimits>;
}

/** Traces that are read at once. */
const BATCH = 200;

/**
 * Computes the series of a query: each function by the database where it can, else of the traces that may have such spans. Also gives
 * the intervals that the values are of. Throws what createMetrics and measureSpans throw.
 */
export async function queryTraceQlMetrics(
  reader: Reader,
  plan: MetricsPlan,
  { range, context, limits }: TraceQlMetricsOptions,
): Promise<MetricsResults & Pick<Metrics, "intervals">> {
  const metrics = createMetrics(plan, { range, limits });
  let isLimited = false;
  for (const [at, leafPlan] of plan.leaves.entries()) {
    const isCut = await runLeaf(reader, leafPlan, { metrics, at, context, limits });
    isLimited ||= isCut;
  }
  const results = await resultsOf(metrics, context.signal);
  return { series: results.series, isLimited: results.isLimited || isLimited, intervals: metrics.intervals };
}

/** What the leaves come to, put together: a chain of operators of long series lets others run. */
async function resultsOf(metrics: Metrics, signal: AbortSignal): Promise<MetricsResults> {
  const breathe = createBreath(signal, { callsPerLook: 1 });
  const pieces = metrics.resultsInPieces();
  for (;;) {
    const { done, value } = pieces.next();
    if (done === true) return value;
    await breathe();
  }
}

interface Run {
  readonly metrics: Metrics;
  /** The number of the leaf. */
  readonly at: number;
  readonly context: ReadContext;
  readonly limits: TraceQlLimits & Partial<MetricsLimits>;
}

/** Whether there may be more spans than were looked at. */
async function runLeaf(reader: Reader, plan: MetricsLeafPlan, { metrics, at, context, limits }: Run): Promise<boolean> {
  const leaf = metrics.leaves[at];
  if (leaf === undefined) return false;
  const { intervals } = metrics;
  const { pushdown } = plan;
  if (pushdown !== null) {
    const pushed = { ...plan, pushdown };
    await measureSpans(reader, pushed, { leaf, intervals, maxGroups: limits.maxSpansAtOnce, context });
    const { maxExemplars = 0 } = limits;
    if (maxExemplars > 0) await sampleSpans(reader, pushed, { leaf, intervals, maxExemplars, context });
    return false;
  }
  const time = { startUnixNano: intervals.startUnixNano, endUnixNano: intervals.endUnixNano + 1n };
  const candidates = await findTraces(reader, plan, { time, limit: limits.maxCandidates, context });
  let isCut = candidates.length >= limits.maxCandidates;
  for (let from = 0; from < candidates.length; from += BATCH) {
    const traceIds = candidates.slice(from, from + BATCH);
    const read = await readTraces(reader, plan, { traceIds, maxSpans: limits.maxSpansAtOnce, context });
    for (const trace of read.traces) leaf.observeTrace(trace);
    isCut ||= read.isCut;
  }
  return isCut;
}
