// After strconv/ftoa.go of Go 1.26. JavaScript rounds what lies in the middle up, Go to the even digit.

/** Digits behind a point, and by how many places the point is to be moved right: 0.d × 10^point. */
interface Decimal {
  readonly digits: string;
  readonly point: number;
}

/** How floats are written, as in `strconv.FormatFloat`. */
export type FloatForm = "e" | "E" | "f" | "g" | "G";

/** A float in one of the forms, with so many digits; -1 gives as many as it needs to be read back as the same. */
export function formatFloat(value: number, form: FloatForm, precision: number): string {
  if (precision < 0 && form === "f") return formatNumber(value);
  if (precision < 0 && form === "g") return formatShort(value);
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value < 0 ? "-Inf" : "+Inf";
  const text = formatSize(Math.abs(value), form, precision);
  const signed = value < 0 || Object.is(value, -0) ? `-${text}` : text;
  return form === "E" || form === "G" ? signed.toUpperCase() : signed;
}

/** The shortest form without an exponent that reads back as the same: `strconv.FormatFloat(x, 'f', -1, 64)`. */
export function formatNumber(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  if (Object.is(value, -0)) return "-0";
  const text = String(value);
  if (!text.includes("e")) return text;
  const decimal = shortest(Math.abs(value));
  const size = plain(decimal, Math.max(decimal.digits.length - decimal.point, 0));
  return value < 0 ? `-${size}` : size;
}

/**
 * The shortest form that reads back as the same, with an exponent below 1e-4 and from 1e6 on: `%v` and `%g` of Go,
 * `strconv.FormatFloat(x, 'g', -1, 64)`.
 */
export function formatShort(value: number): string {
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-4 && size < 1e6) || !Number.isFinite(value)) return formatNumber(value);
  const decimal = shortest(size);
  const text = scientific(decimal, decimal.digits.length - 1);
  return value < 0 ? `-${text}` : text;
}

function formatSize(size: number, form: FloatForm, precision: number): string {
  if (form === "f") {
    if (size < 1e21 && precision <= 100 && !isBetween(size, precision)) return size.toFixed(precision);
    const decimal = exact(size);
    return plain(round(decimal, decimal.point + precision), precision);
  }
  if (form === "e" || form === "E") {
    if (precision >= 0) return scientific(round(exact(size), precision + 1), precision);
    const decimal = shortest(size);
    return scientific(decimal, decimal.digits.length - 1);
  }
  return precision < 0 ? formatShort(size) : general(size, Math.max(precision, 1));
}

/** Whether a float lies in the middle of two numbers of so many places: then it is an odd number of times the power of two below. */
function isBetween(size: number, places: number): boolean {
  return (size * 2 ** (places + 1)) % 2 === 1;
}

function general(size: number, precision: number): string {
  const { digits: written, point } = round(exact(size), precision);
  const digits = written.replace(/0+$/, "");
  const limit = precision > digits.length && digits.length >= point ? digits.length : precision;
  const exponent = point - 1;
  if (exponent < -4 || exponent >= limit) return scientific({ digits, point }, digits.length - 1);
  return plain({ digits, point }, Math.max(digits.length - point, 0));
}

function shortest(size: number): Decimal {
  if (size === 0) return { digits: "", point: 0 };
  const [mantissa = "", exponent = "0"] = size.toExponential().split("e");
  return { digits: mantissa.replace(".", ""), point: Number(exponent) + 1 };
}

const bits = new DataView(new ArrayBuffer(8));

function exact(size: number): Decimal {
  if (size === 0) return { digits: "", point: 0 };
  bits.setFloat64(0, size);
  const raw = bits.getBigUint64(0);
  const biased = Number(raw >> 52n) & 0x7ff;
  const fraction = raw & 0xf_ffff_ffff_ffffn;
  const mantissa = biased === 0 ? fraction : fraction | 0x10_0000_0000_0000n;
  const power = Math.max(biased, 1) - 1075;
  if (power >= 0) {
    const digits = (mantissa << BigInt(power)).toString();
    return { digits, point: digits.length };
  }
  const digits = (mantissa * 5n ** BigInt(-power)).toString();
  return { digits, point: digits.length + power };
}

function round({ digits, point }: Decimal, count: number): Decimal {
  if (count >= digits.length) return { digits, point };
  if (count < 0) return { digits: "", point: 0 };
  const rest = digits.slice(count);
  const isMiddle = /^50*$/.test(rest);
  const isOdd = Number(digits[count - 1] ?? "0") % 2 === 1;
  const isUp = isMiddle ? isOdd : (rest[0] ?? "0") >= "5";
  const kept = digits.slice(0, count);
  if (!isUp) return { digits: kept, point };
  const raised = (BigInt(kept || "0") + 1n).toString();
  return raised.length > count ? { digits: raised, point: point + 1 } : { digits: raised.padStart(count, "0"), point };
}

function plain({ digits, point }: Decimal, places: number): string {
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, "0") : "0";
  if (places <= 0) return whole;
  const behind = point >= 0 ? digits.slice(point) : "0".repeat(-point) + digits;
  return `${whole}.${behind.slice(0, places).padEnd(places, "0")}`;
}

function scientific({ digits, point }: Decimal, places: number): string {
  const first = digits[0] ?? "0";
  const behind = places > 0 ? `.${digits.slice(1, places + 1).padEnd(places, "0")}` : "";
  const exponent = digits === "" ? 0 : point - 1;
  return `${first}${behind}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}
