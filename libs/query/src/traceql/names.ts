import type { FieldExpression, FieldName, MetricsFunction, PipelineElement, ScalarExpression } from "./ast.ts";

/** The fields that a metrics function looks at. */
export function namesOfFunction(metrics: MetricsFunction): readonly FieldName[] {
  if (metrics.function === "compare") return namesInField(metrics.filter.expression);
  return "field" in metrics ? [metrics.field, ...metrics.by] : metrics.by;
}

/** The fields that a pipeline looks at, with what it selects. */
export function namesIn(elements: readonly PipelineElement[]): readonly FieldName[] {
  return elements.flatMap(namesInElement);
}

function namesInElement(element: PipelineElement): readonly FieldName[] {
  switch (element.type) {
    case "filter":
    case "by":
      return namesInField(element.expression);
    case "operation":
      return namesIn([element.left, element.right]);
    case "pipeline":
      return namesIn(element.elements);
    case "scalar-filter":
      return [...namesInScalar(element.left), ...namesInScalar(element.right)];
    case "select":
      return element.fields;
    case "coalesce":
      return [];
  }
}

function namesInScalar(expression: ScalarExpression): readonly FieldName[] {
  switch (expression.type) {
    case "number":
      return [];
    case "aggregate":
      return expression.expression === undefined ? [] : namesInField(expression.expression);
    case "arithmetic":
      return [...namesInScalar(expression.left), ...namesInScalar(expression.right)];
    case "scalar-pipeline":
      return [...namesIn(expression.elements), ...namesInScalar(expression.scalar)];
  }
}

function namesInField(expression: FieldExpression): readonly FieldName[] {
  switch (expression.type) {
    case "static":
      return [];
    case "attribute":
    case "intrinsic":
      return [expression];
    case "binary":
      return [...namesInField(expression.left), ...namesInField(expression.right)];
    default:
      return namesInField(expression.operand);
  }
}
