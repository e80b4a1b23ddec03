import { invalid } from "@sightline/errors/app-error";
import type { Budget } from "@sightline/gotemplate/budget";
import { any, func1, func2, func3, int, text, variadic1 } from "@sightline/gotemplate/func";
import { toLower, toUpper } from "@sightline/gotemplate/functions/change-case";
import { escapeQuery, unescapeQuery } from "@sightline/gotemplate/functions/escape";
import { trimSpace } from "@sightline/gotemplate/functions/trim";
import { type Func, isTrue } from "@sightline/gotemplate/value";
import { parseBytes } from "@sightline/gotext/bytes";
import { parseGoDuration } from "@sightline/gotext/duration";
import { decodeBase64 } from "./base64.ts";
import { charactersOf, offsetOf } from "./characters.ts";
import { fromJson } from "./from-json.ts";
import { replace, replaceAll } from "./replace.ts";

function repeat(times: bigint, value: string, budget: Budget): string {
  if (times < 0n) throw invalid("strings: negative Repeat count");
  budget.spend(value.length * Number(times));
  return value.repeat(Number(times));
}

function trimStart(value: string, set: string): string {
  const characters = [...value];
  const first = characters.findIndex((character) => !set.includes(character));
  return first < 0 ? "" : characters.slice(first).join("");
}

function trimEnd(value: string, set: string): string {
  const characters = [...value];
  return characters.slice(0, characters.findLastIndex((character) => !set.includes(character)) + 1).join("");
}

const trimBoth = (value: string, set: string) => trimEnd(trimStart(value, set), set);
const trimPrefix = (value: string, prefix: string) => (value.startsWith(prefix) ? value.slice(prefix.length) : value);
const trimSuffix = (value: string, suffix: string) =>
  suffix !== "" && value.endsWith(suffix) ? value.slice(0, -suffix.length) : value;

/** The first characters, or the last ones where the count is negative. */
function truncate(count: number, value: string): string {
  if (count >= 0) return value.slice(0, offsetOf(value, count));
  const kept = charactersOf(value) + count;
  return kept > 0 ? value.slice(offsetOf(value, kept)) : value;
}

function substring(start: number, end: number, value: string): string {
  if (start < 0) return end < 0 ? "" : value.slice(0, offsetOf(value, end));
  return value.slice(offsetOf(value, start), end < 0 ? undefined : offsetOf(value, end));
}

/** A text of so many characters, filled up or cut on the side. */
function align(side: "left" | "right"): Func {
  return func2(int, text, (count, value, budget) => {
    const missing = Number(count) - charactersOf(value);
    if (count < 0n || missing === 0) return value;
    if (missing < 0)
      return side === "left" ? value.slice(0, offsetOf(value, Number(count))) : value.slice(offsetOf(value, -missing));
    const fill = repeat(BigInt(missing), " ", budget);
    return side === "left" ? value + fill : fill + value;
  });
}

function indent(spaces: bigint, value: string, budget: Budget): string {
  const blank = repeat(spaces, " ", budget);
  budget.spend(blank.length * (value.split("\n").length + 1));
  return blank + value.replaceAll("\n", `\n${blank}`);
}

/** A letter at the beginning, or behind what is no letter, digit or `_` and, beyond ASCII, white space. */
const wordStart = /(^|[^\p{L}\p{Nd}_\u0080-\u{10ffff}]|[\u0085\p{Zs}\u2028\u2029])(\p{Ll})/gu;

/** `strings.Title`. */
function title(value: string): string {
  return value.replace(wordStart, (_, before: string, letter: string) => {
    const large = letter.toUpperCase();
    return before + ([...large].length === 1 ? large : letter);
  });
}

function sizeInBytes(value: string): number {
  const parsed = parseBytes(value);
  if ("problem" in parsed) throw invalid(parsed.problem);
  return parsed.bytes;
}

function seconds(value: string): number {
  const parsed = parseGoDuration(value);
  if ("problem" in parsed) throw invalid(parsed.problem);
  return parsed.ns / 1e9;
}

/** A function of two texts, of which the one that is worked on comes first, as in Go's own functions. */
const subjectFirst = (call: (subject: string, other: string) => string) => func2(text, text, call);
/** The same, but it comes last, as in functions that stand in a pipeline. */
const subjectLast = (call: (subject: string, other: string) => string | boolean) =>
  func2(text, text, (other, subject) => call(subject, other));

/** The functions for texts that Loki has, its own old ones and those of sprig. */
export const textFunctions: ReadonlyMap<string, Func> = new Map([
  ["ToLower", toLower],
  ["ToUpper", toUpper],
  ["lower", toLower],
  ["upper", toUpper],
  ["title", func1(text, title)],
  ["Replace", replace],
  ["replace", replaceAll],
  ["Trim", subjectFirst(trimBoth)],
  ["TrimLeft", subjectFirst(trimStart)],
  ["TrimRight", subjectFirst(trimEnd)],
  ["TrimPrefix", subjectFirst(trimPrefix)],
  ["TrimSuffix", subjectFirst(trimSuffix)],
  ["TrimSpace", func1(text, trimSpace)],
  ["trim", func1(text, trimSpace)],
  ["trimAll", subjectLast(trimBoth)],
  ["trimPrefix", subjectLast(trimPrefix)],
  ["trimSuffix", subjectLast(trimSuffix)],
  ["trunc", func2(int, text, (count, value) => truncate(Number(count), value))],
  ["substr", func3([int, int, text], ([start, end, value]) => substring(Number(start), Number(end), value))],
  ["contains", subjectLast((subject, part) => subject.includes(part))],
  ["hasPrefix", subjectLast((subject, part) => subject.startsWith(part))],
  ["hasSuffix", subjectLast((subject, part) => subject.endsWith(part))],
  ["indent", func2(int, text, indent)],
  ["nindent", func2(int, text, (spaces, value, budget) => `\n${indent(spaces, value, budget)}`)],
  ["repeat", func2(int, text, repeat)],
  ["alignLeft", align("left")],
  ["alignRight", align("right")],
  ["urldecode", func1(text, unescapeQuery)],
  ["urlencode", func1(text, escapeQuery)],
  ["b64enc", func1(text, (value) => Buffer.from(value).toString("base64"))],
  ["b64dec", func1(text, decodeBase64)],
  ["bytes", func1(text, sizeInBytes)],
  ["duration", func1(text, seconds)],
  ["duration_seconds", func1(text, seconds)],
  ["fromJson", func1(text, fromJson)],
  ["default", variadic1(any, any, (otherwise, [value = null]) => (isTrue(value) ? value : otherwise))],
]);
