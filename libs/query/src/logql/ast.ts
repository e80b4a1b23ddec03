import type { Conversion, RangeOperation, VectorOperation } from "./token.ts";

/** Where in the source a node begins; of an operation, where its operator stands. */
interface Node {
  readonly position: number;
}

/** A query: of lines, or of series. */
export type Expression = LogExpression | MetricExpression;

/** `{app="a"} |= "error" | json`: log lines, what is taken from them, and which of them. */
export interface LogExpression extends Node {
  readonly type: "log";
  readonly matchers: readonly LabelMatcher[];
  readonly stages: readonly Stage[];
}

/** `app=~"a|b"`. Regular expressions match whole values. */
export interface LabelMatcher extends Node {
  readonly name: string;
  readonly operator: "=" | "!=" | "=~" | "!~";
  readonly value: string;
}

/** One step of a pipeline. */
export type Stage =
  | LineFilterStage
  | (Node & { readonly type: "json"; readonly fields: readonly FieldExpression[] })
  | LogfmtStage
  | (Node & { readonly type: "regexp" | "pattern"; readonly pattern: string })
  | (Node & { readonly type: "unpack" | "decolorize" })
  | (Node & { readonly type: "label_filter"; readonly filter: LabelFilter })
  | (Node & { readonly type: "line_format"; readonly template: string })
  | (Node & { readonly type: "label_format"; readonly formats: readonly LabelFormat[] })
  | (Node & { readonly type: "drop" | "keep"; readonly labels: readonly NamedLabel[] });

/** `|= "a" or ip("10.0.0.0/8")`. With a negative operator no operand may be in the line. */
export interface LineFilterStage extends Node {
  readonly type: "line_filter";
  readonly operator: LineFilterOperator;
  readonly operands: readonly LineFilterOperand[];
}

/** Contains, matches, is like; and their opposites. */
export type LineFilterOperator = "|=" | "!=" | "|~" | "!~" | "|>" | "!>";

/** A text or pattern, or a pattern of addresses. */
export interface LineFilterOperand extends Node {
  readonly kind: "text" | "ip";
  readonly value: string;
}

/** `| logfmt --strict a, b="c"`. Without fields all of them become labels. */
export interface LogfmtStage extends Node {
  readonly type: "logfmt";
  readonly strict: boolean;
  readonly keepEmpty: boolean;
  readonly fields: readonly FieldExpression[];
}

/** `user="request.user[0]"`: what a label is taken from. */
export interface FieldExpression extends Node {
  readonly name: string;
  readonly expression: string;
}

/** A test of labels. */
export type LabelFilter =
  | (Node & { readonly type: "match"; readonly matcher: LabelMatcher })
  | (Node & {
      readonly type: "compare";
      readonly name: string;
      readonly operator: ComparisonOperator;
      readonly value: Quantity;
    })
  | (Node & { readonly type: "ip"; readonly name: string; readonly operator: "=" | "!="; readonly pattern: string })
  | (Node & { readonly type: "and" | "or"; readonly left: LabelFilter; readonly right: LabelFilter });

/** A number, a duration in nanoseconds or a size in bytes; `text` is how it was written. */
export interface Quantity {
  readonly kind: "number" | "duration" | "bytes";
  readonly value: number;
  readonly text: string;
}

/** `a=b` renames b, `a="{{.b}}"` fills a template in. */
export interface LabelFormat extends Node {
  readonly name: string;
  readonly from:
    | { readonly kind: "label"; readonly name: string }
    | { readonly kind: "template"; readonly text: string };
}

/** A label by its name alone, or only where it has a value. */
export interface NamedLabel extends Node {
  readonly name: string;
  readonly matcher: LabelMatcher | null;
}

/** A query of series, or of a number. */
export type MetricExpression =
  | RangeAggregation
  | VectorAggregation
  | BinaryOperation
  | (Node & { readonly type: "number"; readonly value: number })
  | (Node & { readonly type: "vector"; readonly value: number })
  | LabelReplace;

/** `rate({app="a"} [5m])`. */
export interface RangeAggregation extends Node {
  readonly type: "range_aggregation";
  readonly operation: RangeOperation;
  readonly range: LogRange;
  /** The quantile of `quantile_over_time`. */
  readonly parameter: number | null;
  readonly grouping: Grouping | null;
}

/** The lines of the last `intervalNs` before a point of time, as it was `offsetNs` earlier. */
export interface LogRange extends Node {
  readonly log: LogExpression;
  readonly intervalNs: number;
  readonly offsetNs: number;
  readonly unwrap: Unwrap | null;
}

/** Which label is the value of a line. */
export interface Unwrap extends Node {
  readonly label: string;
  readonly conversion: Conversion | null;
  readonly filters: readonly LabelFilter[];
}

/** `by (a, b)` or `without (a, b)`. */
export interface Grouping {
  readonly without: boolean;
  readonly labels: readonly string[];
}

/** `sum by (app) (…)`. */
export interface VectorAggregation extends Node {
  readonly type: "vector_aggregation";
  readonly operation: VectorOperation;
  readonly inner: MetricExpression;
  /** How many series `topk`, `bottomk` and `approx_topk` keep. */
  readonly parameter: number | null;
  readonly grouping: Grouping | null;
}

/** Operators that compare. */
export type ComparisonOperator = "==" | "!=" | ">" | ">=" | "<" | "<=";
export type SetOperator = "and" | "or" | "unless";
export type ArithmeticOperator = "+" | "-" | "*" | "/" | "%" | "^";
export type BinaryOperator = ComparisonOperator | SetOperator | ArithmeticOperator;

/** `a / on (b) group_left (c) d`. */
export interface BinaryOperation extends Node {
  readonly type: "binary";
  readonly operator: BinaryOperator;
  readonly left: MetricExpression;
  readonly right: MetricExpression;
  readonly returnBool: boolean;
  readonly matching: VectorMatching | null;
}

/** Which labels make two series a pair, and which side may have several of them. */
export interface VectorMatching {
  readonly on: boolean;
  readonly labels: readonly string[];
  readonly cardinality: "one-to-one" | "many-to-one" | "one-to-many";
  /** Labels that the result takes from the side that is one. */
  readonly include: readonly string[];
}

/** `label_replace(…, "destination", "$1", "source", "(.*)")`. */
export interface LabelReplace extends Node {
  readonly type: "label_replace";
  readonly inner: MetricExpression;
  readonly destination: string;
  readonly replacement: string;
  readonly source: string;
  readonly pattern: string;
}

const comparisons: ReadonlySet<string> = new Set(["==", "!=", ">", ">=", "<", "<="]);
const sets: ReadonlySet<string> = new Set(["and", "or", "unless"]);

/** Whether the operator compares. */
export function isComparison(operator: string): operator is ComparisonOperator {
  return comparisons.has(operator);
}

/** Whether the operator is one of sets. */
export function isSetOperator(operator: string): operator is SetOperator {
  return sets.has(operator);
}
