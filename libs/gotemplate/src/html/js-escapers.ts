// After html/template/js.go of Go 1.26.
import { AppError } from "@sightline/errors/app-error";
import type { Budget } from "../budget.ts";
import { toJson } from "../json.ts";
import { print } from "../print/print.ts";
import type { Value } from "../value.ts";
import { type Content, contentOf } from "./content.ts";

/** For an expression of JavaScript: the value as JSON. */
export function forJs(args: readonly Value[], budget: Budget): string {
  const { text, kind } = contentOf(args, budget);
  if (kind === "JS") return text;
  if (kind === "JSStr") return `"${text}"`;
  const json = jsonOf(args, budget);
  if (json === undefined || json.problem !== undefined) {
    const problem = (json?.problem ?? "")
      .replace(/<(\/?)script/gi, "\\x3C$1script")
      .replaceAll("*/", "* /")
      .replaceAll("<!--", "\\x3C!--");
    return ` /* ${problem} */null `;
  }
  // A word or a number must not run into what stands beside it.
  const isWord = /^[$\w]|[$\w]$/.test(json.text);
  return isWord ? ` ${json.text} ` : json.text;
}

interface Json {
  readonly text: string;
  readonly problem?: string;
}

function jsonOf(args: readonly Value[], budget: Budget): Json | undefined {
  const [first = null] = args;
  try {
    return { text: toJson(args.length === 1 ? printable(first, budget) : print(args, budget), budget) };
  } catch (thrown) {
    const { code, message } = AppError.from(thrown);
    if (code !== "invalid_argument") throw thrown;
    return { text: "", problem: message };
  }
}

/** What knows how to print itself is a text in JavaScript; times have a form of their own in JSON. */
function printable(value: Value, budget: Budget): Value {
  if (typeof value !== "object" || value === null || value.kind === "time" || value.kind === "func") return value;
  return value.type.print === undefined ? value : print([value], budget);
}

const escapes: Readonly<Record<string, string>> = {
  "\t": "\\t",
  "\n": "\\n",
  "\f": "\\f",
  "\r": "\\r",
  "/": "\\/",
  "\\": "\\\\",
};

function unicode(character: string): string {
  return escapes[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** For a string of JavaScript. */
export function forJsText({ text, kind }: Content): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are escaped.
  const escaped = text.replace(/[\0-\x1f"`&'+/<>\u2028\u2029]|\\/g, (character) =>
    character === "\\" && kind === "JSStr" ? "\\" : unicode(character),
  );
  return escaped;
}

/** For a template literal of JavaScript. */
export function forJsTemplate({ text }: Content): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are escaped.
  return text.replace(/[\0-\x1f"`&'+/<>\\${}\u2028\u2029]/g, unicode);
}

/** For a regular expression of JavaScript, where it stands for itself. */
export function forJsRegexp({ text }: Content): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are escaped.
  const escaped = text.replace(/[\0-\x1f"$&'()*+\-./<>?[\\\]^{|}\u2028\u2029]/g, (character) =>
    /[$()*\-./?[\\\]^{|}]/.test(character) ? `\\${character}` : unicode(character),
  );
  return escaped === "" ? "(?:)" : escaped;
}
