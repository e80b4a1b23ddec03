import type { FieldExpression, FieldName, Static } from "./ast.ts";
import { testAgainst } from "./compare-values.ts";
import { allOf, type SpanCondition, type TraceCondition } from "./condition.ts";
import { COMPARISONS, type Comparison, FLIPPED, MATCHES, type Match } from "./operators.ts";
import { SERVICE_NAME, SPAN_NAME, type StoredField } from "./stored-field.ts";

/**
 * What a trace must have beside the span that an expression takes: the root with that name, the parent with that attribute. Empty
 * when nothing is known.
 */
export function traceFacts(expression: FieldExpression): readonly TraceCondition[] {
  if (expression.type !== "binary") return [];
  const { operator, left, right } = expression;
  if (operator === "&&") return [...traceFacts(left), ...traceFacts(right)];
  if (operator === "||") {
    const sides = [traceFacts(left), traceFacts(right)];
    if (sides.some((facts) => facts.length === 0)) return [];
    return [{ type: "any", of: sides.map((facts) => ({ type: "all", of: facts })) }];
  }
  const comparison = COMPARISONS.find((candidate) => candidate === operator);
  const telling = comparison ?? MATCHES.find((candidate) => candidate === operator);
  if (telling !== undefined && isField(left) && right.type === "static") return factOf(left, telling, right.value);
  if (comparison === undefined || !isField(right) || left.type !== "static") return [];
  return factOf(right, FLIPPED[comparison], left.value);
}

function isField(expression: FieldExpression): expression is Extract<FieldExpression, FieldName> {
  return expression.type === "attribute" || expression.type === "intrinsic";
}

function factOf(field: FieldName, operator: Comparison | Match, value: Static): readonly TraceCondition[] {
  if (field.type === "attribute") {
    if (!field.ofParent) return [];
    const { scope, name } = field;
    return [some({ type: "compare", field: { type: "attribute", scope, name }, operator, value })];
  }
  const column = rootColumns[field.intrinsic];
  // A trace whose root is not there has "" for it.
  if (column === undefined || testAgainst(operator, value)("")) return [];
  return [some(allOf([{ type: "root" }, { type: "compare", field: column, operator, value }]))];
}

const rootColumns: Readonly<Partial<Record<string, StoredField>>> = {
  rootName: SPAN_NAME,
  rootServiceName: SERVICE_NAME,
};

function some(spans: SpanCondition): TraceCondition {
  return { type: "some", spans };
}
