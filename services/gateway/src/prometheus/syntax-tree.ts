import { formatNumber } from "@sightline/gotext/format-float";
import type { AtModifier, Duration, Expression, LabelMatcher, VectorMatching } from "@sightline/query/promql/ast";
import { typeOf } from "@sightline/query/promql/check";
import { durationMs } from "@sightline/query/promql/durations";
import { functionSignature } from "@sightline/query/promql/engine";

/** An expression as Prometheus' `/parse_query` tells it, for trees that people look at. */
export function syntaxTree(expression: Expression): object {
  switch (expression.kind) {
    case "number":
      return { type: "numberLiteral", val: formatNumber(expression.value) };
    case "string":
      return { type: "stringLiteral", val: expression.value };
    case "parentheses":
      return { type: "parenExpr", expr: syntaxTree(expression.expression) };
    case "unary":
      return { type: "unaryExpr", op: expression.operator, expr: syntaxTree(expression.operand) };
    case "vector-selector":
      return { type: "vectorSelector", ...selectorOf(expression) };
    case "matrix-selector":
      return { type: "matrixSelector", ...selectorOf(expression.vector), range: durationOf(expression.window) };
    case "subquery":
      return {
        type: "subquery",
        expr: syntaxTree(expression.expression),
        range: durationOf(expression.window),
        step: durationOf(expression.step),
        ...timesOf(expression),
      };
    case "call":
      return {
        type: "call",
        func: functionOf(expression.name),
        args: expression.arguments.map(syntaxTree),
      };
    case "aggregation":
      return {
        type: "aggregation",
        op: expression.operator,
        expr: syntaxTree(expression.expression),
        param: expression.parameter === null ? null : syntaxTree(expression.parameter),
        grouping: expression.grouping,
        without: expression.without,
      };
    case "binary":
      return {
        type: "binaryExpr",
        op: expression.operator,
        lhs: syntaxTree(expression.left),
        rhs: syntaxTree(expression.right),
        matching: matchingOf(expression),
        bool: expression.returnBool,
      };
  }
}

function selectorOf(selector: Extract<Expression, { kind: "vector-selector" }>): object {
  return {
    name: selector.name,
    matchers: selector.matchers.map(matcherOf),
    ...timesOf(selector),
    anchored: selector.extended === "anchored",
    smoothed: selector.extended === "smoothed",
  };
}

function matcherOf({ name, operator, value }: LabelMatcher): object {
  return { name, value, type: operator };
}

function timesOf({ at, offset }: { readonly at: AtModifier | null; readonly offset: Duration | null }): object {
  return {
    offset: durationOf(offset),
    timestamp: at?.kind === "time" ? at.ms : null,
    startOrEnd: at === null || at.kind === "time" ? null : at.kind,
  };
}

/** Milliseconds; 0 where there is none. One that depends on the query's step or range is as that of an instant query. */
function durationOf(duration: Duration | null): number {
  return duration === null ? 0 : durationMs(duration, { stepMs: 0, rangeMs: 0 });
}

/** A function as Prometheus describes it. */
function functionOf(name: string): object {
  const { argumentTypes = [], variadic = 0, returnType = "vector" } = functionSignature(name) ?? {};
  return { name, argTypes: argumentTypes, variadic, returnType };
}

/** How series of both sides are put together; nothing where a side is a number. */
function matchingOf({ left, right, matching }: Extract<Expression, { kind: "binary" }>): object | null {
  if (typeOf(left) === "scalar" || typeOf(right) === "scalar") return null;
  return { card: matching.cardinality, ...labelsOf(matching) };
}

function labelsOf({ labels, on, include, fillLeft, fillRight }: VectorMatching): object {
  return { labels, on, include, fillValues: { lhs: fillLeft, rhs: fillRight } };
}
