import type {
  FieldExpression,
  FieldReference,
  MetricsExpression,
  MetricsFunction,
  PipelineElement,
  Query,
  ScalarExpression,
  SecondStage,
} from "./ast.ts";
import { checkFieldExpression, describeType } from "./check-field.ts";
import { TRACEQL_LIMITS } from "./limits.ts";
import { type Problem, problemsOf } from "./problem.ts";
import { impliedType, isNumeric, referencesSpan } from "./static-type.ts";

/**
 * Checks that a query makes sense before anything is read: types, patterns, bounds. What Tempo refuses is refused, but for
 * what it only has not built yet (attributes of the parent, aggregates on both sides of a comparison). Throws invalid_argument
 * that names line and column.
 */
export function check(query: Query, source: string): void {
  const problem = problemsOf(source);
  if (query.type === "search") checkElements(problem, query.elements);
  else checkMetrics(problem, query.metrics);
}

function checkElements(problem: Problem, elements: readonly PipelineElement[]): void {
  for (const element of elements) checkElement(problem, element);
}

function checkElement(problem: Problem, element: PipelineElement): void {
  switch (element.type) {
    case "filter":
      checkFilter(problem, element.expression, element.position);
      return;
    case "operation":
      checkElement(problem, element.left);
      checkElement(problem, element.right);
      return;
    case "pipeline":
      checkElements(problem, element.elements);
      return;
    case "scalar-filter":
      checkScalar(problem, element.left);
      checkScalar(problem, element.right);
      if (aggregates(element.left) || aggregates(element.right)) return;
      throw problem(element.position, "got a comparison of two numbers, want an aggregate such as count() in it");
    case "by":
      checkFieldExpression(problem, element.expression);
      if (referencesSpan(element.expression)) return;
      throw problem(element.position, "got by() of the same value for every span, want an attribute in it");
    case "select":
      for (const field of element.fields) checkField(problem, field);
      return;
    case "coalesce":
  }
}

function checkFilter(problem: Problem, expression: FieldExpression, position: number): void {
  checkFieldExpression(problem, expression);
  const type = impliedType(expression);
  if (type === "attribute" || type === "boolean") return;
  throw problem(position, `got spans filtered by ${describeType(type)}, want true or false, such as a comparison`);
}

function checkScalar(problem: Problem, expression: ScalarExpression): void {
  switch (expression.type) {
    case "number":
      return;
    case "arithmetic":
      checkScalar(problem, expression.left);
      checkScalar(problem, expression.right);
      return;
    case "scalar-pipeline":
      checkElements(problem, expression.elements);
      checkScalar(problem, expression.scalar);
      return;
    case "aggregate":
      if (expression.expression !== undefined) checkAggregated(problem, expression.expression);
  }
}

function checkAggregated(problem: Problem, expression: FieldExpression): void {
  checkFieldExpression(problem, expression);
  const type = impliedType(expression);
  if (type !== "attribute" && !isNumeric(type)) {
    throw problem(expression.position, `got an aggregate of ${describeType(type)}, want a number or a duration`);
  }
  if (referencesSpan(expression)) return;
  throw problem(expression.position, "got an aggregate of the same value for every span, want an attribute in it");
}

function aggregates(expression: ScalarExpression): boolean {
  switch (expression.type) {
    case "number":
      return false;
    case "arithmetic":
      return aggregates(expression.left) || aggregates(expression.right);
    case "aggregate":
      return true;
    case "scalar-pipeline":
      return aggregates(expression.scalar);
  }
}

/** A field that is shown, grouped by or aggregated. */
function checkField(problem: Problem, field: FieldReference): void {
  if (field.type === "intrinsic") checkFieldExpression(problem, field);
}

function checkMetrics(problem: Problem, expression: MetricsExpression): void {
  switch (expression.type) {
    case "metrics-number":
      return;
    case "metrics-math":
      if (expression.left.type === "metrics-number" && expression.right.type === "metrics-number") {
        throw problem(expression.position, "got arithmetic of two numbers, want metrics in it");
      }
      checkMetrics(problem, expression.left);
      checkMetrics(problem, expression.right);
      break;
    case "metrics":
      checkElements(problem, expression.elements);
      checkFunction(problem, expression.metrics);
      if (expression.metrics.function === "compare" && expression.stages[0] !== undefined) {
        throw problem(expression.stages[0].position, "got a second stage after compare(), want none");
      }
  }
  for (const stage of expression.stages) checkStage(problem, stage);
}

function checkFunction(problem: Problem, metrics: MetricsFunction): void {
  const { position } = metrics;
  if (metrics.function === "compare") {
    checkCompare(problem, metrics);
    return;
  }
  if ("field" in metrics) checkMetricField(problem, metrics.field);
  for (const field of metrics.by) checkField(problem, field);
  const isBucketed = metrics.function === "quantile_over_time" || metrics.function === "histogram_over_time";
  const most = TRACEQL_LIMITS.groupBys - (isBucketed ? 1 : 0);
  if (metrics.by.length > most)
    throw problem(position, `got by() of ${metrics.by.length} fields, want at most ${most}`);
  if (metrics.function !== "quantile_over_time") return;
  const wrong = metrics.quantiles.find((quantile) => !(quantile >= 0 && quantile <= 1));
  if (wrong !== undefined) throw problem(position, `got the quantile ${wrong}, want one between 0 and 1`);
}

function checkMetricField(problem: Problem, field: FieldReference): void {
  checkField(problem, field);
  const type = impliedType(field);
  if (type === "attribute" || isNumeric(type)) return;
  throw problem(field.position, `got ${describeType(type)}, want a number or a duration`);
}

function checkCompare(problem: Problem, metrics: Extract<MetricsFunction, { function: "compare" }>): void {
  const { filter, top, startUnixNano, endUnixNano, position } = metrics;
  checkFilter(problem, filter.expression, filter.position);
  if (top <= 0) throw problem(position, `got compare() of ${top} values, want at least 1`);
  if (startUnixNano === 0n && endUnixNano === 0n) return;
  if (startUnixNano > 0n && endUnixNano > startUnixNano) return;
  throw problem(position, `got the selection from ${startUnixNano} to ${endUnixNano}, want its end after its start`);
}

function checkStage(problem: Problem, stage: SecondStage): void {
  if (stage.type === "comparison" || stage.limit > 0) return;
  throw problem(stage.position, `got ${stage.type}(${stage.limit}), want at least 1`);
}
