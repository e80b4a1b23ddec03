import { quote } from "./quote.ts";

// Written so that there is one way to read each digit: values are as long as their lines.
const decimal = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const hexadecimal = /^([+-]?)0[xX]([0-9a-fA-F]*)(?:\.([0-9a-fA-F]*))?[pP]([+-]?\d+)$/;
const infinity = /^([+-]?)inf(?:inity)?$/i;

/** A number as Go's `strconv.ParseFloat` reads it; NaN only for "NaN". Undefined for what it refuses: see `floatProblem`. */
export function parseGoFloat(text: string): number | undefined {
  if (text.includes("_")) return isSeparated(text) ? parseGoFloat(text.replaceAll("_", "")) : undefined;
  if (decimal.test(text)) {
    const value = Number(text);
    return Number.isFinite(value) ? value : undefined;
  }
  const infinite = infinity.exec(text);
  if (infinite !== null) return infinite[1] === "-" ? -Infinity : Infinity;
  if (text.toLowerCase() === "nan") return Number.NaN;
  return parseHexadecimal(text);
}

/** Whether underscores stand between digits only, or behind the sign of the base, and the text is written in digits. */
function isSeparated(text: string): boolean {
  const misplaced = /^[+-]?0[xX]/.test(text) ? /(?<![\da-fA-FxX])_|_(?![\da-fA-F])/ : /(?<!\d)_|_(?!\d)/;
  return !misplaced.test(text);
}

function parseHexadecimal(text: string): number | undefined {
  const parts = hexadecimal.exec(text);
  if (parts === null) return undefined;
  const [, sign, whole = "", fraction = "", exponent = "0"] = parts;
  if (whole === "" && fraction === "") return undefined;
  const value = Number.parseInt(`${whole}${fraction}`, 16) * 2 ** (Number(exponent) - 4 * fraction.length);
  if (!Number.isFinite(value)) return undefined;
  return sign === "-" ? -value : value;
}

/** What Go says of a text that `parseGoFloat` refuses. */
export function floatProblem(text: string): string {
  const plain = isSeparated(text) ? text.replaceAll("_", "") : text;
  const why = decimal.test(plain) || hexadecimal.test(plain) ? "value out of range" : "invalid syntax";
  return `strconv.ParseFloat: parsing ${quote(text)}: ${why}`;
}
