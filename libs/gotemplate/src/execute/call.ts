// After evalCall of text/template/exec.go of Go 1.26.
import { AppError } from "@sightline/errors/app-error";
import { exhausted, stepUnits } from "../budget.ts";
import { and, call, callFunction, or } from "../functions/builtins.ts";
import { formatNode } from "../parse/format-node.ts";
import type { Command, Operand } from "../parse/node.ts";
import { type Func, isTrue, type Parameter, typeName, type Value } from "../value.ts";
import { problem, type State } from "./state.ts";

/** With what something is called, if it is a function. */
export interface Given {
  readonly args: readonly Operand[];
  /** The value of the command before in the pipeline, which becomes the last argument. */
  readonly piped: Value | undefined;
  readonly dot: Value;
  /** The value of an argument. */
  readonly evaluate: (
    state: State,
    dot: Value,
    argument: { readonly parameter: Parameter; readonly operand: Operand },
  ) => Value;
  /** What messages about the call show. */
  readonly node: Command | Operand;
}

interface Call extends Given {
  readonly name: string;
}

/** Calls a function with the arguments of a command. */
export function callWith(state: State, func: Func, given: Call): Value {
  const { args, piped, name } = given;
  const { parameters, rest } = func;
  const count = args.length + (piped === undefined ? 0 : 1);
  if (rest !== undefined && count < parameters.length) {
    const wanted = `want at least ${parameters.length} got ${args.length}`;
    throw problem(state, `wrong number of args for ${name}: ${wanted}`);
  }
  if (rest === undefined && count !== parameters.length) {
    throw problem(state, `wrong number of args for ${name}: want ${parameters.length} got ${count}`);
  }
  if (func === and || func === or) return firstThat(state, func === or, given);
  const values = args.map((operand, index) => {
    return given.evaluate(state, given.dot, { parameter: parameterAt(func, index), operand });
  });
  if (piped !== undefined) values.push(validatePiped(state, piped, parameterAt(func, args.length)));
  return run(state, { func, values }, given);
}

function parameterAt({ parameters, rest }: Func, index: number): Parameter {
  const parameter = parameters[index] ?? rest;
  if (parameter === undefined) throw new AppError("internal", `a function has no parameter ${index}`);
  return parameter;
}

function validatePiped(state: State, value: Value, parameter: Parameter): Value {
  if (value === null ? parameter.takesNil : parameter.accepts(value)) return value;
  if (value === null) throw problem(state, `invalid value; expected ${parameter.type}`);
  throw problem(state, `wrong type for value; expected ${parameter.type}; got ${typeName(value)}`);
}

/** `and` and `or` look at no argument behind the one that decides. */
function firstThat(state: State, truth: boolean, { args, piped, dot, evaluate }: Call): Value {
  let value: Value = null;
  for (const operand of args) {
    value = evaluate(state, dot, { parameter: parameterAt(and, 0), operand });
    if (isTrue(value) === truth) return value;
  }
  return piped ?? (piped === undefined ? value : null);
}

interface Invocation {
  readonly func: Func;
  readonly values: readonly Value[];
}

function run(state: State, { func, values }: Invocation, { name, args, node }: Call): Value {
  const { budget, maxCharacters } = state.environment;
  budget.spend(stepUnits + values.reduce((total: number, value) => total + sizeOf(value), 0));
  try {
    const result = func === call ? callFunction(calleeName(args, values), values, budget) : func.call(values, budget);
    budget.spend(sizeOf(result));
    if (typeof result === "string" && result.length > maxCharacters) {
      throw exhausted(`a text is longer than ${maxCharacters} characters`);
    }
    return result;
  } catch (thrown) {
    const { code, message } = AppError.from(thrown);
    if (code !== "invalid_argument") throw thrown;
    state.node = node;
    throw problem(state, `error calling ${name}: ${message}`, thrown);
  }
}

function calleeName([first]: readonly Operand[], [value]: readonly Value[]): string {
  return first === undefined ? typeName(value ?? null) : formatNode(first);
}

/** What there is to look at in a value. */
function sizeOf(value: Value): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null) return 1;
  if (value.kind === "list") return value.items.length;
  if (value.kind === "named") return sizeOf(value.base);
  return value.kind === "dict" ? value.entries.size : 1;
}
