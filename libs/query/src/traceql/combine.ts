import type { AppError } from "@sightline/errors/app-error";
import type {
  MetricsExpression,
  MetricsOperator,
  PipelineElement,
  ScalarExpression,
  SpansetExpression,
} from "./ast.ts";
import {
  ARITHMETIC,
  type ArithmeticOperator,
  COMPARISONS,
  type Comparison,
  LOGICAL,
  type SpansetOperator,
  STRUCTURAL,
} from "./operators.ts";
import { metricValue } from "./parse-metrics.ts";
import type { Problem } from "./problem.ts";

/** What an expression outside of braces may be. */
export type Part = PipelineElement | ScalarExpression | MetricsExpression;

const spansetOperators: readonly SpansetOperator[] = [...LOGICAL, ...STRUCTURAL];
const metricsOperators: readonly MetricsOperator[] = ["+", "-", "*", "/"];

export function isScalar(part: Part): part is ScalarExpression {
  return ["aggregate", "number", "arithmetic", "scalar-pipeline"].includes(part.type);
}

export function isMetrics(part: Part): part is MetricsExpression {
  return part.type === "metrics" || part.type === "metrics-math" || part.type === "metrics-number";
}

function isSpanset(part: Part): part is SpansetExpression {
  return part.type === "filter" || part.type === "operation" || part.type === "pipeline";
}

interface Combination {
  readonly operator: string;
  readonly left: Part;
  readonly right: Part;
  /** Of the operator. */
  readonly position: number;
}

/**
 * Two expressions with an operator between them: spansets make a spanset, numbers a number or (compared) a filter, metrics metrics.
 * Throws invalid_argument when the operator is not for such operands.
 */
export function combine(problem: Problem, combination: Combination): Part {
  const { left, right, position } = combination;
  if (isSpanset(left) && isSpanset(right)) {
    const operator = spansetOperators.find((candidate) => candidate === combination.operator);
    if (operator !== undefined) return { type: "operation", operator, left, right, position };
  }
  if (isScalar(left) && isScalar(right)) {
    const arithmetic = ARITHMETIC.find((candidate) => candidate === combination.operator);
    if (arithmetic !== undefined) return combineScalars(arithmetic, left, right, position);
    const comparison = COMPARISONS.find((candidate) => candidate === combination.operator);
    if (comparison !== undefined) return { type: "scalar-filter", operator: comparison, left, right, position };
  }
  if (isMetrics(left) || isMetrics(right)) {
    const metrics = combineMetrics(combination);
    if (metrics !== undefined) return metrics;
  }
  throw mismatch(problem, combination);
}

function combineScalars(
  operator: ArithmeticOperator,
  left: ScalarExpression,
  right: ScalarExpression,
  position: number,
): ScalarExpression {
  return { type: "arithmetic", operator, left, right, position };
}

function combineMetrics({ operator, left, right, position }: Combination): MetricsExpression | undefined {
  const comparison = COMPARISONS.find((candidate) => candidate === operator);
  if (comparison !== undefined) return compareMetrics(left, comparison, right, position);
  const math = metricsOperators.find((candidate) => candidate === operator);
  const [first, second] = [asMetrics(left), asMetrics(right)];
  if (math === undefined || first === undefined || second === undefined) return undefined;
  return { type: "metrics-math", operator: math, left: first, right: second, stages: [], position };
}

function compareMetrics(left: Part, operator: Comparison, right: Part, position: number) {
  if (left.type !== "metrics" && left.type !== "metrics-math") return undefined;
  if (right.type !== "number") return undefined;
  const stage = { type: "comparison", operator, value: metricValue(right.value), position } as const;
  return { ...left, stages: [...left.stages, stage] };
}

function asMetrics(part: Part): MetricsExpression | undefined {
  if (isMetrics(part)) return part;
  if (part.type !== "number") return undefined;
  return { type: "metrics-number", value: metricValue(part.value), position: part.position };
}

function mismatch(problem: Problem, { operator, left, right, position }: Combination): AppError {
  const between = `got ${operator} between ${describe(left)} and ${describe(right)}`;
  const wanted = isSpanset(left)
    ? `&&, || or a relation such as >> before other spans in { }`
    : isMetrics(left)
      ? "+, -, *, / before other metrics in ( ), or a comparison with a number"
      : "arithmetic or a comparison between numbers";
  return problem(position, `${between}, want ${wanted}`);
}

function describe(part: Part): string {
  if (isSpanset(part)) return "spans";
  if (isMetrics(part)) return "metrics";
  return isScalar(part) ? "a number" : "a filter";
}
