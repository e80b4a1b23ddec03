import { unquote } from "@sightline/gotext/unquote";
import type { Scope } from "./ast.ts";
import { parseDuration } from "./duration.ts";
import { INTRINSIC_SCOPES, type Intrinsic, intrinsicsOf, scopedIntrinsic } from "./intrinsic.ts";
import { TRACEQL_LIMITS } from "./limits.ts";
import { type Problem, problemsOf } from "./problem.ts";

interface At {
  /** What stands there. */
  readonly text: string;
  /** Its offset in the query. */
  readonly position: number;
}

/** One word of a query. */
export type Token = At &
  (
    | { readonly kind: "word" | "symbol" | "end" }
    | { readonly kind: "string"; readonly value: string }
    | { readonly kind: "int" | "duration"; readonly value: bigint }
    | { readonly kind: "float"; readonly value: number }
    | { readonly kind: "attribute"; readonly scope: Scope; readonly ofParent: boolean; readonly name: string }
    | { readonly kind: "intrinsic"; readonly intrinsic: Intrinsic }
  );

const blank = /(?:[\s\u0085]|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/y;
const blankWithoutComments = /(?:[\s\u0085]|\/\/[^\n]*)+/y;
const word = /[\p{L}_][\p{L}\p{Nd}_]*/uy;
const number = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const unit = /[nsumhµμdwy\d.]+/y;
const symbol = /!>>|!<<|&>>|&<<|!=|=~|!~|>=|<=|>>|<<|&&|\|\||!>|!<|&>|&<|&~|[{}()=<>+\-*/%^!|~,]/y;
const quoted = /"(?:[^"\\\n]|\\[^\n])*"|`[^`]*`/y;
const namePart = /[^\s\u0085{}()=~!<>&|^,"]+|"(?:[^"\\]|\\["\\])*"/y;
const innerScope = /(span|resource)\./y;

const scopes: ReadonlySet<string> = new Set(["span", "resource", "event", "link", "instrumentation"]);
const MAX_INT = (1n << 63n) - 1n;

/** Takes what matches at the place reached, and goes on behind it. */
type Take = (pattern: RegExp) => string | undefined;

/** The words of a query, the last being its end. Throws invalid_argument that names line and column. */
export function lex(source: string): Token[] {
  const problem = problemsOf(source);
  if (source.length > TRACEQL_LIMITS.length) {
    throw problem(0, `got ${source.length} characters, want at most ${TRACEQL_LIMITS.length}`);
  }
  const tokens: Token[] = [];
  let position = 0;
  // Behind the last end of a comment each beginning of one would be looked through up to the end of the query.
  const lastCommentEnd = source.lastIndexOf("*/");
  const take: Take = (pattern) => {
    pattern.lastIndex = position;
    const found = pattern.exec(source)?.[0];
    if (found !== undefined) position += found.length;
    return found;
  };
  for (;;) {
    take(position < lastCommentEnd ? blank : blankWithoutComments);
    const start = position;
    if (start === source.length) return [...tokens, { kind: "end", text: "", position: start }];
    const token = readNumber(take, start, problem) ?? readWord(take, start, problem) ?? readSign(take, start, problem);
    tokens.push(token ?? unknown(source, start, problem));
  }
}

function readNumber(take: Take, position: number, problem: Problem): Token | undefined {
  const digits = take(number);
  if (digits === undefined) return undefined;
  const rest = take(unit);
  if (rest !== undefined) {
    const value = parseDuration(digits + rest);
    const wanted = "want a number, or a duration such as 5ms or 1h30m";
    if (value === undefined) throw problem(position, `got ${digits}${rest}, ${wanted}`);
    return { kind: "duration", value, text: digits + rest, position };
  }
  if (!/^\d+$/.test(digits)) {
    const value = Number(digits);
    if (!Number.isFinite(value)) throw problem(position, `got ${digits}, want a number below 1.8e308`);
    return { kind: "float", value, text: digits, position };
  }
  const value = BigInt(digits);
  if (value > MAX_INT) throw problem(position, `got ${digits}, want an integer below 2^63`);
  return { kind: "int", value, text: digits, position };
}

function readWord(take: Take, position: number, problem: Problem): Token | undefined {
  const text = take(word);
  if (text === undefined) {
    return take(/\./y) === undefined ? undefined : attribute(take, { scope: "none", text: ".", position }, problem);
  }
  const isScope = scopes.has(text);
  if ((isScope || text === "parent") && take(/\./y) !== undefined) {
    if (isScope) return attribute(take, { scope: scopeOf(text), text: `${text}.`, position }, problem);
    const inner = take(innerScope);
    const scope = inner === undefined ? "none" : scopeOf(inner.slice(0, -1));
    return attribute(take, { scope, ofParent: true, text: `parent.${inner ?? ""}`, position }, problem);
  }
  if (!INTRINSIC_SCOPES.has(text) || take(/:/y) === undefined) return { kind: "word", text, position };
  const whole = `${text}:${take(word) ?? ""}`;
  const intrinsic = scopedIntrinsic(whole);
  if (intrinsic === undefined) throw problem(position, `got ${whole}, want ${intrinsicsOf(text).join(", ")}`);
  return { kind: "intrinsic", intrinsic, text: whole, position };
}

function scopeOf(text: string): Scope {
  switch (text) {
    case "span":
    case "resource":
    case "event":
    case "link":
    case "instrumentation":
      return text;
    default:
      return "none";
  }
}

interface Start extends At {
  readonly scope: Scope;
  readonly ofParent?: boolean;
}

/** The name after an attribute's scope: anything but blanks and operators that may follow, or in double quotes. */
function attribute(take: Take, { scope, ofParent = false, text, position }: Start, problem: Problem): Token {
  let whole = text;
  let name = "";
  for (let part = take(namePart); part !== undefined; part = take(namePart)) {
    whole += part;
    name += part.startsWith('"') ? part.slice(1, -1).replaceAll(/\\(["\\])/g, "$1") : part;
  }
  if (take(/"/y) !== undefined) {
    throw problem(position, `got ${whole}" without its closing ", or with another escape than \\" and \\\\`);
  }
  if (whole === text) throw problem(position + text.length, `got nothing after ${text}, want the attribute's name`);
  return { kind: "attribute", scope, ofParent, name, text: whole, position };
}

function readSign(take: Take, position: number, problem: Problem): Token | undefined {
  const literal = take(quoted);
  if (literal !== undefined) return stringToken(literal, position, problem);
  const text = take(symbol);
  return text === undefined ? undefined : { kind: "symbol", text, position };
}

/** What Go knows behind a backslash in double quotes. */
const escapeInQuotes = /\\(?:[abfnrtv\\"]|x[0-9a-fA-F]{2}|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|[0-3][0-7]{2})/y;

function stringToken(text: string, position: number, problem: Problem): Token {
  // As in Go, a raw string has no carriage returns.
  if (text.startsWith("`")) return { kind: "string", value: text.slice(1, -1).replaceAll("\r", ""), text, position };
  for (let at = text.indexOf("\\"); at !== -1; at = text.indexOf("\\", escapeInQuotes.lastIndex)) {
    escapeInQuotes.lastIndex = at;
    if (isEscape(escapeInQuotes.exec(text))) continue;
    throw problem(position + at, `got the escape ${text.slice(at, at + 2)}, want one that Go knows`);
  }
  return { kind: "string", value: unquote(text), text, position };
}

/** Half of a character outside of UTF-16 is none. */
function isEscape(found: RegExpExecArray | null): boolean {
  const code = Number.parseInt(found?.[1] ?? found?.[2] ?? "0", 16);
  return found !== null && code <= 0x10_ff_ff && (code < 0xd800 || code > 0xdfff);
}

function unknown(source: string, position: number, problem: Problem): never {
  const char = String.fromCodePoint(source.codePointAt(position) ?? 0);
  if (char === '"' || char === "`") throw problem(position, `got a string without its closing ${char}`);
  throw problem(position, `got ${char}, want a name, a value or an operator`);
}
