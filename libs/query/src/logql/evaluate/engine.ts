import { createBreath } from "../../breath.ts";
import type { LogPlan } from "../plan/log-plan.ts";
import { createBudget, type LogqlLimits, type LogqlStatistics } from "./limits.ts";
import { evaluateLines } from "./lines.ts";
import { evaluateMetric } from "./metric.ts";
import { checkSeries } from "./range.ts";
import type { LogqlResult, Point } from "./result.ts";
import { compareLabels, type Series } from "./series.ts";
import type { LogSource } from "./source.ts";
import type { Value } from "./value.ts";

/** Where the data comes from, and what may be used. */
export interface EvaluateOptions {
  readonly source: LogSource;
  readonly limits: LogqlLimits;
  readonly signal: AbortSignal;
  /** Whether the labels of lines are kept apart by where they come from. Default: they are the stream's. */
  readonly categorizeLabels?: boolean;
}

/**
 * Carries a plan out. Throws invalid_argument for lines that a stage could not work on (metric queries only),
 * failed_precondition for series that cannot be matched, resource_exhausted beyond a limit, and what the source throws.
 */
export async function evaluateLogql(plan: LogPlan, options: EvaluateOptions): Promise<LogqlResult> {
  const { categorizeLabels = false, ...rest } = options;
  const statistics: LogqlStatistics = { lines: 0, characters: 0 };
  if (plan.type === "lines") {
    const streams = await evaluateLines(plan, { ...rest, statistics, categorizeLabels });
    return { type: "streams", streams, statistics };
  }
  const budget = createBudget(options.limits);
  const { grid, nowNs, reads } = plan;
  const breathe = createBreath(options.signal, { callsPerLook: 1 });
  const value = await evaluateMetric(plan.expression, { ...rest, budget, grid, nowNs, reads, statistics, breathe });
  if (value.type === "series") checkSeries(value.series, budget);
  return { ...present(plan, value), statistics };
}

type Presented =
  | Omit<LogqlResult & { type: "matrix" }, "statistics">
  | Omit<LogqlResult & { type: "vector" }, "statistics">
  | Omit<LogqlResult & { type: "scalar" }, "statistics">;

function present(plan: LogPlan & { type: "metric" }, value: Value): Presented {
  const { grid, isInstant } = plan;
  const timeOf = (step: number) => Number((grid.startNs + BigInt(step) * BigInt(grid.stepNs)) / 1_000_000n);
  if (value.type === "scalar") {
    if (isInstant) return { type: "scalar", timestampMs: timeOf(0), value: value.value };
    const points = Array.from({ length: grid.steps }, (_, step) => ({ timestampMs: timeOf(step), value: value.value }));
    return { type: "matrix", series: [{ labels: new Map(), points }] };
  }
  const series =
    value.isOrdered && isInstant ? value.series : [...value.series].sort((a, b) => compareLabels(a.labels, b.labels));
  const there = series
    .map((one) => ({ labels: one.labels, points: pointsOf(one, timeOf) }))
    .filter(({ points }) => points.length > 0);
  if (!isInstant) return { type: "matrix", series: there };
  const samples = there.flatMap(({ labels, points }) => points.map((point) => ({ labels, ...point })));
  return { type: "vector", samples };
}

function pointsOf({ values, present: there }: Series, timeOf: (step: number) => number): Point[] {
  const points: Point[] = [];
  for (let step = 0; step < there.length; step++) {
    if (there[step] === 1) points.push({ timestampMs: timeOf(step), value: values[step] ?? 0 });
  }
  return points;
}
