import type { ARITHMETIC, BinaryOperation, BinaryOperator, COMPARISONS } from "../ast.ts";
import { add, divide, scale, subtract } from "../histogram/arithmetic.ts";
import { areEqual } from "../histogram/compare.ts";
import type { Histogram } from "../histogram/histogram.ts";
import { compact } from "../histogram/layout.ts";
import { trim } from "../histogram/trim.ts";
import * as texts from "../note-texts.ts";
import type { Evaluation } from "./evaluation.ts";

const arithmetic: Readonly<Record<(typeof ARITHMETIC)[number], (left: number, right: number) => number>> = {
  "+": (left, right) => left + right,
  "-": (left, right) => left - right,
  "*": (left, right) => left * right,
  "/": (left, right) => left / right,
  "%": (left, right) => left % right,
  "^": power,
  atan2: Math.atan2,
};

/** As Go has it: 1 to any power is 1, as is -1 to an infinite one. */
function power(base: number, exponent: number): number {
  if (base === 1 || (base === -1 && (exponent === Number.POSITIVE_INFINITY || exponent === Number.NEGATIVE_INFINITY))) {
    return 1;
  }
  return base ** exponent;
}

const comparisons: Readonly<Record<(typeof COMPARISONS)[number], (left: number, right: number) => boolean>> = {
  "==": (left, right) => left === right,
  "!=": (left, right) => left !== right,
  ">": (left, right) => left > right,
  "<": (left, right) => left < right,
  ">=": (left, right) => left >= right,
  "<=": (left, right) => left <= right,
};

/** Whether what comes out is another quantity, so that the metric's name and its like do not belong to it. */
export function changesMetric(operator: BinaryOperator): boolean {
  return Object.hasOwn(arithmetic, operator);
}

/** What an operator makes of two floats: a number, or whether it keeps the left one; null where it is none for floats. */
export type FloatOperation =
  | { readonly kind: "arithmetic"; readonly of: (left: number, right: number) => number }
  | { readonly kind: "comparison"; readonly of: (left: number, right: number) => boolean };

export function floatOperation(operator: BinaryOperator): FloatOperation | null {
  for (const [name, of] of Object.entries(arithmetic)) if (name === operator) return { kind: "arithmetic", of };
  for (const [name, of] of Object.entries(comparisons)) if (name === operator) return { kind: "comparison", of };
  return null;
}

export function scalarOperation(operator: BinaryOperator): (left: number, right: number) => number {
  const operation = floatOperation(operator);
  if (operation === null) return () => Number.NaN;
  return operation.kind === "arithmetic" ? operation.of : (left, right) => (operation.of(left, right) ? 1 : 0);
}

/** What becomes of two samples of which one at least is a histogram: `keep` is false for a comparison that does not hold. */
export interface HistogramOutcome {
  readonly histogram: Histogram;
  readonly keep: boolean;
}

/** A sample on one side of an operator. */
export type Operand = number | Histogram;

/** Applies an operator where a histogram is involved; null, told of, where there is no answer. */
export function operateHistograms(
  { operator, span }: BinaryOperation,
  left: Operand,
  right: Operand,
  { notes }: Evaluation,
): HistogramOutcome | null {
  const outcome = operate(operator, left, right);
  if (outcome === null) {
    notes.inform(texts.incompatibleTypes(typeName(left), operator, typeName(right)), span);
    return null;
  }
  if (outcome === "layouts") {
    notes.warn(texts.incompatibleLayouts(operator), span);
    return null;
  }
  const name = operator === "+" ? "addition" : "subtraction";
  if (outcome.collision) notes.warn(texts.conflictingResets(name), span);
  if (outcome.reconciled) notes.inform(texts.boundsReconciled(name), span);
  return outcome;
}

function typeName(operand: Operand): string {
  return typeof operand === "number" ? "float" : "histogram";
}

interface Outcome extends HistogramOutcome {
  readonly collision: boolean;
  readonly reconciled: boolean;
}

function operate(operator: BinaryOperator, left: Operand, right: Operand): Outcome | "layouts" | null {
  if (typeof left === "number") {
    return typeof right !== "number" && operator === "*" ? plain(scale(right, left)) : null;
  }
  if (typeof right === "number") return withFloat(operator, left, right);
  return ofTwo(operator, left, right);
}

function plain(histogram: Histogram): Outcome {
  return { histogram: compact(histogram), keep: true, collision: false, reconciled: false };
}

function withFloat(operator: BinaryOperator, left: Histogram, right: number): Outcome | null {
  switch (operator) {
    case "*":
      return plain(scale(left, right));
    case "/":
      return plain(divide(left, right));
    case "</":
      return plain(trim(left, right, "below"));
    case ">/":
      return plain(trim(left, right, "above"));
    default:
      return null;
  }
}

function ofTwo(operator: BinaryOperator, left: Histogram, right: Histogram): Outcome | "layouts" | null {
  if (operator === "==" || operator === "!=") {
    const keep = areEqual(left, right) === (operator === "==");
    return { histogram: left, keep, collision: false, reconciled: false };
  }
  if (operator !== "+" && operator !== "-") return null;
  const combined = operator === "+" ? add(left, right) : subtract(left, right);
  if (combined === null) return "layouts";
  const histogram = operator === "+" ? combined.histogram : { ...combined.histogram, hint: "gauge" as const };
  return { ...combined, histogram: compact(histogram), keep: true };
}
