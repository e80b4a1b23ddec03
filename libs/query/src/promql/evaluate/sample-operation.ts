import type { BinaryOperation } from "../ast.ts";
import { FLOAT, HISTOGRAM, type SeriesWriter, type VectorSeries } from "../value.ts";
import type { Evaluation } from "./evaluation.ts";
import { floatOperation, type Operand, operateHistograms } from "./operators.ts";

/** What a series has at a step; null for nothing. */
export function operandAt({ kinds, values, histograms }: VectorSeries, step: number): Operand | null {
  if (kinds[step] === FLOAT) return values[step] ?? 0;
  return kinds[step] === HISTOGRAM ? (histograms?.[step] ?? null) : null;
}

/** Writes what an operator makes of two samples; nothing where a comparison does not hold or there is no answer. */
export type OperateAt = (writer: SeriesWriter, step: number, left: Operand, right: Operand) => void;

/** An operator of two samples. `kept` says which one a comparison lets through: the vector's, beside a scalar. */
export function createOperation(
  operation: BinaryOperation,
  evaluation: Evaluation,
  kept: "left" | "right" = "left",
): OperateAt {
  const floats = floatOperation(operation.operator);
  const { returnBool } = operation;
  return (writer, step, left, right) => {
    if (typeof left === "number" && typeof right === "number" && floats !== null) {
      if (floats.kind === "arithmetic") return writer.setFloat(step, floats.of(left, right));
      const holds = floats.of(left, right);
      if (returnBool) writer.setFloat(step, holds ? 1 : 0);
      else if (holds) writer.setFloat(step, kept === "left" ? left : right);
      return;
    }
    const outcome = operateHistograms(operation, left, right, evaluation);
    if (outcome === null) return;
    if (returnBool) writer.setFloat(step, outcome.keep ? 1 : 0);
    else if (outcome.keep) writer.setHistogram(step, outcome.histogram);
  };
}
