import { type BinaryOperation, isComparison, isSetOperator } from "../ast.ts";
import type { Grid } from "../grid.ts";
import { mergeSameLabels, nameless } from "../same-labels.ts";
import { createSeriesWriter, type StepValues, type VectorSeries } from "../value.ts";
import type { Evaluation } from "./evaluation.ts";
import { type Evaluator, nothingAround } from "./evaluator.ts";
import { changesMetric, scalarOperation } from "./operators.ts";
import { createOperation, operandAt } from "./sample-operation.ts";
import { operateSets } from "./set-operators.ts";
import { operateVectors } from "./vector-matching.ts";

/** Evaluates a binary operation over all steps. */
export async function evaluateBinary(
  operation: BinaryOperation,
  grid: Grid,
  evaluator: Evaluator,
): Promise<StepValues> {
  const { evaluation } = evaluator;
  const [left, right] = await Promise.all([
    evaluator.evaluate(operation.left, grid, nothingAround),
    evaluator.evaluate(operation.right, grid, nothingAround),
  ]);
  await evaluation.breathe();
  if (left.kind === "scalar" && right.kind === "scalar") {
    const operate = scalarOperation(operation.operator);
    evaluation.budget.take(grid.count);
    return { kind: "scalar", values: left.values.map((value, step) => operate(value, right.values[step] ?? 0)) };
  }
  return { kind: "vector", series: await operateSides(operation, { left, right, steps: grid.count }, evaluation) };
}

async function operateSides(
  operation: BinaryOperation,
  { left, right, steps }: { readonly left: StepValues; readonly right: StepValues; readonly steps: number },
  evaluation: Evaluation,
): Promise<readonly VectorSeries[]> {
  if (left.kind === "vector" && right.kind === "vector") {
    const sides = { left: left.series, right: right.series, steps };
    if (!isSetOperator(operation.operator)) return operateVectors(operation, sides, evaluation);
    evaluation.budget.take(steps * (left.series.length + (operation.operator === "or" ? right.series.length : 0)));
    return operateSets(operation, sides);
  }
  if (left.kind === "vector" && right.kind === "scalar") {
    return besideScalar(operation, { series: left.series, scalar: right.values, scalarIs: "right" }, evaluation);
  }
  if (left.kind === "scalar" && right.kind === "vector") {
    return besideScalar(operation, { series: right.series, scalar: left.values, scalarIs: "left" }, evaluation);
  }
  return [];
}

interface BesideScalar {
  readonly series: readonly VectorSeries[];
  readonly scalar: Float64Array;
  readonly scalarIs: "left" | "right";
}

/** An operator between each sample of a vector and a scalar. A comparison lets the vector's samples through. */
async function besideScalar(
  operation: BinaryOperation,
  { series, scalar, scalarIs }: BesideScalar,
  evaluation: Evaluation,
): Promise<readonly VectorSeries[]> {
  const operate = createOperation(operation, evaluation, scalarIs === "right" ? "left" : "right");
  const isNameless = changesMetric(operation.operator) || operation.returnBool;
  const answers: VectorSeries[] = [];
  for (const one of series) {
    const pause = evaluation.worked(scalar.length);
    if (pause !== null) await pause;
    evaluation.budget.take(scalar.length);
    const writer = createSeriesWriter(scalar.length);
    for (let step = 0; step < scalar.length; step++) {
      const sample = operandAt(one, step);
      if (sample === null) continue;
      const value = scalar[step] ?? 0;
      if (scalarIs === "right") operate(writer, step, sample, value);
      else operate(writer, step, value, sample);
    }
    if (writer.size() === 0) {
      evaluation.budget.give(scalar.length);
      continue;
    }
    const named = isNameless ? nameless(one.labels, evaluation) : one;
    answers.push(writer.series(named.labels, named.dropName));
  }
  const isUnchanged = isComparison(operation.operator) && !operation.returnBool;
  return isUnchanged || evaluation.delayedNameRemoval ? answers : mergeSameLabels(answers);
}
