import { parseGoFloat } from "@sightline/gotext/parse-float";
import type { TemplateFunction } from "./function.ts";
import { TemplateError, type TemplateValue } from "./value.ts";

/** An integer of anything: what is no number is 0, as in sprig. */
function toInteger(value: TemplateValue): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value === "number") return Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n;
  if (typeof value === "boolean") return value ? 1n : 0n;
  if (typeof value !== "string") return 0n;
  const text = value.trim().replace(/\.0*$/, "");
  const [, sign = "", digits = ""] = /^([+-]?)(0[xX][\da-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9]\d*)$/.exec(text) ?? [];
  if (digits === "") return 0n;
  const size = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  return BigInt.asIntN(64, sign === "-" ? -size : size);
}

/** A number of anything: what is none is 0. */
function toFloat(value: TemplateValue): number {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "boolean") return value ? 1 : 0;
  return typeof value === "string" ? (parseGoFloat(value) ?? 0) : 0;
}

function integers(least: number, call: (a: bigint, b: bigint) => bigint): TemplateFunction {
  return {
    parameters: [],
    rest: "any",
    least,
    call: (values) =>
      BigInt.asIntN(
        64,
        values.map(toInteger).reduce((a, b) => call(a, b)),
      ),
  };
}

function floats(call: (a: number, b: number) => number): TemplateFunction {
  return { parameters: ["any"], rest: "any", call: (values) => values.map(toFloat).reduce((a, b) => call(a, b)) };
}

function dividing(call: (a: bigint, b: bigint) => bigint): TemplateFunction {
  return {
    parameters: ["any", "any"],
    call([a = null, b = null]) {
      const divisor = toInteger(b);
      if (divisor === 0n) throw new TemplateError("runtime error: integer divide by zero");
      return call(toInteger(a), divisor);
    },
  };
}

function round(value: number, places: number, roundOn: number): number {
  const power = 10 ** places;
  const digit = power * value;
  const fraction = Math.abs(digit % 1);
  return (fraction >= roundOn ? Math.ceil(digit) : Math.floor(digit)) / power;
}

/** Math.max knows no bigints. */
function largerOf(a: bigint, b: bigint): bigint {
  const isLarger = a > b;
  return isLarger ? a : b;
}

function smallerOf(a: bigint, b: bigint): bigint {
  return largerOf(a, b) === a ? b : a;
}

/** The functions for numbers that Loki has, from sprig. */
export const numberFunctions: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>([
  ["int", { parameters: ["any"], call: ([value = null]) => toInteger(value) }],
  ["float64", { parameters: ["any"], call: ([value = null]) => toFloat(value) }],
  ["add", integers(1, (a, b) => a + b)],
  ["sub", integers(2, (a, b) => a - b)],
  ["mul", integers(1, (a, b) => a * b)],
  ["div", dividing((a, b) => a / b)],
  ["mod", dividing((a, b) => a % b)],
  ["max", integers(1, largerOf)],
  ["min", integers(1, smallerOf)],
  ["addf", floats((a, b) => a + b)],
  ["subf", floats((a, b) => a - b)],
  ["mulf", floats((a, b) => a * b)],
  ["divf", floats((a, b) => a / b)],
  ["maxf", floats(Math.max)],
  ["minf", floats(Math.min)],
  ["ceil", { parameters: ["any"], call: ([value = null]) => Math.ceil(toFloat(value)) }],
  ["floor", { parameters: ["any"], call: ([value = null]) => Math.floor(toFloat(value)) }],
  [
    "round",
    {
      parameters: ["any", "int"],
      rest: "float",
      call: ([value = null, places = 0n, roundOn = 0.5]) => round(toFloat(value), Number(places), toFloat(roundOn)),
    },
  ],
]);
