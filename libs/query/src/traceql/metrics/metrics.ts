import type { MetricsExpression } from "../ast.ts";
import type { MetricsPlan } from "../plan.ts";
import { type Intervals, intervalsOf, type MetricsRange } from "./intervals.ts";
import { createLeaf } from "./leaf.ts";
import { DEFAULT_METRICS_LIMITS, type MetricsLimits } from "./limits.ts";
import { applyMath, type Operand } from "./math.ts";
import type { MetricsLeaf } from "./metrics-leaf.ts";
import { applyStages, hasPoint } from "./second-stage.ts";
import type { TimeSeries } from "./time-series.ts";

export interface MetricsOptions {
  readonly range: MetricsRange;
  readonly limits?: Partial<MetricsLimits>;
  /** The share of spans that is read, above 0; default: all. */
  readonly sampledShare?: number;
}

/** A metrics query at work. */
export interface Metrics {
  readonly intervals: Intervals;
  /** One for each of the plan's leaves, in their order: what is read for a leaf goes into it. */
  readonly leaves: readonly MetricsLeaf[];
  /** The series that the query gives, once all is read. */
  results(): MetricsResults;
  /** The same in pieces, one for each operator: others may run between them. */
  resultsInPieces(): Generator<undefined, MetricsResults>;
}

export interface MetricsResults {
  readonly series: readonly TimeSeries[];
  /** Whether series were left out since there were too many. */
  readonly isLimited: boolean;
}

/**
 * Makes a metrics query of its plan. Spans count in the interval in which they began. Throws invalid_argument for a range that
 * makes no sense and for too many points; what takes the spans throws resource_exhausted when it would hold too many numbers.
 */
export function createMetrics(plan: MetricsPlan, options: MetricsOptions): Metrics {
  const limits = { ...DEFAULT_METRICS_LIMITS, ...options.limits };
  const intervals = intervalsOf(options.range, limits.maxIntervals);
  const leaves = plan.leaves.map((leaf) =>
    createLeaf(leaf, { intervals, limits, sampledShare: options.sampledShare ?? 1 }),
  );
  function* resultsInPieces(): Generator<undefined, MetricsResults> {
    const results: ReturnType<MetricsLeaf["results"]>[] = [];
    for (const leaf of leaves) {
      results.push(leaf.results());
      yield;
    }
    const series = yield* evaluate(plan.metrics, results.map((result) => result.series)[Symbol.iterator]());
    return {
      series: typeof series === "number" ? [] : series.filter(({ values }) => values.length === 0 || hasPoint(values)),
      isLimited: results.some(({ isLimited }) => isLimited),
    };
  }
  return {
    intervals,
    leaves,
    resultsInPieces,
    results() {
      const pieces = resultsInPieces();
      for (;;) {
        const { done, value } = pieces.next();
        if (done === true) return value;
      }
    },
  };
}

/** The leaves come in the order in which the tree is walked. */
function* evaluate(
  expression: MetricsExpression,
  leaves: Iterator<readonly TimeSeries[]>,
): Generator<undefined, Operand> {
  switch (expression.type) {
    case "metrics-number":
      return expression.value;
    case "metrics": {
      const next = leaves.next();
      return applyStages(next.done === true ? [] : next.value, expression.stages);
    }
    case "metrics-math": {
      const left = yield* evaluate(expression.left, leaves);
      const combined = applyMath(expression.operator, left, yield* evaluate(expression.right, leaves));
      yield;
      return typeof combined === "number" ? combined : applyStages(combined, expression.stages);
    }
  }
}
