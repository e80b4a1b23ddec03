import type { Expression } from "../ast.ts";
import type { Grid } from "../grid.ts";
import type { SelectHints } from "../source.ts";
import type { StepValues, VectorSeries } from "../value.ts";
import type { Evaluation } from "./evaluation.ts";

/** What stands around an expression, as far as who selects samples may want to know it. */
export type Surroundings = Pick<SelectHints, "function" | "grouping" | "by">;

export const nothingAround: Surroundings = { function: "", grouping: null, by: false };

/** Evaluates an expression, and what it consists of, at all steps of a grid. */
export interface Evaluator {
  readonly evaluation: Evaluation;
  evaluate(expression: Expression, grid: Grid, around: Surroundings): Promise<StepValues>;
  /** The same for what the check of types has found to be a vector, or a scalar. */
  vector(expression: Expression, grid: Grid, around: Surroundings): Promise<readonly VectorSeries[]>;
  scalar(expression: Expression, grid: Grid): Promise<Float64Array>;
}
