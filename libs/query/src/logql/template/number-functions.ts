// After numeric.go of github.com/Masterminds/sprig 3.3, and github.com/spf13/cast, which it reads values by.
import { invalid } from "@sightline/errors/app-error";
import type { Budget } from "@sightline/gotemplate/budget";
import { any, float, func1, func2, int, variadic, variadic1 } from "@sightline/gotemplate/func";
import { baseOf, type Func, type Named, type TypeOf, type Value } from "@sightline/gotemplate/value";
import { parseGoFloat } from "@sightline/gotext/parse-float";
import { type Decimal, decimalOf, dividedBy, floatOf, minus, plus, times } from "./decimal.ts";

const int64Type: TypeOf<Named> = { name: "int64" };

/** Go's `int64`, which is another type than `int`. */
function int64(value: bigint): Named {
  return { kind: "named", type: int64Type, base: BigInt.asIntN(64, value) };
}

const leastInt = -(2n ** 63n);

/** An integer of anything: what is no number is 0. */
function toInteger(value: Value): bigint {
  const base = baseOf(value);
  if (typeof base === "bigint") return base;
  if (typeof base === "number") return Math.abs(base) < 2 ** 63 ? BigInt(Math.trunc(base)) : leastInt;
  if (typeof base === "boolean") return base ? 1n : 0n;
  return typeof base === "string" ? parseInteger(base.replace(/\.0+$/, "")) : 0n;
}

const integer = /^([+-]?)(0[xX](?:_?[\da-fA-F])+|0[bB](?:_?[01])+|0[oO]?(?:_?[0-7])+|0|[1-9](?:_?\d)*)$/;

/** `strconv.ParseInt` with base 0; 0 for what that refuses. */
function parseInteger(text: string): bigint {
  const [, sign = "", written = ""] = integer.exec(text) ?? [];
  const digits = written.replaceAll("_", "");
  if (digits === "" || digits.length > 66) return 0n;
  const size = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  const value = sign === "-" ? -size : size;
  return BigInt.asIntN(64, value) === value ? value : 0n;
}

/** A number of anything: what is none is 0. */
function toFloat(value: Value): number {
  const base = baseOf(value);
  if (typeof base === "number") return base;
  if (typeof base === "bigint" || typeof base === "boolean") return Number(base);
  return typeof base === "string" ? (parseGoFloat(base) ?? 0) : 0;
}

function integers(call: (a: bigint, b: bigint) => bigint): Func {
  return variadic1(any, any, (first, others) =>
    int64(others.map(toInteger).reduce((a, b) => call(a, b), toInteger(first))),
  );
}

function decimals(call: (a: Decimal, b: Decimal) => Decimal): Func {
  return variadic1(any, any, (first, others, budget) => inDecimals(call, [first, ...others], budget));
}

function inDecimals(call: (a: Decimal, b: Decimal) => Decimal, values: readonly Value[], budget: Budget): number {
  // Digits add up where numbers are multiplied.
  budget.spend(400 * values.length ** 2);
  return floatOf(values.map((value) => decimalOf(toFloat(value))).reduce((a, b) => call(a, b)));
}

function floats(call: (a: number, b: number) => number): Func {
  return variadic1(any, any, (first, others) => others.map(toFloat).reduce((a, b) => call(a, b), toFloat(first)));
}

function dividing(call: (a: bigint, b: bigint) => bigint): Func {
  return func2(any, any, (a, b) => {
    const divisor = toInteger(b);
    if (divisor === 0n) throw invalid("runtime error: integer divide by zero");
    return int64(call(toInteger(a), divisor));
  });
}

/** `round x places from`: what is behind the places counts as one more from that fraction on, a half unless it is given. */
const round: Func = {
  kind: "func",
  parameters: [any, int],
  rest: float,
  call([value = null, places = null, from = null]) {
    const power = 10 ** Number(int.read(places) ?? 0n);
    const moved = power * toFloat(value);
    const isUp = moved % 1 >= (float.read(from) ?? 0.5);
    return (isUp ? Math.ceil(moved) : Math.floor(moved)) / power;
  },
};

/** Math.max knows no bigints. */
function largerOf(a: bigint, b: bigint): bigint {
  const isLarger = a > b;
  return isLarger ? a : b;
}

function smallerOf(a: bigint, b: bigint): bigint {
  return largerOf(a, b) === a ? b : a;
}

/** The functions for numbers that Loki has, from sprig. */
export const numberFunctions: ReadonlyMap<string, Func> = new Map([
  ["int", func1(any, toInteger)],
  ["float64", func1(any, toFloat)],
  ["add", variadic(any, (values) => int64(values.reduce((sum: bigint, value) => sum + toInteger(value), 0n)))],
  ["sub", func2(any, any, (a, b) => int64(toInteger(a) - toInteger(b)))],
  ["mul", integers((a, b) => BigInt.asIntN(64, a * b))],
  ["div", dividing((a, b) => a / b)],
  ["mod", dividing((a, b) => a % b)],
  ["max", integers(largerOf)],
  ["min", integers(smallerOf)],
  ["addf", variadic(any, (values, budget) => inDecimals(plus, [0, ...values], budget))],
  ["subf", decimals(minus)],
  ["mulf", decimals(times)],
  ["divf", decimals(dividedBy)],
  ["maxf", floats(Math.max)],
  ["minf", floats(Math.min)],
  ["ceil", func1(any, (value) => Math.ceil(toFloat(value)))],
  ["floor", func1(any, (value) => Math.floor(toFloat(value)))],
  ["round", round],
]);
