import { invalid } from "@sightline/errors/app-error";
import { parseGoFloat } from "@sightline/gotext/parse-float";
import { quote } from "@sightline/gotext/quote";
import { unquote } from "@sightline/gotext/unquote";

/** A number of the source: each type that can hold it does. */
export interface ReadNumber {
  readonly int: bigint | undefined;
  readonly float: number | undefined;
}

const maxInt = 2n ** 63n - 1n;
const maxUint = 2n ** 64n - 1n;

const escapePattern = String.raw`\\(?:[abfnrtv\\Q]|x[\da-fA-F]{2}|[0-3][0-7]{2}|u(?![dD][89a-fA-F])[\da-fA-F]{4}|U00(?:0[\da-fA-F]|10)[\da-fA-F]{4})`;
const rightInQuotes = /^[^\\]*$/;
const oneEscape = new RegExp(escapePattern.replace("Q", '"'), "y");
const rightCharacter = new RegExp(`^'(?:[^\\\\'\\n]|${escapePattern.replace("Q", "'")})'$`, "u");

/** What a text constant says (`strconv.Unquote`). Throws invalid_argument where an escape is wrong. */
export function readString(quoted: string): string {
  if (quoted.startsWith("`")) return unquote(quoted).replaceAll("\r", "");
  const inner = quoted.slice(1, -1);
  if (!rightInQuotes.test(inner)) {
    for (let at = inner.indexOf("\\"); at >= 0; at = inner.indexOf("\\", oneEscape.lastIndex)) {
      oneEscape.lastIndex = at;
      if (!oneEscape.test(inner)) throw invalid("invalid syntax");
    }
  }
  return unquote(quoted);
}

/** The number that a character constant is. Throws invalid_argument where it is none. */
export function readCharacter(quoted: string): ReadNumber {
  if (!rightCharacter.test(quoted)) {
    const isSyntax = /^'(?:'|\\)/.test(quoted);
    throw invalid(isSyntax ? "invalid syntax" : `malformed character constant: ${quoted}`);
  }
  const code = characterCode(quoted.slice(1, -1));
  return { int: BigInt(code), float: code };
}

function characterCode(inner: string): number {
  const escaped = /^\\(?:x|u|U)([\da-fA-F]+)$/.exec(inner)?.[1];
  if (escaped !== undefined) return Number.parseInt(escaped, 16);
  const octal = /^\\([0-7]{3})$/.exec(inner)?.[1];
  if (octal !== undefined) return Number.parseInt(octal, 8);
  return unquote(`"${inner}"`).codePointAt(0) ?? 0;
}

/** Reads a number as Go's parser does: in all bases and with underscores. Throws invalid_argument where it is none. */
export function readNumber(text: string): ReadNumber {
  const whole = readInteger(text);
  if (whole !== undefined && whole >= -maxInt - 1n && whole <= maxUint) {
    return { int: whole <= maxInt ? whole : undefined, float: Number(whole) };
  }
  const float = parseGoFloat(text);
  if (float === undefined) throw invalid(`illegal number syntax: ${quote(text)}`);
  if (!/[.eEpP]/.test(text)) throw invalid(`integer overflow: ${quote(text)}`);
  const isInt = Number.isInteger(float) && Math.abs(float) < 2 ** 63;
  return { int: isInt ? BigInt(float) : undefined, float };
}

/** `strconv.ParseInt` with base 0; undefined where it is no whole number. */
function readInteger(text: string): bigint | undefined {
  const [, sign = "", digits = ""] = /^([+-]?)(.*)$/.exec(text) ?? [];
  const isRight =
    /^(?:0|[1-9](?:_?\d)*|0[xX](?:_?[\da-fA-F])+|0[bB](?:_?[01])+|0[oO]?(?:_?[0-7])+)$/.test(digits) &&
    digits.length <= 400;
  if (!isRight) return undefined;
  const plain = digits.replaceAll("_", "");
  const value = BigInt(/^0\d/.test(plain) ? `0o${plain.slice(1)}` : plain);
  return sign === "-" ? -value : value;
}
