// After evalField of text/template/exec.go of Go 1.26.
import { quote } from "@sightline/gotext/quote";
import { stepUnits } from "../budget.ts";
import type { Chain, Field, Variable } from "../parse/node.ts";
import { timeMethods } from "../time/time-methods.ts";
import { type Func, typeName, type Value } from "../value.ts";
import { callWith, type Given } from "./call.ts";
import { problem, type State } from "./state.ts";

/** Names that are looked up one in the other, the last of them with arguments if it is a method. */
export interface Names {
  readonly node: Field | Chain | Variable;
  readonly names: readonly string[];
  readonly given: Given;
}

/** The value at the end of a chain of fields, keys and methods. */
export function fieldOf(state: State, receiver: Value, { node, names, given }: Names): Value {
  let value = receiver;
  // Go tells a nil that is there from one that is missing, of which every field is nil again.
  let isNilThere = false;
  for (const [index, name] of names.entries()) {
    const isLast = index === names.length - 1;
    if (value === null && index > 0 && isNilThere) throw problem(state, `nil pointer evaluating interface {}.${name}`);
    isNilThere = hasKey(state, value, name);
    value = oneField(state, value, { name, node, given: isLast ? given : withoutArguments(given) });
  }
  return value;
}

function withoutArguments({ dot, evaluate, node }: Given): Given {
  return { args: [], piped: undefined, dot, evaluate, node };
}

function hasKey({ environment }: State, value: Value, name: string): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (value.kind === "dict") return value.entries.has(name) || environment.missingKey === "zero";
  return value.kind === "struct";
}

interface Name {
  readonly name: string;
  readonly node: Field | Chain | Variable;
  readonly given: Given;
}

function oneField(state: State, receiver: Value, { name, node, given }: Name): Value {
  state.environment.budget.spend(stepUnits);
  if (receiver === null) {
    if (state.environment.missingKey === "error") throw problem(state, `nil data; no entry for key ${quote(name)}`);
    return null;
  }
  const method = methodOf(receiver, name);
  if (method !== undefined) {
    const { args, piped, dot, evaluate } = given;
    return callWith(state, method, { args, piped, dot, evaluate, node, name });
  }
  const hasArguments = given.args.length > 0 || given.piped !== undefined;
  if (typeof receiver === "object" && receiver.kind === "struct" && Object.hasOwn(receiver.fields, name)) {
    if (hasArguments) throw problem(state, `${name} has arguments but cannot be invoked as function`);
    return receiver.fields[name] ?? null;
  }
  if (typeof receiver === "object" && receiver.kind === "dict") {
    if (hasArguments) throw problem(state, `${name} is not a method but has arguments`);
    return receiver.entries.get(name) ?? missing(state, receiver.entries.has(name) ? null : receiver.type.zero, name);
  }
  throw problem(state, `can't evaluate field ${name} in type ${typeName(receiver)}`);
}

function missing(state: State, zero: Value, name: string): Value {
  const { missingKey } = state.environment;
  if (missingKey === "error") throw problem(state, `map has no entry for key ${quote(name)}`);
  return missingKey === "zero" ? zero : null;
}

/** The method of a value, bound to it. */
function methodOf(value: Value, name: string): Func | undefined {
  if (typeof value !== "object" || value === null) return undefined;
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
