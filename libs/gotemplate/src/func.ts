import { AppError } from "@sightline/errors/app-error";
import type { Budget } from "./budget.ts";
import type { Dict, Func, List, Parameter, Time, Value } from "./value.ts";

/** A parameter that knows what its values are. */
export interface Typed<T> extends Parameter {
  /** The value as what it is, or undefined where it is not of the type. */
  read(value: Value): T | undefined;
}

function typed<T>(
  options: Pick<Parameter, "type" | "constant" | "takesNil">,
  read: (value: Value) => T | undefined,
): Typed<T> {
  return { ...options, accepts: (value) => read(value) !== undefined, read };
}

/** A `string`. */
export const text: Typed<string> = typed({ type: "string", constant: "string", takesNil: false }, (value) =>
  typeof value === "string" ? value : undefined,
);

/** An `int`. */
export const int: Typed<bigint> = typed({ type: "int", constant: "int", takesNil: false }, (value) =>
  typeof value === "bigint" ? value : undefined,
);

/** A `float64`. */
export const float: Typed<number> = typed({ type: "float64", constant: "float", takesNil: false }, (value) =>
  typeof value === "number" ? value : undefined,
);

/** Any value: `interface {}`. */
export const any: Typed<Value> = typed({ type: "interface {}", constant: "any", takesNil: true }, (value) => value);

/** A value that is looked at as it is: `reflect.Value`. */
export const reflected: Typed<Value> = { ...any, type: "reflect.Value" };

/** A `time.Time`. */
export const time: Typed<Time> = typed({ type: "time.Time", constant: "none", takesNil: false }, (value) =>
  typeof value === "object" && value?.kind === "time" ? value : undefined,
);

/** A list of texts: `[]string`, or a named type that is one. */
export const texts: Typed<readonly string[]> = typed(
  { type: "[]string", constant: "none", takesNil: true },
  (value) => {
    if (value === null) return [];
    const items = listOf(value)?.type.element === "string" ? (listOf(value)?.items ?? []) : undefined;
    return items?.filter((item) => typeof item === "string");
  },
);

/** A list of anything: `[]interface {}`. */
export const anyList: Typed<readonly Value[]> = typed(
  { type: "[]interface {}", constant: "none", takesNil: true },
  (value) => {
    if (value === null) return [];
    return listOf(value)?.type.element === "interface {}" ? listOf(value)?.items : undefined;
  },
);

/** The value if it is a list. */
export function listOf(value: Value): List | undefined {
  return typeof value === "object" && value?.kind === "list" ? value : undefined;
}

/** The value if it is a map. */
export function dictOf(value: Value): Dict | undefined {
  return typeof value === "object" && value?.kind === "dict" ? value : undefined;
}

function argument<T>(parameter: Typed<T>, value: Value | undefined): T {
  const read = parameter.read(value ?? null);
  if (read === undefined) throw new AppError("internal", `an argument is no ${parameter.type}`);
  return read;
}

/** A function without parameters. */
export function func0(call: (budget: Budget) => Value): Func {
  return { kind: "func", parameters: [], rest: undefined, call: (_, budget) => call(budget) };
}

/** A function of one argument. */
export function func1<A>(a: Typed<A>, call: (a: A, budget: Budget) => Value): Func {
  return { kind: "func", parameters: [a], rest: undefined, call: ([x], budget) => call(argument(a, x), budget) };
}

/** A function of two arguments. */
export function func2<A, B>(a: Typed<A>, b: Typed<B>, call: (a: A, b: B, budget: Budget) => Value): Func {
  return {
    kind: "func",
    parameters: [a, b],
    rest: undefined,
    call: ([x, y], budget) => call(argument(a, x), argument(b, y), budget),
  };
}

/** A function of three arguments. */
export function func3<A, B, C>(
  [a, b, c]: readonly [Typed<A>, Typed<B>, Typed<C>],
  call: (three: readonly [A, B, C], budget: Budget) => Value,
): Func {
  return {
    kind: "func",
    parameters: [a, b, c],
    rest: undefined,
    call: ([x, y, z], budget) => call([argument(a, x), argument(b, y), argument(c, z)], budget),
  };
}

/** A function of any number of arguments. */
export function variadic<R>(rest: Typed<R>, call: (args: readonly R[], budget: Budget) => Value): Func {
  return {
    kind: "func",
    parameters: [],
    rest,
    call: (args, budget) =>
      call(
        args.map((arg) => argument(rest, arg)),
        budget,
      ),
  };
}

/** A function of one argument and any number of further ones. */
export function variadic1<A, R>(
  a: Typed<A>,
  rest: Typed<R>,
  call: (a: A, others: readonly R[], budget: Budget) => Value,
): Func {
  return {
    kind: "func",
    parameters: [a],
    rest,
    call: ([x, ...others], budget) =>
      call(
        argument(a, x),
        others.map((other) => argument(rest, other)),
        budget,
      ),
  };
}
