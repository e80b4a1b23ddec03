import { type Duration, type Expression, partsOf } from "./ast.ts";
import { durationMs } from "./durations.ts";

/** What of a query is not in its text. */
export interface LookAheadOptions {
  readonly stepMs: number;
  readonly lookbackMs: number;
}

/**
 * How long after a step samples may lie that the value of the step depends on, milliseconds: 0 for most queries, more with negative
 * offsets. Null where the value depends on more than the step's time, its neighbours being asked for or not: on the whole range
 * (`@ end()`, `range()`), or on a time of its own (`@ 1600000000`).
 */
export function lookAheadMs(expression: Expression, options: LookAheadOptions): number | null {
  const inner = greatest(partsOf(expression).map((part) => lookAheadMs(part, options)));
  const own = ownLookAhead(expression, options);
  return inner === null || own === null ? null : inner + own;
}

function ownLookAhead(expression: Expression, options: LookAheadOptions): number | null {
  switch (expression.kind) {
    case "vector-selector": {
      const ahead = shiftOf(expression, options);
      return ahead === null || expression.extended !== "smoothed" ? ahead : ahead + options.lookbackMs;
    }
    case "matrix-selector":
      return knowsRange(expression.window) ? null : 0;
    case "subquery":
      return knowsRange(expression.window) || (expression.step !== null && knowsRange(expression.step))
        ? null
        : shiftOf(expression, options);
    case "call":
      // What it joins is looked for over the whole range.
      return expression.name === "info" ? null : 0;
    default:
      return 0;
  }
}

function shiftOf(
  { at, offset }: Pick<Extract<Expression, { kind: "subquery" }>, "at" | "offset">,
  { stepMs }: LookAheadOptions,
): number | null {
  if (at !== null) return null;
  if (offset === null) return 0;
  return knowsRange(offset) ? null : Math.max(0, -durationMs(offset, { stepMs, rangeMs: 0 }));
}

function knowsRange(duration: Duration): boolean {
  switch (duration.kind) {
    case "seconds":
      return false;
    case "query":
      return duration.of === "range";
    case "negation":
      return knowsRange(duration.operand);
    case "operation":
      return knowsRange(duration.left) || knowsRange(duration.right);
  }
}

function greatest(all: readonly (number | null)[]): number | null {
  let most = 0;
  for (const one of all) {
    if (one === null) return null;
    most = Math.max(most, one);
  }
  return most;
}
