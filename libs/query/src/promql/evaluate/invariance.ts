import { type Expression, partsOf } from "../ast.ts";

/** What answers something else at another time even where its arguments do not. */
const ofTheTime = new Set([
  "days_in_month",
  "day_of_month",
  "day_of_week",
  "day_of_year",
  "hour",
  "minute",
  "month",
  "year",
  "predict_linear",
  "time",
  "timestamp",
]);

/** Whether an expression is the same at every step, since all that it selects is fixed by `@`. */
export function isInvariant(expression: Expression): boolean {
  switch (expression.kind) {
    case "vector-selector":
    case "subquery":
      return expression.at !== null;
    case "matrix-selector":
      return expression.vector.at !== null;
    case "call":
      return !ofTheTime.has(expression.name) && expression.arguments.every(isInvariant);
    default:
      return partsOf(expression).every(isInvariant);
  }
}
