import { parseBytes } from "@sightline/gotext/bytes";
import { parseGoDuration } from "@sightline/gotext/duration";
import { quote } from "@sightline/gotext/quote";
import { unquoteGo } from "@sightline/gotext/unquote";
import { parsePrometheusDuration } from "./durations.ts";
import { problemAt } from "./problem.ts";
import { FUNCTIONS, KEYWORDS, PARSER_FLAGS, type Token } from "./token.ts";

/** The longest query, as in Loki. */
const maxLength = 131_072;

const blank = /(?:\s|#[^\n]*)+/uy;
const word = /[\p{L}_][\p{L}\p{Nd}_]*/uy;
const number = /0[xX][0-9a-fA-F]*(?:\.[0-9a-fA-F]*)?(?:[pP][+-]?\d+)?|0[oObB]\d+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
// What is longer than anybody writes is neither: to look at all of it at each of its numbers would take the square of its length.
const durationRest = /[\d.nuµmshdwy]{1,64}(?![\d.nuµmshdwy])/y;
const bytesRest = /[\d.BikKMGTP]{1,64}(?![\d.BikKMGTP])/y;
const negativeDuration = /-[\d.nuµmshdwy]{1,64}(?![\d.nuµmshdwy])/y;
const flag = /--[a-z]{1,10}(?:-[a-z]{1,10})?(?![a-z-])/y;
const quoted = /"(?:[^"\\\n]|\\[^\n])*"|`[^`]*`/y;
const symbol = /\|=|\|~|\|>|!=|!~|!>|=~|==|>=|<=|[,.{}=|()[\]+\-*/%^<>]/y;
const functionAhead = /\s*(?:\(|(?:by|without)\s*\()/iy;

interface Scanner {
  readonly source: string;
  position: number;
}

/** The words of a query, the last being `end`. Throws invalid_argument with the place. */
export function lex(source: string): Token[] {
  if (source.length > maxLength) {
    throw problemAt(source, 0, `input size too long (${source.length} > ${maxLength})`);
  }
  const scanner: Scanner = { source, position: 0 };
  const tokens: Token[] = [];
  for (;;) {
    take(scanner, blank);
    const token = nextToken(scanner);
    tokens.push(token);
    if (token.kind === "end") return tokens;
  }
}

function take(scanner: Scanner, pattern: RegExp): string | undefined {
  pattern.lastIndex = scanner.position;
  const found = pattern.exec(scanner.source)?.[0];
  if (found !== undefined) scanner.position += found.length;
  return found;
}

function nextToken(scanner: Scanner): Token {
  const { source, position } = scanner;
  if (position === source.length) return { kind: "end", text: "", position };
  const name = take(scanner, word);
  if (name !== undefined) return wordToken(scanner, name, position);
  const digits = take(scanner, number);
  if (digits !== undefined) return numberToken(scanner, digits, position);
  const text = take(scanner, quoted);
  if (text !== undefined) return stringToken(source, text, position);
  if (source[position] === "[") return rangeToken(scanner);
  if (source[position] === "-") {
    const special = dashToken(scanner);
    if (special !== undefined) return special;
  }
  const sign = take(scanner, symbol);
  if (sign !== undefined) return { kind: "symbol", text: sign, position };
  throw unknownCharacter(source, position);
}

/** A word is a keyword in any case; a function only where it is called. */
function wordToken(scanner: Scanner, text: string, position: number): Token {
  const lower = text.toLowerCase();
  if (FUNCTIONS.has(lower)) {
    functionAhead.lastIndex = scanner.position;
    const kind = functionAhead.test(scanner.source) ? "keyword" : "identifier";
    return { kind, text: kind === "keyword" ? lower : text, position };
  }
  return KEYWORDS.has(lower) ? { kind: "keyword", text: lower, position } : { kind: "identifier", text, position };
}

/** A number, or with a unit right behind it a duration or a size. */
function numberToken(scanner: Scanner, digits: string, position: number): Token {
  const after = scanner.position;
  const duration = take(scanner, durationRest);
  if (duration !== undefined) {
    const ns = durationNs(digits + duration);
    if (ns !== undefined) return { kind: "duration", text: digits + duration, ns, position };
    scanner.position = after;
  }
  const size = take(scanner, bytesRest);
  if (size !== undefined) {
    const parsed = parseBytes(digits + size);
    if ("bytes" in parsed) return { kind: "bytes", text: digits + size, bytes: parsed.bytes, position };
    scanner.position = after;
  }
  return { kind: "number", text: digits, position };
}

function durationNs(text: string): number | undefined {
  const ns = parsePrometheusDuration(text);
  if (ns !== undefined) return ns;
  const parsed = parseGoDuration(text);
  return "ns" in parsed ? parsed.ns : undefined;
}

/** What else than a minus a dash may begin: a flag of a parser, or a negative duration. */
function dashToken(scanner: Scanner): Token | undefined {
  const { position } = scanner;
  const option = take(scanner, flag);
  if (option !== undefined && PARSER_FLAGS.has(option)) return { kind: "flag", text: option, position };
  scanner.position = position;
  const text = take(scanner, negativeDuration);
  const ns = text === undefined ? undefined : durationNs(text);
  if (text !== undefined && ns !== undefined) return { kind: "duration", text, ns, position };
  scanner.position = position;
  return undefined;
}

function stringToken(source: string, text: string, position: number): Token {
  const body = text.slice(1, -1);
  const value = text.startsWith("`") ? body.replaceAll("\r", "") : unquoteGo(body);
  if (value === undefined) throw problemAt(source, position, `invalid syntax: an escape in ${text} is not one of Go's`);
  return { kind: "string", text, value, position };
}

function rangeToken(scanner: Scanner): Token {
  const { source, position } = scanner;
  const end = source.indexOf("]", position);
  if (end < 0) throw problemAt(source, position, "missing closing ']' in duration");
  const text = source.slice(position + 1, end).trim();
  const ns = parsePrometheusDuration(text);
  if (ns === undefined) {
    const problem = text === "" ? "empty duration string" : `not a valid duration string: ${quote(text)}`;
    throw problemAt(source, position, problem);
  }
  scanner.position = end + 1;
  return { kind: "range", text: source.slice(position, end + 1), ns, position };
}

function unknownCharacter(source: string, position: number) {
  const char = String.fromCodePoint(source.codePointAt(position) ?? 0);
  if (char === '"' || char === "`") return problemAt(source, position, "literal not terminated");
  if (char === "'") return problemAt(source, position, `syntax error: unexpected ', expecting " or \` around a string`);
  return problemAt(source, position, `syntax error: unexpected ${char}`);
}
