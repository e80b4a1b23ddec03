import type {
  FieldExpression,
  MetricsExpression,
  PipelineElement,
  Query,
  ScalarExpression,
  SpansetExpression,
  SpansetFilter,
} from "./ast.ts";
import { compareNumbers } from "./compare-values.ts";
import { COMPARISONS, type Comparison } from "./operators.ts";

/**
 * The same query, written so that less has to be read for it: `nestedSetParent < 0`, by which Grafana asks for root spans, is
 * `parent = nil`, which a span says by itself.
 */
export function simplify(query: Query): Query {
  if (query.type === "search") return { ...query, elements: query.elements.map(simplifyElement) };
  return { ...query, metrics: simplifyMetrics(query.metrics) };
}

function simplifyMetrics(expression: MetricsExpression): MetricsExpression {
  switch (expression.type) {
    case "metrics-number":
      return expression;
    case "metrics-math":
      return { ...expression, left: simplifyMetrics(expression.left), right: simplifyMetrics(expression.right) };
    case "metrics": {
      const { metrics } = expression;
      const elements = expression.elements.map(simplifyElement);
      if (metrics.function !== "compare") return { ...expression, elements };
      return { ...expression, elements, metrics: { ...metrics, filter: simplifyFilter(metrics.filter) } };
    }
  }
}

function simplifyElement(element: PipelineElement): PipelineElement {
  switch (element.type) {
    case "filter":
    case "operation":
    case "pipeline":
      return simplifySpansets(element);
    case "scalar-filter":
      return { ...element, left: simplifyScalar(element.left), right: simplifyScalar(element.right) };
    case "by":
      return { ...element, expression: simplifyField(element.expression) };
    default:
      return element;
  }
}

function simplifySpansets(expression: SpansetExpression): SpansetExpression {
  switch (expression.type) {
    case "filter":
      return simplifyFilter(expression);
    case "operation":
      return { ...expression, left: simplifySpansets(expression.left), right: simplifySpansets(expression.right) };
    case "pipeline":
      return { ...expression, elements: expression.elements.map(simplifyElement) };
  }
}

function simplifyFilter(filter: SpansetFilter): SpansetFilter {
  return { ...filter, expression: simplifyField(filter.expression) };
}

function simplifyScalar(expression: ScalarExpression): ScalarExpression {
  switch (expression.type) {
    case "number":
    case "aggregate":
      return expression;
    case "arithmetic":
      return { ...expression, left: simplifyScalar(expression.left), right: simplifyScalar(expression.right) };
    case "scalar-pipeline":
      return {
        ...expression,
        elements: expression.elements.map(simplifyElement),
        scalar: simplifyScalar(expression.scalar),
      };
  }
}

function simplifyField(expression: FieldExpression): FieldExpression {
  switch (expression.type) {
    case "unary":
    case "exists":
    case "cidr":
      return { ...expression, operand: simplifyField(expression.operand) };
    case "binary":
      return (
        rootTest(expression) ?? {
          ...expression,
          left: simplifyField(expression.left),
          right: simplifyField(expression.right),
        }
      );
    default:
      return expression;
  }
}

/** A comparison that tells the root's nestedSetParent, -1, from all others, which are 0 and more. */
function rootTest({ operator, left, right, position }: Extract<FieldExpression, { type: "binary" }>) {
  const comparison = COMPARISONS.find((candidate) => candidate === operator);
  if (comparison === undefined) return undefined;
  const isLeft = left.type === "intrinsic" && left.intrinsic === "nestedSetParent";
  const isRight = right.type === "intrinsic" && right.intrinsic === "nestedSetParent";
  const literal = isLeft ? numberOf(right) : isRight ? numberOf(left) : undefined;
  if (literal === undefined) return undefined;
  const holds = (value: number) => holdsFor(comparison, isLeft ? [value, literal] : [literal, value]);
  const isEquality = comparison === "=" || comparison === "!=";
  const isUniform = isEquality ? literal < 0 : holds(0) === holds(2 ** 31);
  if (!isUniform || holds(-1) === holds(0)) return undefined;
  const operand = { type: "intrinsic", intrinsic: "parent", position } as const;
  return { type: "exists", negated: holds(-1), operand, position } as const;
}

function holdsFor(comparison: Comparison, [left, right]: readonly [number, number]): boolean {
  return compareNumbers(comparison, left, right);
}

function numberOf(expression: FieldExpression): number | undefined {
  if (expression.type === "unary" && expression.operator === "-") {
    const value = numberOf(expression.operand);
    return value === undefined ? undefined : -value;
  }
  if (expression.type !== "static") return undefined;
  const { value } = expression;
  return value.type === "int" || value.type === "float" ? Number(value.value) : undefined;
}
