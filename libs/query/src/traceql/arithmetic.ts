import { computeInt64 } from "./int64.ts";
import type { ArithmeticOperator } from "./operators.ts";
import { type Numeric, numericOf, type Value } from "./value.ts";

const floats: Readonly<Record<ArithmeticOperator, (left: number, right: number) => number>> = {
  "+": (left, right) => left + right,
  "-": (left, right) => left - right,
  "*": (left, right) => left * right,
  "/": (left, right) => left / right,
  "%": (left, right) => left % right,
  "^": (left, right) => left ** right,
};

/**
 * Puts two numbers together: integers to an integer, all else to a float, which of durations is nanoseconds. Null when one is no
 * number, and for an integer divided by 0.
 */
export function compute(operator: ArithmeticOperator, left: Value, right: Value): Numeric | null {
  const [one, other] = [numericOf(left), numericOf(right)];
  if (one === null || other === null) return null;
  if (one.type === "int" && other.type === "int") {
    const value = computeInt64(operator, one.value, other.value);
    if (value !== null || operator !== "^") return value === null ? null : { type: "int", value };
  }
  return { type: "float", value: floats[operator](Number(one.value), Number(other.value)) };
}

/** The number with its sign turned; null for what is none. */
export function negate(value: Value): Numeric | null {
  const numeric = numericOf(value);
  if (numeric === null) return null;
  if (numeric.type === "float") return { type: "float", value: -numeric.value };
  const negated = computeInt64("-", 0, numeric.value);
  return negated === null ? null : { type: numeric.type, value: negated };
}
