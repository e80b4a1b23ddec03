/** Where a part of the query stands in its text: UTF-16 units, the end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type ValueType = "scalar" | "vector" | "matrix" | "string";

export const MATCH_OPERATORS = ["=", "!=", "=~", "!~"] as const;
export type MatchOperator = (typeof MATCH_OPERATORS)[number];

/** A condition on a label; a label that a series has not got is empty. */
export interface LabelMatcher {
  readonly name: string;
  readonly operator: MatchOperator;
  readonly value: string;
}

/** A duration as it was written: a number of seconds, or an expression of such that may know the query's step and range. */
export type Duration =
  | { readonly kind: "seconds"; readonly seconds: number; readonly isNumber: boolean; readonly span: Span }
  | { readonly kind: "query"; readonly of: "step" | "range"; readonly span: Span }
  | { readonly kind: "negation"; readonly operand: Duration; readonly span: Span }
  | {
      readonly kind: "operation";
      readonly operator: "+" | "-" | "*" | "/" | "%" | "^" | "min" | "max";
      readonly left: Duration;
      readonly right: Duration;
      readonly span: Span;
    };

/** The time that a selector or a subquery is looked at, whenever the query is evaluated. */
export type AtModifier = { readonly kind: "time"; readonly ms: number } | { readonly kind: "start" | "end" };

export interface NumberLiteral {
  readonly kind: "number";
  readonly value: number;
  /** Whether it was written as a duration, such as `5m`. */
  readonly isDuration: boolean;
  readonly span: Span;
}

export interface StringLiteral {
  readonly kind: "string";
  readonly value: string;
  readonly span: Span;
}

export interface VectorSelector {
  readonly kind: "vector-selector";
  /** The name that stands before the braces; it is among the matchers as well, last. */
  readonly name: string;
  readonly matchers: readonly LabelMatcher[];
  readonly offset: Duration | null;
  readonly at: AtModifier | null;
  /** How samples outside of a range are taken into account (an experiment of Prometheus 3). */
  readonly extended: "anchored" | "smoothed" | null;
  readonly span: Span;
}

export interface MatrixSelector {
  readonly kind: "matrix-selector";
  readonly vector: VectorSelector;
  readonly window: Duration;
  readonly span: Span;
}

export interface Subquery {
  readonly kind: "subquery";
  readonly expression: Expression;
  readonly window: Duration;
  /** Null for the default. */
  readonly step: Duration | null;
  readonly offset: Duration | null;
  readonly at: AtModifier | null;
  readonly span: Span;
}

export interface Call {
  readonly kind: "call";
  readonly name: string;
  readonly arguments: readonly Expression[];
  readonly span: Span;
}

export const AGGREGATIONS = [
  "sum",
  "avg",
  "count",
  "min",
  "max",
  "group",
  "stddev",
  "stdvar",
  "topk",
  "bottomk",
  "count_values",
  "quantile",
  "limitk",
  "limit_ratio",
] as const;
export type AggregationOperator = (typeof AGGREGATIONS)[number];

export interface Aggregation {
  readonly kind: "aggregation";
  readonly operator: AggregationOperator;
  readonly expression: Expression;
  readonly parameter: Expression | null;
  readonly without: boolean;
  readonly grouping: readonly string[];
  readonly span: Span;
}

export const COMPARISONS = ["==", "!=", ">", "<", ">=", "<="] as const;
export const SET_OPERATORS = ["and", "or", "unless"] as const;
export const ARITHMETIC = ["+", "-", "*", "/", "%", "^", "atan2"] as const;
/** What cuts a histogram at a value. */
export const TRIMS = ["</", ">/"] as const;
export type BinaryOperator =
  | (typeof COMPARISONS)[number]
  | (typeof SET_OPERATORS)[number]
  | (typeof ARITHMETIC)[number]
  | (typeof TRIMS)[number];

export type Cardinality = "one-to-one" | "many-to-one" | "one-to-many" | "many-to-many";

/** Which series of two vectors belong together. */
export interface VectorMatching {
  readonly cardinality: Cardinality;
  /** Whether `labels` are those that have to be equal, rather than those that need not be. */
  readonly on: boolean;
  readonly labels: readonly string[];
  /** The labels of group_left and group_right. */
  readonly include: readonly string[];
  /** What stands for a series that one side has not got. */
  readonly fillLeft: number | null;
  readonly fillRight: number | null;
}

export interface BinaryOperation {
  readonly kind: "binary";
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
  readonly returnBool: boolean;
  readonly matching: VectorMatching;
  readonly operatorSpan: Span;
  readonly span: Span;
}

export interface UnaryOperation {
  readonly kind: "unary";
  readonly operator: "+" | "-";
  readonly operand: Expression;
  readonly span: Span;
}

export interface Parentheses {
  readonly kind: "parentheses";
  readonly expression: Expression;
  readonly span: Span;
}

export type Expression =
  | NumberLiteral
  | StringLiteral
  | VectorSelector
  | MatrixSelector
  | Subquery
  | Call
  | Aggregation
  | BinaryOperation
  | UnaryOperation
  | Parentheses;

/** The expressions that an expression is made of, in order. */
export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case "number":
    case "string":
    case "vector-selector":
      return [];
    case "matrix-selector":
      return [expression.vector];
    case "subquery":
    case "parentheses":
      return [expression.expression];
    case "call":
      return expression.arguments;
    case "aggregation":
      return expression.parameter === null ? [expression.expression] : [expression.parameter, expression.expression];
    case "binary":
      return [expression.left, expression.right];
    case "unary":
      return [expression.operand];
  }
}

/** What is inside any parentheses. */
export function unwrap(expression: Expression): Expression {
  let inner = expression;
  while (inner.kind === "parentheses") inner = inner.expression;
  return inner;
}

export function isComparison(operator: BinaryOperator): operator is (typeof COMPARISONS)[number] {
  return COMPARISONS.some((comparison) => comparison === operator);
}

export function isSetOperator(operator: BinaryOperator): operator is (typeof SET_OPERATORS)[number] {
  return SET_OPERATORS.some((setOperator) => setOperator === operator);
}
