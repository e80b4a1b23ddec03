import type { Call, ValueType } from "../ast.ts";
import type { Evaluation } from "../evaluate/evaluation.ts";
import type { Grid } from "../grid.ts";
import type { Histogram } from "../histogram/histogram.ts";
import type { RangeSamples } from "../samples.ts";
import type { StepValues, VectorSeries } from "../value.ts";
import type { RangeWindow } from "../window.ts";
import type { SampledWindows } from "./sampled-windows.ts";

export interface FunctionSignature {
  readonly name: string;
  readonly argumentTypes: readonly ValueType[];
  /**
   * How often the last argument may come: 0 exactly once; n up to n times or not at all; -1 any number of times.
   */
  readonly variadic: number;
  readonly returnType: "scalar" | "vector";
  /** Whether Prometheus asks for a flag before it knows the function. */
  readonly isExperimental: boolean;
}

/** What a range function answers for a window: null for nothing. */
export type RangeAnswer = number | Histogram | null;

/** What a range function knows beside the window. */
export interface RangeContext {
  readonly call: Call;
  readonly evaluation: Evaluation;
}

/** A call whose arguments are evaluated: null stands for those that are strings. */
export interface VectorCall {
  readonly call: Call;
  readonly evaluation: Evaluation;
  readonly grid: Grid;
  readonly arguments: readonly StepValues[];
}

/** The samples of a series that has nothing but floats, none of which stands for more than itself. */
export type PlainFloats = Pick<RangeSamples, "times" | "values">;

/**
 * Answers for all windows of a series at once, as `evaluate` does for each: writes the steps that have an answer into columns where nothing
 * is yet, and says how many they are.
 */
export type OfPlainFloats = (
  floats: PlainFloats,
  windows: SampledWindows,
  answers: Pick<VectorSeries, "kinds" | "values">,
) => number;

/** Takes the samples of one series in one window, and its scalar arguments, as they are at the step. */
export interface RangeFunction extends FunctionSignature {
  readonly kind: "range";
  readonly evaluate: (window: RangeWindow, scalars: readonly number[], context: RangeContext) => RangeAnswer;
  /** For functions that most queries call of most series, without scalars: a call for each window costs more than what it calculates. */
  readonly ofPlainFloats: OfPlainFloats | null;
  /** Whether the answer is still the metric, so that it keeps its name. */
  readonly keepsName: boolean;
}

/** Takes what its arguments are at all steps. */
export interface VectorFunction extends FunctionSignature {
  readonly kind: "vector";
  readonly evaluate: (call: VectorCall) => StepValues | Promise<StepValues>;
}

/** Has to see the expressions of its arguments; the evaluator knows it by its name. */
export interface SpecialFunction extends FunctionSignature {
  readonly kind: "special";
}

export type FunctionDefinition = RangeFunction | VectorFunction | SpecialFunction;

type Given = Partial<Pick<FunctionSignature, "variadic" | "returnType" | "isExperimental">>;

function signature(name: string, argumentTypes: readonly ValueType[], given: Given): FunctionSignature {
  return { name, argumentTypes, variadic: 0, returnType: "vector", isExperimental: false, ...given };
}

/** A function of a range vector and, beside it, of scalars. */
export function rangeFunction(
  name: string,
  evaluate: RangeFunction["evaluate"],
  given: Given & Partial<Pick<RangeFunction, "argumentTypes" | "keepsName" | "ofPlainFloats">> = {},
): RangeFunction {
  const { argumentTypes = ["matrix"], keepsName = false, ofPlainFloats = null, ...rest } = given;
  return { ...signature(name, argumentTypes, rest), kind: "range", evaluate, keepsName, ofPlainFloats };
}

export function vectorFunction(
  name: string,
  argumentTypes: readonly ValueType[],
  evaluate: VectorFunction["evaluate"],
  given: Given = {},
): VectorFunction {
  return { ...signature(name, argumentTypes, given), kind: "vector", evaluate };
}

export function specialFunction(name: string, argumentTypes: readonly ValueType[], given: Given = {}): SpecialFunction {
  return { ...signature(name, argumentTypes, given), kind: "special" };
}
