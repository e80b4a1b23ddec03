// After fmt/format.go of Go 1.26: what each verb makes of texts, numbers and booleans.

import { formatFloat } from "@sightline/gotext/format-float";
import { quote } from "@sightline/gotext/quote";
import { type Directive, pad } from "./directive.ts";

/** A text by `%v %s %q %x %X`; undefined for other verbs. */
export function formatText(value: string, directive: Directive): string | undefined {
  const { verb, precision, sharpV } = directive;
  if (verb === "x" || verb === "X") return formatHex(value, directive);
  const cut = precision === undefined ? value : cutCharacters(value, precision);
  if (verb === "q" || (verb === "v" && sharpV)) return pad(quoteText(cut, directive), directive);
  return verb === "v" || verb === "s" ? pad(cut, directive) : undefined;
}

function cutCharacters(text: string, count: number): string {
  let kept = "";
  let left = count;
  for (const character of text) {
    if (left-- <= 0) break;
    kept += character;
  }
  return kept;
}

function quoteText(text: string, { sharp, plus }: Directive): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: Go quotes texts with them otherwise.
  const canBackquote = !/[\u0000-\u0008\u000a-\u001f\u007f`\ufeff]/.test(text);
  if (sharp && canBackquote) return `\`${text}\``;
  return plus ? inAscii(quote(text)) : quote(text);
}

function inAscii(quoted: string): string {
  return quoted.replace(/[\u0080-\u{10ffff}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x1_0000 ? `\\u${code.toString(16).padStart(4, "0")}` : `\\U${code.toString(16).padStart(8, "0")}`;
  });
}

function formatHex(value: string, directive: Directive): string {
  const { precision, space, sharp, verb } = directive;
  const bytes = Buffer.from(value).subarray(0, precision);
  const prefix = sharp && bytes.length > 0 ? "0x" : "";
  const digits = space
    ? [...bytes].map((byte) => prefix + byte.toString(16).padStart(2, "0")).join(" ")
    : prefix + bytes.toString("hex");
  return pad(verb === "X" ? digits.toUpperCase() : digits, directive);
}

/** A boolean by `%v %t`; undefined for other verbs. */
export function formatBoolean(value: boolean, directive: Directive): string | undefined {
  return directive.verb === "v" || directive.verb === "t" ? pad(String(value), directive) : undefined;
}

const bases: Readonly<Record<string, readonly [base: number, prefix: string]>> = {
  v: [10, ""],
  d: [10, ""],
  b: [2, "0b"],
  o: [8, "0"],
  O: [8, "0"],
  x: [16, "0x"],
  X: [16, "0X"],
};

/** An integer by `%v %d %b %o %O %x %X %c %q %U`; undefined for other verbs. */
export function formatInteger(value: bigint, directive: Directive): string | undefined {
  const { verb } = directive;
  if (verb === "c") return pad(characterOf(value), directive);
  if (verb === "q") {
    const quoted = quote(characterOf(value), "'");
    return pad(directive.plus ? inAscii(quoted) : quoted, directive);
  }
  if (verb === "U") return formatUnicode(value, directive);
  const [base, prefix] = bases[verb] ?? [];
  if (base === undefined || prefix === undefined) return undefined;
  const { precision, width, zero, minus, plus, space, sharp } = directive;
  if (precision === 0 && value === 0n) return pad("", { ...directive, zero: false });
  const isNegative = value < 0n;
  const sign = isNegative ? "-" : plus ? "+" : space ? " " : "";
  const isZeroPadded = precision === undefined && zero && !minus && width !== undefined;
  const least = precision ?? (isZeroPadded ? width - sign.length : 0);
  const written = (isNegative ? -value : value).toString(base);
  const digits = (verb === "X" ? written.toUpperCase() : written).padStart(least, "0");
  const isMarked = sharp && !(base === 8 && digits.startsWith("0"));
  const marked = (verb === "O" ? "0o" : "") + (isMarked ? prefix : "") + digits;
  return pad(sign + marked, { ...directive, zero: false });
}

function characterOf(value: bigint): string {
  const isCharacter = value >= 0n && value <= 0x10ffffn && !(value >= 0xd800n && value <= 0xdfffn);
  return isCharacter ? String.fromCodePoint(Number(value)) : "\ufffd";
}

function formatUnicode(value: bigint, directive: Directive): string {
  const { precision = 4, sharp } = directive;
  const digits = BigInt.asUintN(64, value).toString(16).toUpperCase().padStart(Math.max(precision, 4), "0");
  const isShown = sharp && value >= 0n && value <= 0x10ffffn && !quote(characterOf(value), "").startsWith("\\");
  return pad(`U+${digits}${isShown ? ` '${characterOf(value)}'` : ""}`, { ...directive, zero: false });
}

/** A float by `%v %e %E %f %F %g %G`; undefined for other verbs. Go's `%b` and `%x`, powers of two, are not known here. */
export function formatNumber(value: number, directive: Directive): string | undefined {
  const [form, usual] = floatForm(directive.verb);
  if (form === undefined) return undefined;
  const { precision = usual, plus, space, zero, minus, width, sharp } = directive;
  const text = formatFloat(value, form, precision);
  const size = text.replace(/^[+-]/, "");
  const sign = text.startsWith("-") ? "-" : plus ? "+" : space ? " " : text.startsWith("+") ? "+" : "";
  if (!Number.isFinite(value)) return pad(sign + size, { ...directive, zero: false });
  const digits = sharp ? withPoint(size, form, precision) : size;
  if (sign !== "" && zero && !minus && width !== undefined) {
    return sign + pad(digits, { ...directive, width: width - sign.length });
  }
  return pad(sign + digits, directive);
}

function floatForm(verb: string): readonly ["e" | "E" | "f" | "g" | "G" | undefined, number] {
  if (verb === "v") return ["g", -1];
  if (verb === "g" || verb === "G") return [verb, -1];
  if (verb === "e" || verb === "E") return [verb, 6];
  return [verb === "f" || verb === "F" ? "f" : undefined, 6];
}

/** The flag `#`: there is a point, and `%g` keeps its zeros. */
function withPoint(size: string, form: string, precision: number): string {
  const [, mantissa = size, exponent = ""] = /^(.*?)([eE].*)?$/.exec(size) ?? [];
  const pointed = mantissa.includes(".") ? mantissa : `${mantissa}.`;
  if (form !== "g" && form !== "G") return pointed + exponent;
  const wanted = precision < 0 ? 6 : precision;
  const significant = mantissa === "0" ? 1 : mantissa.replace(".", "").replace(/^0+/, "").length;
  return pointed + "0".repeat(Math.max(wanted - significant, 0)) + exponent;
}
