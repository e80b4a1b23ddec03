import { invalid } from "@sightline/errors/app-error";
import type { Budget } from "../budget.ts";
import { any, func1, func2, reflected, text, variadic, variadic1 } from "../func.ts";
import { print, printLine } from "../print/print.ts";
import { printf } from "../print/printf.ts";
import { type Func, isTrue, pointedTo, typeName, type Value } from "../value.ts";
import { indexOf, lengthOf, sliceOf } from "./collections.ts";
import { isEqual, isLess } from "./compare.ts";
import { escapeHtml, escapeJs, escapeQuery } from "./escape.ts";

/** Functions by the names that templates call them by. */
export type Functions = Pick<ReadonlyMap<string, Func>, "get" | "has">;

/** `and`. It looks at its arguments one after the other, which only the evaluation can do; as does `or`. */
export const and: Func = variadic1(reflected, reflected, () => null);
/** `or`. */
export const or: Func = variadic1(reflected, reflected, () => null);

/** `call`, which calls the function that is its first argument. */
export const call: Func = variadic1(reflected, reflected, () => null);

function isAtMost(first: Value, other: Value, budget: Budget): boolean {
  return isLess(first, other) || isEqual(first, [other], budget);
}

/** The text that an escaping function works on: a text itself, and anything else as it is printed. */
export function textOf(args: readonly Value[], budget: Budget): string {
  const [first] = args;
  if (args.length === 1 && typeof first === "string") return first;
  const shown = args.map((arg) => (arg === null ? "<no value>" : pointedTo(arg)));
  return print(shown, budget);
}

/** The functions that every template has. */
export const builtins: Functions = new Map<string, Func>([
  ["and", and],
  ["or", or],
  ["call", call],
  ["not", func1(reflected, (value) => !isTrue(value))],
  ["len", func1(reflected, lengthOf)],
  ["index", variadic1(reflected, reflected, indexOf)],
  ["slice", variadic1(reflected, reflected, sliceOf)],
  ["print", variadic(any, print)],
  ["println", variadic(any, printLine)],
  ["printf", variadic1(text, any, printf)],
  ["html", variadic(any, (args, budget) => escapeHtml(textOf(args, budget)))],
  ["js", variadic(any, (args, budget) => escapeJs(textOf(args, budget)))],
  ["urlquery", variadic(any, (args, budget) => escapeQuery(textOf(args, budget)))],
  ["eq", variadic1(reflected, reflected, isEqual)],
  ["ne", func2(reflected, reflected, (a, b, budget) => !isEqual(a, [b], budget))],
  ["lt", func2(reflected, reflected, isLess)],
  ["le", func2(reflected, reflected, isAtMost)],
  ["gt", func2(reflected, reflected, (a, b, budget) => !isAtMost(a, b, budget))],
  ["ge", func2(reflected, reflected, (a, b) => !isLess(a, b))],
]);

/** What `call` does: checks the arguments against the function's parameters, and calls it. */
export function callFunction(name: string, [callee = null, ...args]: readonly Value[], budget: Budget): Value {
  if (callee === null) throw invalid("call of nil");
  if (typeof callee !== "object" || callee.kind !== "func") {
    throw invalid(`non-function ${name} of type ${typeName(callee)}`);
  }
  const { parameters, rest } = callee;
  if (rest === undefined ? args.length !== parameters.length : args.length < parameters.length) {
    const wanted = rest === undefined ? `${parameters.length}` : `at least ${parameters.length}`;
    throw invalid(`wrong number of args for ${name}: got ${args.length} want ${wanted}`);
  }
  for (const [index, arg] of args.entries()) {
    const parameter = parameters[index] ?? rest;
    if (parameter === undefined || (arg === null ? parameter.takesNil : parameter.accepts(arg))) continue;
    const problem = arg === null ? "value is nil; should be of type" : `value has type ${typeName(arg)}; should be`;
    throw invalid(`arg ${index}: ${problem} ${parameter.type}`);
  }
  return callee.call(args, budget);
}
