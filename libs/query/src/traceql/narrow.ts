import type {
  FieldExpression,
  FieldName,
  PipelineElement,
  ScalarExpression,
  SpansetExpression,
  Static,
} from "./ast.ts";
import { idAs } from "./compile.ts";
import { ALWAYS, allOf, anyOf, NEVER, notOf, type SpanCondition, type TraceCondition } from "./condition.ts";
import { COMPARISONS, FLIPPED, MATCHES } from "./operators.ts";
import { type StoredField, storedFieldOf } from "./stored-field.ts";
import { traceFacts } from "./trace-facts.ts";

/** What a database may ask instead of an expression: every span that the expression takes is among those that it gives. */
export interface Narrowed {
  readonly condition: SpanCondition;
  /** Whether it gives no others. */
  readonly exact: boolean;
}

type Of<Type extends FieldExpression["type"]> = Extract<FieldExpression, { type: Type }>;

const UNKNOWN: Narrowed = { condition: ALWAYS, exact: false };

/** The condition on single spans that is nearest to an expression. */
export function narrow(expression: FieldExpression): Narrowed {
  switch (expression.type) {
    case "static":
      return exactly(expression.value.value === true ? ALWAYS : NEVER);
    case "attribute":
    case "intrinsic":
      return compared(expression, "=", { type: "boolean", value: true });
    case "exists":
      return narrowExists(expression);
    case "cidr": {
      const field = columnOf(expression.operand);
      return field === null ? UNKNOWN : exactly({ type: "cidr", field, prefixes: expression.prefixes });
    }
    case "unary":
      return expression.operator === "!" ? narrowNot(expression.operand) : UNKNOWN;
    case "binary":
      return narrowBinary(expression);
  }
}

function exactly(condition: SpanCondition): Narrowed {
  return { condition, exact: true };
}

function columnOf(expression: FieldExpression): StoredField | null {
  return expression.type === "attribute" || expression.type === "intrinsic" ? storedFieldOf(expression) : null;
}

function compared(
  field: FieldName,
  operator: Extract<SpanCondition, { type: "compare" }>["operator"],
  value: Static,
): Narrowed {
  const stored = storedFieldOf(field);
  return stored === null ? UNKNOWN : exactly({ type: "compare", field: stored, operator, value });
}

function narrowExists({ operand, negated }: Of<"exists">): Narrowed {
  if (operand.type === "intrinsic" && operand.intrinsic === "parent") {
    return exactly(negated ? { type: "root" } : notOf({ type: "root" }));
  }
  const field = columnOf(operand);
  if (field === null) return UNKNOWN;
  return exactly(negated ? notOf({ type: "exists", field }) : { type: "exists", field });
}

/** An attribute by itself may be neither true nor false. */
function narrowNot(operand: FieldExpression): Narrowed {
  if (operand.type === "attribute") return compared(operand, "=", { type: "boolean", value: false });
  if (operand.type === "unary" && operand.operator === "!" && operand.operand.type === "attribute") {
    return narrow(operand.operand);
  }
  const { condition, exact } = narrow(operand);
  return exact ? exactly(notOf(condition)) : UNKNOWN;
}

function narrowBinary({ operator, left, right }: Of<"binary">): Narrowed {
  if (operator === "&&" || operator === "||") {
    const [one, other] = [narrow(left), narrow(right)];
    const join = operator === "&&" ? allOf : anyOf;
    return { condition: join([one.condition, other.condition]), exact: one.exact && other.exact };
  }
  const match = MATCHES.find((candidate) => candidate === operator);
  const comparison = COMPARISONS.find((candidate) => candidate === operator);
  if (isField(left) && right.type === "static") {
    const telling = match ?? comparison;
    return telling === undefined ? UNKNOWN : compared(left, telling, idAs(left, right));
  }
  if (comparison === undefined || !isField(right) || left.type !== "static") return UNKNOWN;
  return compared(right, FLIPPED[comparison], idAs(right, left));
}

function isField(expression: FieldExpression): expression is Of<"attribute"> | Of<"intrinsic"> {
  return expression.type === "attribute" || expression.type === "intrinsic";
}

/** The traces that a pipeline may find something in. */
export function narrowTraces(elements: readonly PipelineElement[]): TraceCondition {
  const conditions = elements.flatMap((element) => narrowElement(element));
  const [only = { type: "some", spans: ALWAYS } as const] = conditions;
  return conditions.length > 1 ? { type: "all", of: conditions } : only;
}

function narrowElement(element: PipelineElement): readonly TraceCondition[] {
  switch (element.type) {
    case "filter":
    case "operation":
    case "pipeline":
      return [narrowSpansets(element)];
    case "scalar-filter":
      return [...narrowScalar(element.left), ...narrowScalar(element.right)];
    default:
      return [];
  }
}

function narrowScalar(expression: ScalarExpression): readonly TraceCondition[] {
  switch (expression.type) {
    case "arithmetic":
      return [...narrowScalar(expression.left), ...narrowScalar(expression.right)];
    case "scalar-pipeline":
      return [narrowTraces(expression.elements), ...narrowScalar(expression.scalar)];
    default:
      return [];
  }
}

function narrowSpansets(expression: SpansetExpression): TraceCondition {
  switch (expression.type) {
    case "filter": {
      const found: TraceCondition = { type: "some", spans: narrow(expression.expression).condition };
      const facts = traceFacts(expression.expression);
      return facts.length === 0 ? found : { type: "all", of: [found, ...facts] };
    }
    case "pipeline":
      return narrowTraces(expression.elements);
    case "operation": {
      const [left, right] = [narrowSpansets(expression.left), narrowSpansets(expression.right)];
      // What is not related to anything is found without any.
      if (expression.operator.startsWith("!")) return right;
      return { type: expression.operator === "||" ? "any" : "all", of: [left, right] };
    }
  }
}
