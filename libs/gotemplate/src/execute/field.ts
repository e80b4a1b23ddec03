// After evalField of text/template/exec.go of Go 1.26.
import { quote } from "@sightline/gotext/quote";
import { stepUnits } from "../budget.ts";
import type { Chain, Field, Operand, Variable } from "../parse/node.ts";
import { timeMethods } from "../time/time-methods.ts";
import { type Func, typeName, type Value } from "../value.ts";
import { type Argument, compileCall, type Given, type Site } from "./call.ts";
import { problem, type State } from "./state.ts";

/** Names that are looked up one in the other, the last of them with arguments if it is a method. */
export interface Names {
  readonly node: Field | Chain | Variable;
  readonly names: readonly string[];
  readonly operands: readonly Operand[];
  readonly args: readonly Argument[];
}

/** Looks names up from a value on: fields, keys and methods. Without `given` there are no arguments. */
export type LookUp = (state: State, receiver: Value, given: Given | undefined) => Value;

/** Makes the look-up of at least one name ready. */
export function compileNames({ node, names, operands, args }: Names): LookUp {
  const steps = names.map((name, index) => {
    const isLast = index === names.length - 1;
    return compileName(isLast ? { name, node, operands, args } : { name, node, operands: [], args: [] });
  });
  const [only] = steps;
  if (steps.length === 1 && only !== undefined) return only;
  return (state, receiver, given) => {
    let value = receiver;
    // Go tells a nil that is there from one that is missing, of which every field is nil again.
    let isNilThere = false;
    for (const [index, step] of steps.entries()) {
      const name = names[index] ?? "";
      if (value === null && isNilThere) throw problem(state, `nil pointer evaluating interface {}.${name}`);
      isNilThere = hasKey(state, value, name);
      value = step(state, value, index === steps.length - 1 ? given : undefined);
    }
    return value;
  };
}

function hasKey({ environment }: State, value: Value, name: string): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (value.kind === "dict") return value.entries.has(name) || environment.missingKey === "zero";
  return value.kind === "struct";
}

const nothing: Given = { dot: null, piped: undefined };

function compileName(site: Site): LookUp {
  const { name } = site;
  const call = compileCall(site);
  return (state, receiver, given) => {
    state.budget.spend(stepUnits);
    if (receiver === null) return fieldOfNil(state, name);
    if (typeof receiver === "object") {
      const method = methodOf(receiver, name);
      if (method !== undefined) return call(state, method, given ?? nothing);
      if (receiver.kind === "dict") {
        if (given !== undefined) throw problem(state, `${name} is not a method but has arguments`);
        const { entries, type } = receiver;
        return entries.get(name) ?? missing(state, entries.has(name) ? null : type.zero, name);
      }
      if (receiver.kind === "struct" && Object.hasOwn(receiver.fields, name)) {
        if (given !== undefined) throw problem(state, `${name} has arguments but cannot be invoked as function`);
        return receiver.fields[name] ?? null;
      }
    }
    throw problem(state, `can't evaluate field ${name} in type ${typeName(receiver)}`);
  };
}

function fieldOfNil(state: State, name: string): Value {
  if (state.environment.missingKey === "error") throw problem(state, `nil data; no entry for key ${quote(name)}`);
  return null;
}

function missing(state: State, zero: Value, name: string): Value {
  const { missingKey } = state.environment;
  if (missingKey === "error") throw problem(state, `map has no entry for key ${quote(name)}`);
  return missingKey === "zero" ? zero : null;
}

/** The method of a value, bound to it. */
function methodOf(value: Exclude<Value, null | string | number | bigint | boolean>, name: string): Func | undefined {
  switch (value.kind) {
    case "time":
      return own(timeMethods, name)?.(value);
    case "list":
      return own(value.type.methods, name)?.(value);
    case "dict":
      return own(value.type.methods, name)?.(value);
    case "struct":
      return own(value.type.methods, name)?.(value);
    case "named":
      return own(value.type.methods, name)?.(value);
    default:
      return undefined;
  }
}

function own<M>(methods: Readonly<Record<string, M>> | undefined, name: string): M | undefined {
  return methods !== undefined && Object.hasOwn(methods, name) ? methods[name] : undefined;
}
