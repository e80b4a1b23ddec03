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
