import { compute, negate } from "./arithmetic.ts";
import type { FieldExpression, FieldName } from "./ast.ts";
import { compareNumbers, compareValues, testAgainst, type ValueTest } from "./compare-values.ts";
import { networkTest } from "./condition.ts";
import { int64Of } from "./int64.ts";
import { ARITHMETIC, COMPARISONS, type Comparison, FLIPPED, MATCHES, type Match } from "./operators.ts";
import { type FieldReader, readerOf } from "./read-field.ts";
import { impliedType } from "./static-type.ts";
import { DURATION, isPlainText, storedFieldOf } from "./stored-field.ts";
import type { Layout, Trace } from "./trace.ts";
import { booleanOf, isList, type Value, valueOfStatic } from "./value.ts";

/** Tells something of the span with that number. */
export type SpanTest = (trace: Trace, span: number) => boolean;

type Of<Type extends FieldExpression["type"]> = Extract<FieldExpression, { type: Type }>;

/** What an expression gives for a span, made for columns that are laid out so. */
export function compileValue(expression: FieldExpression, layout: Layout): FieldReader {
  switch (expression.type) {
    case "static": {
      const value = valueOfStatic(expression.value);
      return () => value;
    }
    case "attribute":
    case "intrinsic":
      return readerOf(expression, layout);
    case "unary": {
      if (expression.operator === "!") return compileTest(expression, layout);
      const operand = compileValue(expression.operand, layout);
      return (trace, span) => negate(operand(trace, span));
    }
    case "binary": {
      const operator = ARITHMETIC.find((candidate) => candidate === expression.operator);
      if (operator === undefined) return compileTest(expression, layout);
      const left = compileValue(expression.left, layout);
      const right = compileValue(expression.right, layout);
      return (trace, span) => compute(operator, left(trace, span), right(trace, span));
    }
    default:
      return compileTest(expression, layout);
  }
}

/** Whether an expression holds for a span. What is neither true nor false does not, and its `!` does not either. */
export function compileTest(expression: FieldExpression, layout: Layout): SpanTest {
  switch (expression.type) {
    case "exists":
      return compileExists(expression, layout);
    case "cidr":
      return compileNetworks(expression, layout);
    case "unary":
      if (expression.operator === "!") return compileNot(expression.operand, layout);
      break;
    case "binary": {
      const { operator } = expression;
      if (operator === "&&" || operator === "||") return compileLogical(expression, layout);
      const comparison = [...COMPARISONS, ...MATCHES].find((candidate) => candidate === operator);
      if (comparison !== undefined) return compileComparison(comparison, expression, layout);
    }
  }
  const value = compileValue(expression, layout);
  return (trace, span) => booleanOf(value(trace, span)) === true;
}

function compileLogical({ operator, left, right }: Of<"binary">, layout: Layout): SpanTest {
  const one = compileTest(left, layout);
  const other = compileTest(right, layout);
  if (operator === "&&") return (trace, span) => one(trace, span) && other(trace, span);
  return (trace, span) => one(trace, span) || other(trace, span);
}

function compileNot(operand: FieldExpression, layout: Layout): SpanTest {
  if (impliedType(operand) !== "attribute") {
    const test = compileTest(operand, layout);
    return (trace, span) => !test(trace, span);
  }
  const value = compileValue(operand, layout);
  return (trace, span) => booleanOf(value(trace, span)) === false;
}

function compileExists({ operand, negated }: Of<"exists">, layout: Layout): SpanTest {
  const value = compileValue(operand, layout);
  return (trace, span) => (value(trace, span) === null) === negated;
}

function compileNetworks({ operand, prefixes }: Of<"cidr">, layout: Layout): SpanTest {
  return tested(compileValue(operand, layout), networkTest(prefixes));
}

function compileComparison(operator: Comparison | Match, { left, right }: Of<"binary">, layout: Layout): SpanTest {
  if (operator === "=~" || operator === "!~") {
    if (right.type !== "static") return () => false;
    return tested(compileValue(left, layout), testAgainst(operator, right.value, isPlain(left)));
  }
  const fast =
    compileDuration(operator, left, right, layout) ?? compileDuration(FLIPPED[operator], right, left, layout);
  if (fast !== undefined) return fast;
  if (right.type === "static")
    return tested(compileValue(left, layout), testAgainst(operator, idAs(left, right), isPlain(left)));
  if (left.type === "static") {
    return tested(compileValue(right, layout), testAgainst(FLIPPED[operator], idAs(right, left), isPlain(right)));
  }
  const one = compileValue(left, layout);
  const other = compileValue(right, layout);
  return (trace, span) => compareValues(operator, one(trace, span), other(trace, span));
}

function isPlain(expression: FieldExpression): boolean {
  if (expression.type === "intrinsic") return true;
  const field = expression.type === "attribute" ? storedFieldOf(expression) : null;
  return field !== null && isPlainText(field);
}

function tested(value: FieldReader, test: ValueTest): SpanTest {
  return (trace, span) => test(value(trace, span));
}

/** Fast path: a span's duration against a number, which makes nothing of the column's number. */
function compileDuration(operator: Comparison, field: FieldExpression, literal: FieldExpression, layout: Layout) {
  if (field.type !== "intrinsic" || field.intrinsic !== "duration" || literal.type !== "static") return undefined;
  const { value } = literal;
  if (value.type !== "int" && value.type !== "float" && value.type !== "duration") return undefined;
  const wanted = typeof value.value === "bigint" ? int64Of(value.value) : value.value;
  const column = layout.columnOf(DURATION);
  return (trace: Trace, span: number) => {
    const cell = trace.columns[column]?.[span];
    return typeof cell === "number" && compareNumbers(operator, cell, wanted);
  };
}

const ID_LENGTHS: ReadonlyMap<string, number> = new Map([
  ["trace:id", 32],
  ["link:traceID", 32],
]);

/** The value that a field is compared with: a trace's id may be written without the zeros that it begins with. */
export function idAs(field: FieldName | FieldExpression, literal: Of<"static">): Of<"static">["value"] {
  const length = field.type === "intrinsic" ? ID_LENGTHS.get(field.intrinsic) : undefined;
  const { value } = literal;
  if (length === undefined || value.type !== "string") return value;
  return { type: "string", value: value.value.padStart(length, "0") };
}

/** A value for a group or a label: that of a single event is itself. */
export function single(value: Value): Value {
  return isList(value) && value.length === 1 ? (value[0] ?? null) : value;
}
