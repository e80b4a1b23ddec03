// After what github.com/shopspring/decimal computes, by which sprig keeps 0.1 + 0.2 at 0.3.
import { invalid } from "@sightline/errors/app-error";

/** A number of decimal digits: `units` × 10^`exponent`. */
export interface Decimal {
  readonly units: bigint;
  readonly exponent: number;
}

/** How many places behind the point a quotient has. */
const quotientPlaces = 16;

/** The shortest decimal that reads back as the float. Throws invalid_argument where the float is none. */
export function decimalOf(value: number): Decimal {
  if (!Number.isFinite(value)) {
    throw invalid(`Cannot create a Decimal from ${Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf"}`);
  }
  if (Number.isSafeInteger(value)) return { units: BigInt(value), exponent: 0 };
  const [mantissa = "0", exponent = "0"] = value.toExponential().split("e");
  const places = mantissa.split(".")[1]?.length ?? 0;
  return { units: BigInt(mantissa.replace(".", "")), exponent: Number(exponent) - places };
}

/** The float that is next to it. */
export function floatOf({ units, exponent }: Decimal): number {
  return Number(`${units}e${exponent}`);
}

function unitsAt({ units, exponent }: Decimal, least: number): bigint {
  return units * 10n ** BigInt(exponent - least);
}

/** a + b */
export function plus(a: Decimal, b: Decimal): Decimal {
  const exponent = Math.min(a.exponent, b.exponent);
  return { units: unitsAt(a, exponent) + unitsAt(b, exponent), exponent };
}

/** a - b */
export function minus(a: Decimal, b: Decimal): Decimal {
  return plus(a, { units: -b.units, exponent: b.exponent });
}

/** a × b */
export function times(a: Decimal, b: Decimal): Decimal {
  return { units: a.units * b.units, exponent: a.exponent + b.exponent };
}

/** a ÷ b with 16 places, the middle away from zero. Throws invalid_argument where b is 0. */
export function dividedBy(a: Decimal, b: Decimal): Decimal {
  if (b.units === 0n) throw invalid("decimal division by 0");
  const shift = a.exponent - b.exponent + quotientPlaces;
  const power = 10n ** BigInt(Math.abs(shift));
  const dividend = shift > 0 ? a.units * power : a.units;
  const divisor = shift < 0 ? b.units * power : b.units;
  const rest = dividend % divisor;
  const isUp = absolute(rest) * 2n >= absolute(divisor);
  const away = dividend < 0n === divisor < 0n ? 1n : -1n;
  return { units: dividend / divisor + (isUp ? away : 0n), exponent: -quotientPlaces };
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value;
}
