/** A signed 64-bit integer: a number while that is exact, else a bigint. */
export type Int64 = number | bigint;

/** The integer in its one form, wrapped to 64 bits as Go's are. */
export function int64Of(value: bigint): Int64 {
  const wrapped = BigInt.asIntN(64, value);
  const asNumber = Number(wrapped);
  return Number.isSafeInteger(asNumber) ? asNumber : wrapped;
}

/** The integer that decimal digits say; null from 2^63 on. */
export function parseInt64(digits: string): Int64 | null {
  const value = Number(digits);
  if (Number.isSafeInteger(value)) return value;
  const exact = BigInt(digits);
  return BigInt.asIntN(64, exact) === exact ? int64Of(exact) : null;
}

/** Integer arithmetic as Go has it: it wraps, and division cuts off. Null for what has no value, such as division by 0. */
export function computeInt64(operator: "+" | "-" | "*" | "/" | "%" | "^", left: Int64, right: Int64): Int64 | null {
  if (typeof left === "number" && typeof right === "number") {
    const result = fast[operator](left, right);
    if (Number.isSafeInteger(result)) return result === 0 ? 0 : result;
  }
  return slow(operator, BigInt(left), BigInt(right));
}

type Fast = (left: number, right: number) => number;

/** What these give is exact when it is a safe integer. */
const fast: Readonly<Record<"+" | "-" | "*" | "/" | "%" | "^", Fast>> = {
  "+": (left, right) => left + right,
  "-": (left, right) => left - right,
  "*": (left, right) => left * right,
  "/": (left, right) => Math.trunc(left / right),
  "%": (left, right) => left % right,
  "^": (left, right) => (right < 0 ? Number.NaN : left ** right),
};

/** Beyond this a power of anything but -1, 0 and 1 has long wrapped to 0 or to what nobody meant. */
const MAX_EXPONENT = 64n;

function slow(operator: "+" | "-" | "*" | "/" | "%" | "^", left: bigint, right: bigint): Int64 | null {
  switch (operator) {
    case "+":
      return int64Of(left + right);
    case "-":
      return int64Of(left - right);
    case "*":
      return int64Of(left * right);
    case "/":
      return right === 0n ? null : int64Of(left / right);
    case "%":
      return right === 0n ? null : int64Of(left % right);
    case "^":
      return right < 0n || right > MAX_EXPONENT ? null : int64Of(left ** right);
  }
}
