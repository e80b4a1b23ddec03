import { invalid } from "@sightline/errors/app-error";
import type { Expression, Grouping, LogExpression, MetricExpression, RangeAggregation } from "../ast.ts";
import { isStoredLabel, pushDown } from "./condition.ts";
import type { Grid, LineRead, LineSelection, LogPlan, PaneRead, RangeRead } from "./log-plan.ts";

/** When and how much is asked for. */
export interface QueryParameters {
  /** The first point of time, and the last one; of a query of lines the first one that is too late. */
  readonly startNs: bigint;
  readonly endNs: bigint;
  /** Time between two points; 0 for an instant query, for which start and end are the same. */
  readonly stepNs: number;
  readonly direction: "forward" | "backward";
  /** How many lines at most. */
  readonly limit: number;
  /** The least time between two lines that are answered. Default: 0. */
  readonly intervalNs?: number;
  /** When the query began, for `now` in templates. */
  readonly nowNs: bigint;
  /** How many points a series may have. */
  readonly maxSteps: number;
}

/** The most panes that are asked for of the database at once. */
const maxPanes = 50_000;

/**
 * Plans a checked query. Throws invalid_argument in Loki's words when it asks for too many points, or for lines at an instant.
 */
export function planLogql(expression: Expression, parameters: QueryParameters): LogPlan {
  if (expression.type === "log") return planLines(expression, parameters);
  const grid = planGrid(parameters);
  const reads: RangeRead[] = [];
  collectReads(expression, null, (aggregation, grouping) => reads.push(planRange({ aggregation, grouping, grid })));
  return {
    type: "metric",
    expression,
    grid,
    isInstant: parameters.stepNs === 0,
    reads,
    nowNs: parameters.nowNs,
  };
}

function planLines(expression: LogExpression, parameters: QueryParameters): LogPlan {
  const { startNs, endNs, stepNs, direction, limit, intervalNs = 0, nowNs } = parameters;
  if (stepNs === 0 && startNs === endNs) {
    throw invalid(
      "log queries are not supported as an instant query type, please change your query to a range query type",
    );
  }
  const selection = select(expression, startNs, endNs);
  const isCounted = selection.isExact && intervalNs === 0;
  const read: LineRead = {
    type: "lines",
    selection,
    order: direction,
    limit: isCounted ? limit : null,
    wanted: limit,
    needsText: true,
  };
  return { type: "lines", expression, read, direction, limit, intervalNs, nowNs };
}

function select({ matchers, stages }: LogExpression, fromNs: bigint, toNs: bigint): LineSelection {
  return { matchers, fromNs, toNs, ...pushDown(stages) };
}

function planGrid({ startNs, endNs, stepNs, maxSteps }: QueryParameters): Grid {
  if (stepNs === 0) return { startNs: endNs, stepNs: 0, steps: 1 };
  if (endNs < startNs) throw invalid("end timestamp must not be before or equal to start time");
  const steps = Number((endNs - startNs) / BigInt(stepNs)) + 1;
  checkSteps(steps, maxSteps);
  return { startNs, stepNs, steps };
}

/** Throws invalid_argument where a series would have more points than it may. */
export function checkSteps(steps: number, maxSteps: number): void {
  if (steps <= maxSteps) return;
  throw invalid(
    `exceeded maximum resolution of ${maxSteps.toLocaleString("en-US")} points per time series. Try increasing the value of the step parameter`,
  );
}

/** The functions whose samples may be added up before they are aggregated, since a sum is all that is asked for. */
const summable: ReadonlySet<string> = new Set([
  ...["bytes_over_time", "bytes_rate", "sum_over_time", "rate", "count_over_time"],
]);

type Visit = (aggregation: RangeAggregation, grouping: Grouping | null) => void;

/** Visits the range functions, each with the grouping that a sum around it has. */
function collectReads(expression: MetricExpression, outer: Grouping | null, visit: Visit): void {
  switch (expression.type) {
    case "range_aggregation": {
      const isSummable = outer !== null && summable.has(expression.operation);
      visit(expression, expression.grouping ?? (isSummable ? outer : null));
      break;
    }
    case "vector_aggregation": {
      const grouping = expression.grouping ?? { without: false, labels: [] };
      collectReads(expression.inner, expression.operation === "sum" ? grouping : null, visit);
      break;
    }
    case "binary":
      collectReads(expression.left, null, visit);
      collectReads(expression.right, null, visit);
      break;
    case "label_replace":
      collectReads(expression.inner, null, visit);
      break;
    default:
  }
}

interface RangeToPlan {
  readonly aggregation: RangeAggregation;
  readonly grouping: Grouping | null;
  readonly grid: Grid;
}

function planRange({ aggregation, grouping, grid }: RangeToPlan): RangeRead {
  const { range, operation } = aggregation;
  const offset = BigInt(range.offsetNs);
  const last = grid.startNs + BigInt(grid.steps - 1) * BigInt(grid.stepNs);
  const fromNs = grid.startNs - BigInt(range.intervalNs) - offset + 1n;
  const selection = select(range.log, fromNs, last - offset + 1n);
  const panes = planPanes({ aggregation, grouping, grid }, selection);
  if (panes !== undefined) return { aggregation, grouping, read: panes };
  const countsBytes = operation === "bytes_over_time" || operation === "bytes_rate";
  const needsText = countsBytes || range.log.stages.some(({ type }) => type !== "label_filter");
  const read: LineRead = {
    type: "lines",
    selection,
    order: "any",
    limit: null,
    wanted: Number.POSITIVE_INFINITY,
    needsText,
  };
  return { aggregation, grouping, read };
}

const countable: ReadonlyMap<string, "lines" | "bytes"> = new Map([
  ["count_over_time", "lines"],
  ["rate", "lines"],
  ["absent_over_time", "lines"],
  ["bytes_over_time", "bytes"],
  ["bytes_rate", "bytes"],
]);

/** Counting by the database: where it decides which lines count, and nothing is taken from them. */
function planPanes({ aggregation, grouping, grid }: RangeToPlan, selection: LineSelection): PaneRead | undefined {
  const { operation, range } = aggregation;
  const measure = countable.get(operation);
  const isPlain = range.log.stages.every(({ type }) => type === "line_filter" || type === "label_filter");
  if (measure === undefined || range.unwrap !== null || !isPlain || !selection.isExact) return undefined;
  const paneNs = grid.steps === 1 ? range.intervalNs : commonDivisor(range.intervalNs, grid.stepNs);
  const span = range.intervalNs + (grid.steps - 1) * grid.stepNs;
  if (span / paneNs > maxPanes) return undefined;
  const isNamed = grouping !== null && !grouping.without && grouping.labels.every(isStoredLabel);
  const labels = isNamed ? grouping.labels : null;
  const originNs = grid.startNs - BigInt(range.offsetNs) - BigInt(range.intervalNs);
  return {
    type: "panes",
    selection,
    measure,
    labels: operation === "absent_over_time" ? [] : labels,
    originNs,
    paneNs,
  };
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}
