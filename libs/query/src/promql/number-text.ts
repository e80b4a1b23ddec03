/**
 * The number that a token says: decimal, hexadecimal (`0x1F`), octal (`017`), `Inf`, `NaN`, with `_` between digits; null when it
 * is none, or beyond what a float can be.
 */
export function parseNumber(text: string): number | null {
  const lower = text.toLowerCase();
  if (lower === "inf" || lower === "+inf") return Number.POSITIVE_INFINITY;
  if (lower === "-inf") return Number.NEGATIVE_INFINITY;
  if (lower === "nan") return Number.NaN;
  if (/^_|_$|__|_[.e]|[.e]_/.test(lower)) return null;
  const plain = lower.replaceAll("_", "");
  if (/^0x[0-9a-f]+$/.test(plain)) return Number(plain);
  if (/^0[0-7]+$/.test(plain)) return Number.parseInt(plain, 8);
  if (!/^(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/.test(plain)) return null;
  const number = Number(plain);
  return Number.isFinite(number) ? number : null;
}

/** The number as Go's `strconv.FormatFloat(x, 'f', -1, 64)` writes it: never with an exponent. */
export function formatNumber(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  if (Object.is(value, -0)) return "-0";
  const text = String(value);
  const [digits = "", exponent] = text.split("e");
  if (exponent === undefined) return text;
  const [whole = "", fraction = ""] = digits.replace("-", "").split(".");
  const shift = Number(exponent);
  const sign = value < 0 ? "-" : "";
  if (shift < 0) return `${sign}0.${"0".repeat(-shift - whole.length)}${whole}${fraction}`;
  return `${sign}${whole}${fraction.padEnd(shift, "0")}`;
}

/** The number as Go's `%g` writes it: with an exponent below 1e-4 and from a million on. */
export function formatShort(value: number): string {
  if (Number.isNaN(value) || !Number.isFinite(value)) return formatNumber(value);
  if (Object.is(value, -0)) return "-0";
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e6)) {
    const [digits = "", exponent = ""] = value.toExponential().split("e");
    const power = exponent.slice(1).padStart(2, "0");
    return `${digits}e${exponent.startsWith("-") ? "-" : "+"}${power}`;
  }
  return formatNumber(value);
}
