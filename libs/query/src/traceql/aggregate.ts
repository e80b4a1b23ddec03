import { compute } from "./arithmetic.ts";
import type { AggregateFunction } from "./ast.ts";
import { compareNumbers } from "./compare-values.ts";
import type { Comparison } from "./operators.ts";
import { type Numeric, numericOf, type Value } from "./value.ts";

/** One number for many: of count() how many there are, of all else that of those that are numbers; null when none is. */
export function aggregate(name: AggregateFunction, values: readonly Value[]): Numeric | null {
  if (name === "count") return { type: "int", value: values.length };
  const numbers = values.flatMap((value) => numericOf(value) ?? []);
  const [first] = numbers;
  if (first === undefined) return null;
  switch (name) {
    case "min":
      return extreme("<", numbers, first);
    case "max":
      return extreme(">", numbers, first);
    case "sum":
      return sum(numbers, first);
    case "avg":
      return average(sum(numbers, first), numbers.length);
  }
}

function extreme(comparison: Comparison, numbers: readonly Numeric[], first: Numeric): Numeric {
  return numbers.reduce((best, next) => (compareNumbers(comparison, next.value, best.value) ? next : best), first);
}

/** Of durations a duration. */
function sum(numbers: readonly Numeric[], first: Numeric): Numeric {
  let total: Numeric = { type: "int", value: 0 };
  for (const number of numbers) {
    const operand = number.type === "duration" ? ({ type: "int", value: number.value } as const) : number;
    total = compute("+", total, operand) ?? total;
  }
  const isDuration = first.type === "duration" && total.type === "int";
  return isDuration ? { type: "duration", value: total.value } : total;
}

/** There is no integer division here: the average of integers is a float, that of durations a whole nanosecond. */
function average(total: Numeric, count: number): Numeric {
  const mean = Number(total.value) / count;
  return total.type === "duration" ? { type: "duration", value: Math.trunc(mean) } : { type: "float", value: mean };
}
