import type { Intrinsic, KindName, StatusName } from "./intrinsic.ts";
import type { ArithmeticOperator, Comparison, FieldOperator, SpansetOperator } from "./operators.ts";

/** Where an attribute is looked for; `none` is the span, then its resource. */
export type Scope = "none" | "span" | "resource" | "event" | "link" | "instrumentation";

/** A value as it is written. Integers and durations (nanoseconds) are 64-bit. */
export type Static =
  | { readonly type: "string"; readonly value: string }
  | { readonly type: "int" | "duration"; readonly value: bigint }
  | { readonly type: "float"; readonly value: number }
  | { readonly type: "boolean"; readonly value: boolean }
  | { readonly type: "status"; readonly value: StatusName }
  | { readonly type: "kind"; readonly value: KindName };

/** An attribute or an intrinsic of a span, or an attribute of its parent. */
export type FieldName =
  | { readonly type: "attribute"; readonly scope: Scope; readonly ofParent: boolean; readonly name: string }
  | { readonly type: "intrinsic"; readonly intrinsic: Intrinsic };

interface Placed {
  /** Offset in the text: of the first character, or of the operator. */
  readonly position: number;
}

export type FieldReference = FieldName & Placed;

/** What is computed for one span. */
export type FieldExpression =
  | ({ readonly type: "static"; readonly value: Static } & Placed)
  | FieldReference
  | ({
      readonly type: "binary";
      readonly operator: FieldOperator;
      readonly left: FieldExpression;
      readonly right: FieldExpression;
    } & Placed)
  | ({ readonly type: "unary"; readonly operator: "-" | "!"; readonly operand: FieldExpression } & Placed)
  /** `operand != nil`, and `operand = nil` when `negated`. */
  | ({ readonly type: "exists"; readonly negated: boolean; readonly operand: FieldExpression } & Placed)
  /** Whether the operand is an IP address in one of the networks. */
  | ({ readonly type: "cidr"; readonly operand: FieldExpression; readonly prefixes: readonly string[] } & Placed);

export type SpansetFilter = { readonly type: "filter"; readonly expression: FieldExpression } & Placed;

/** What gives spans of a trace. */
export type SpansetExpression =
  | SpansetFilter
  | ({
      readonly type: "operation";
      readonly operator: SpansetOperator;
      readonly left: SpansetExpression;
      readonly right: SpansetExpression;
    } & Placed)
  /** A pipeline in parentheses. */
  | ({ readonly type: "pipeline"; readonly elements: readonly PipelineElement[] } & Placed);

export type AggregateFunction = "count" | "min" | "max" | "avg" | "sum";

/** What gives one number for a spanset. */
export type ScalarExpression =
  | ({
      readonly type: "aggregate";
      readonly function: AggregateFunction;
      /** Absent for count() only. */
      readonly expression?: FieldExpression;
    } & Placed)
  | ({ readonly type: "number"; readonly value: Extract<Static, { type: "int" | "float" | "duration" }> } & Placed)
  | ({
      readonly type: "arithmetic";
      readonly operator: ArithmeticOperator;
      readonly left: ScalarExpression;
      readonly right: ScalarExpression;
    } & Placed)
  /** A pipeline in parentheses that ends in a number. */
  | ({
      readonly type: "scalar-pipeline";
      readonly elements: readonly PipelineElement[];
      readonly scalar: ScalarExpression;
    } & Placed);

export type ScalarFilter = {
  readonly type: "scalar-filter";
  readonly operator: Comparison;
  readonly left: ScalarExpression;
  readonly right: ScalarExpression;
} & Placed;

/** One step of a pipeline: takes the spansets of a trace, gives spansets. */
export type PipelineElement =
  | SpansetExpression
  | ScalarFilter
  | ({ readonly type: "by"; readonly expression: FieldExpression } & Placed)
  | ({ readonly type: "coalesce" } & Placed)
  | ({ readonly type: "select"; readonly fields: readonly FieldReference[] } & Placed);

/** The metrics functions that look at a field of each span. */
export const FIELD_METRICS = [
  "min_over_time",
  "max_over_time",
  "avg_over_time",
  "sum_over_time",
  "histogram_over_time",
] as const;

/** What makes time series of the spans that a pipeline gives. */
export type MetricsFunction =
  | ({ readonly function: "rate" | "count_over_time"; readonly by: readonly FieldReference[] } & Placed)
  | ({
      readonly function: (typeof FIELD_METRICS)[number];
      readonly field: FieldReference;
      readonly by: readonly FieldReference[];
    } & Placed)
  | ({
      readonly function: "quantile_over_time";
      readonly field: FieldReference;
      readonly quantiles: readonly number[];
      readonly by: readonly FieldReference[];
    } & Placed)
  | ({
      readonly function: "compare";
      readonly filter: SpansetFilter;
      /** How many values of an attribute are shown. */
      readonly top: number;
      /** The selection's window, nanoseconds since the Unix epoch, end exclusive; both 0 for all of the query's. */
      readonly startUnixNano: bigint;
      readonly endUnixNano: bigint;
    } & Placed);

/** What is done to time series. */
export type SecondStage =
  | ({ readonly type: "topk" | "bottomk"; readonly limit: number } & Placed)
  | ({ readonly type: "comparison"; readonly operator: Comparison; readonly value: number } & Placed);

export type MetricsOperator = "+" | "-" | "*" | "/";

export type MetricsExpression =
  | ({
      readonly type: "metrics";
      readonly elements: readonly PipelineElement[];
      readonly metrics: MetricsFunction;
      readonly stages: readonly SecondStage[];
    } & Placed)
  | ({
      readonly type: "metrics-math";
      readonly operator: MetricsOperator;
      readonly left: MetricsExpression;
      readonly right: MetricsExpression;
      readonly stages: readonly SecondStage[];
    } & Placed)
  | ({ readonly type: "metrics-number"; readonly value: number } & Placed);

/** `with (name=value)`. */
export interface Hint {
  readonly name: string;
  readonly value: Static;
}

/** A query: what finds traces, or what makes time series of them. */
export type Query =
  | { readonly type: "search"; readonly elements: readonly PipelineElement[]; readonly hints: readonly Hint[] }
  | { readonly type: "metrics"; readonly metrics: MetricsExpression; readonly hints: readonly Hint[] };
