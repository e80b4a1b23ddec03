import { type AtModifier, type Duration, type Expression, partsOf } from "../ast.ts";
import { format } from "../format.ts";
import { parse } from "../parser.ts";

const ofTheTime = new Set(
  "days_in_month day_of_month day_of_week day_of_year hour minute month year predict_linear time timestamp".split(" "),
);

/**
 * A query with `@` at the time it is asked at, to be asked at other times where it has to come to the same. None where it depends on
 * the time in other ways, or cannot be read.
 */
export function fixedAt(query: string, atMs: number): readonly { text: string; atMs: number }[] {
  const expression = readable(query);
  if (expression === null || dependsOnTime(expression) || asksForTimes(expression)) return [];
  const text = format(fix(expression, { kind: "time", ms: atMs }));
  const times = atMs === 0 ? [-1000, 0, 1000] : [-10 * atMs, 0, Math.trunc(atMs / 5), atMs, 10 * atMs];
  return times.map((ms) => ({ text, atMs: ms }));
}

function readable(query: string): Expression | null {
  try {
    return parse(query);
  } catch {
    return null;
  }
}

function dependsOnTime(expression: Expression): boolean {
  return (expression.kind === "call" && ofTheTime.has(expression.name)) || partsOf(expression).some(dependsOnTime);
}

const ofTheQuery = new Set(["start", "end", "step", "range"]);

/** Whether a query asks for its own start, end, step or range, so that it says something else as a range query. */
export function asksForTimes(query: string | Expression): boolean {
  const expression = typeof query === "string" ? readable(query) : query;
  if (expression === null) return false;
  const durations =
    expression.kind === "subquery"
      ? [expression.window, expression.step, expression.offset]
      : expression.kind === "matrix-selector"
        ? [expression.window]
        : expression.kind === "vector-selector"
          ? [expression.offset]
          : [];
  if (durations.some((duration) => duration !== null && knowsTimes(duration))) return true;
  if (expression.kind === "call" && ofTheQuery.has(expression.name)) return true;
  return partsOf(expression).some(asksForTimes);
}

function knowsTimes(duration: Duration): boolean {
  if (duration.kind === "operation") return knowsTimes(duration.left) || knowsTimes(duration.right);
  return duration.kind === "query" || (duration.kind === "negation" && knowsTimes(duration.operand));
}

/** Sets the time of every selector and subquery that has none; what is inside a subquery stays. */
function fix(expression: Expression, at: AtModifier): Expression {
  switch (expression.kind) {
    case "vector-selector":
      return { ...expression, at: expression.at ?? at };
    case "matrix-selector":
      return { ...expression, vector: { ...expression.vector, at: expression.vector.at ?? at } };
    case "subquery":
      return { ...expression, at: expression.at ?? at };
    case "call":
      return { ...expression, arguments: expression.arguments.map((argument) => fix(argument, at)) };
    case "aggregation": {
      const parameter = expression.parameter === null ? null : fix(expression.parameter, at);
      return { ...expression, parameter, expression: fix(expression.expression, at) };
    }
    case "binary":
      return { ...expression, left: fix(expression.left, at), right: fix(expression.right, at) };
    case "unary":
      return { ...expression, operand: fix(expression.operand, at) };
    case "parentheses":
      return { ...expression, expression: fix(expression.expression, at) };
    default:
      return expression;
  }
}
