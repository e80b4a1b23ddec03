// After evalCall of text/template/exec.go of Go 1.26.
import { AppError } from "@sightline/errors/app-error";
import { exhausted, stepUnits } from "../budget.ts";
import { and, call, callFunction, or } from "../functions/builtins.ts";
import { formatNode } from "../parse/format-node.ts";
import type { Command, Operand } from "../parse/node.ts";
import { type Func, isTrue, type Parameter, typeName, type Value } from "../value.ts";
import { problem, type State } from "./state.ts";

/** An operand that was made ready to be the argument of a function: gives its value, which is one that the parameter takes. */
export type Argument = (state: State, dot: Value, parameter: Parameter) => Value;

/** A place in a template at which something is called, if it is a function. */
export interface Site {
  readonly name: string;
  /** What messages about the call show. */
  readonly node: Command | Operand;
  readonly operands: readonly Operand[];
  /** The operands, made ready. */
  readonly args: readonly Argument[];
}

/** What a call can see of where the execution is. */
export interface Given {
  readonly dot: Value;
  /** The value of the command before in the pipeline, which becomes the last argument. */
  readonly piped: Value | undefined;
}

/** Calls a function at the place that it was made for. */
export type Call = (state: State, func: Func, given: Given) => Value;

/** Makes a call ready. */
export function compileCall(site: Site): Call {
  const { args } = site;
  return (state, func, given) => {
    const { dot, piped } = given;
    checkCount(state, func, { site, hasPiped: piped !== undefined });
    if (func === and || func === or) return firstThat(state, func, { args, given });
    const values: Value[] = [];
    for (const argument of args) values.push(argument(state, dot, parameterAt(func, values.length)));
    if (piped !== undefined) values.push(validatePiped(state, piped, parameterAt(func, values.length)));
    return run(state, { func, values }, site);
  };
}

interface Counted {
  readonly site: Site;
  readonly hasPiped: boolean;
}

function checkCount(state: State, { parameters, rest }: Func, { site, hasPiped }: Counted): void {
  const count = site.args.length + (hasPiped ? 1 : 0);
  if (rest === undefined ? count === parameters.length : count >= parameters.length) return;
  const wanted =
    rest === undefined
      ? `want ${parameters.length} got ${count}`
      : `want at least ${parameters.length} got ${site.args.length}`;
  throw problem(state, `wrong number of args for ${site.name}: ${wanted}`);
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

interface Choice {
  readonly args: readonly Argument[];
  readonly given: Given;
}

/** `and` and `or` look at no argument behind the one that decides. */
function firstThat(state: State, func: Func, { args, given: { dot, piped } }: Choice): Value {
  let value: Value = null;
  for (const argument of args) {
    value = argument(state, dot, parameterAt(func, 0));
    if (isTrue(value) === (func === or)) return value;
  }
  return piped ?? (piped === undefined ? value : null);
}

interface Invocation {
  readonly func: Func;
  readonly values: readonly Value[];
}

function run(state: State, { func, values }: Invocation, { name, operands, node }: Site): Value {
  const { budget, environment } = state;
  budget.spend(stepUnits + sizeOfAll(values));
  try {
    const result =
      func === call ? callFunction(calleeName(operands, values), values, budget) : func.call(values, budget);
    budget.spend(sizeOf(result));
    if (typeof result === "string" && result.length > environment.maxCharacters) {
      throw exhausted(`a text is longer than ${environment.maxCharacters} characters`);
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

function sizeOfAll(values: readonly Value[]): number {
  let size = 0;
  for (const value of values) size += sizeOf(value);
  return size;
}

/** What there is to look at in a value. */
function sizeOf(value: Value): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null) return 1;
  if (value.kind === "list") return value.items.length;
  if (value.kind === "named") return sizeOf(value.base);
  return value.kind === "dict" ? value.entries.size : 1;
}
