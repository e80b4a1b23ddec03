// After text/template/parse/lex.go of Go 1.26, in one function for each of its states.
import { quote } from "@sightline/gotext/quote";
import { isKeyword, type Token, type TokenKind } from "./token.ts";

/** Gives a template's tokens one by one; after the end, and after an error, `eof` for ever. */
export interface Lexer {
  next(): Token;
}

interface State {
  readonly input: string;
  /** Where the token that is being read begins. */
  start: number;
  at: number;
  line: number;
  /** Where the next line break is that is not counted in `line`. */
  nextBreak: number;
  isInAction: boolean;
  depth: number;
  isBroken: boolean;
}

const spaces = /[ \t\r\n]*/y;
const word = /[\p{L}\p{Nd}_]*/uy;
const number =
  /[+-]?(?:0[xX][\da-fA-F_]*(?:\.[\da-fA-F_]*)?(?:[pP][+-]?[\d_]*)?|0[oO][0-7_]*(?:\.[0-7_]*)?|0[bB][01_]*(?:\.[01_]*)?|[\d_]*(?:\.[\d_]*)?(?:[eE][+-]?[\d_]*)?)i?/y;

/** Reads a template's tokens. */
export function createLexer(input: string): Lexer {
  const nextBreak = breakAfter(input, 0);
  const state: State = { input, start: 0, at: 0, line: 1, nextBreak, isInAction: false, depth: 0, isBroken: false };
  return {
    next() {
      if (state.isBroken) return { kind: "eof", at: 0, line: state.line, text: "" };
      let token = state.isInAction ? insideAction(state) : outsideActions(state);
      while (token === undefined) token = outsideActions(state);
      return token;
    },
  };
}

function breakAfter(input: string, from: number): number {
  const at = input.indexOf("\n", from);
  return at < 0 ? Number.POSITIVE_INFINITY : at;
}

function token(state: State, kind: TokenKind, text = state.input.slice(state.start, state.at)): Token {
  while (state.nextBreak < state.start) {
    state.line++;
    state.nextBreak = breakAfter(state.input, state.nextBreak + 1);
  }
  const made: Token = { kind, at: state.start, line: state.line, text };
  state.start = state.at;
  return made;
}

function error(state: State, message: string): Token {
  state.isBroken = true;
  return token(state, "error", message);
}

function isSpace(character: string | undefined): boolean {
  return character === " " || character === "\t" || character === "\r" || character === "\n";
}

function match(state: State, pattern: RegExp): string {
  pattern.lastIndex = state.at;
  return pattern.exec(state.input)?.[0] ?? "";
}

/** The text before an action, or the action's beginning; nothing where it is a comment. */
function outsideActions(state: State): Token | undefined {
  const { input } = state;
  const open = input.indexOf("{{", state.at);
  const end = open < 0 ? input.length : open;
  const isTrimmed = open >= 0 && input[open + 2] === "-" && isSpace(input[open + 3]);
  const text = input.slice(state.start, end);
  if (text !== "") {
    state.at = isTrimmed ? state.start + trimmedEnd(text) : end;
    if (state.at > state.start) {
      const made = token(state, "text");
      state.at = end;
      state.start = end;
      return made;
    }
    state.at = end;
    state.start = end;
  }
  if (open < 0) return token(state, "eof", "");
  return leftDelimiter(state, isTrimmed);
}

function trimmedEnd(text: string): number {
  let end = text.length;
  while (end > 0 && isSpace(text[end - 1])) end--;
  return end;
}

function leftDelimiter(state: State, isTrimmed: boolean): Token | undefined {
  const after = state.at + (isTrimmed ? 4 : 2);
  if (state.input.startsWith("/*", after)) {
    state.at = after;
    state.start = after;
    return comment(state);
  }
  state.at += 2;
  const made = token(state, "left delimiter");
  state.at = after;
  state.start = after;
  state.isInAction = true;
  state.depth = 0;
  return made;
}

function comment(state: State): Token | undefined {
  const end = state.input.indexOf("*/", state.at + 2);
  if (end < 0) return error(state, "unclosed comment");
  state.at = end + 2;
  const isTrimming = hasTrimmingEnd(state, state.at);
  if (!isTrimming && !state.input.startsWith("}}", state.at)) {
    return error(state, "comment ends before closing delimiter");
  }
  state.at += isTrimming ? 4 : 2;
  leaveAction(state, isTrimming);
  return undefined;
}

/** Whether ` -}}` stands there. */
function hasTrimmingEnd({ input }: State, at: number): boolean {
  return isSpace(input[at]) && input.startsWith("-}}", at + 1);
}

function leaveAction(state: State, isTrimming: boolean): void {
  if (isTrimming) state.at += match(state, spaces).length;
  state.start = state.at;
  state.isInAction = false;
}

function rightDelimiter(state: State): Token {
  const isTrimming = hasTrimmingEnd(state, state.at);
  state.start = state.at + (isTrimming ? 2 : 0);
  state.at = state.start + 2;
  const made = token(state, "right delimiter");
  leaveAction(state, isTrimming);
  return made;
}

function insideAction(state: State): Token {
  const { input, at } = state;
  if (hasTrimmingEnd(state, at) || input.startsWith("}}", at)) {
    return state.depth === 0 ? rightDelimiter(state) : error(state, "unclosed left paren");
  }
  const code = input.codePointAt(at);
  if (code === undefined) return error(state, "unclosed action");
  const character = String.fromCodePoint(code);
  if (isSpace(character)) return space(state);
  const following = input[at + 1] ?? "";
  if (character === ":") {
    if (following !== "=") return error(state, "expected :=");
    return advance(state, 2, "declare");
  }
  if (character === "." && (following < "0" || following > "9") && following !== "") return name(state, "field");
  if (/[.+\-0-9]/.test(character)) return numeral(state);
  const single = punctuation(character);
  if (single !== undefined) return parenthesis(state, single);
  if (character === "$") return name(state, "variable");
  if (/[\p{L}\p{Nd}_]/u.test(character)) return identifier(state);
  return quoted(state, character);
}

function advance(state: State, length: number, kind: TokenKind): Token {
  state.at += length;
  return token(state, kind);
}

function punctuation(character: string): TokenKind | undefined {
  if (character === "=") return "assign";
  if (character === "|") return "pipe";
  if (character === "(") return "left parenthesis";
  return character === ")" ? "right parenthesis" : undefined;
}

function parenthesis(state: State, kind: TokenKind): Token {
  if (kind === "left parenthesis") state.depth++;
  if (kind === "right parenthesis") state.depth--;
  if (state.depth < 0) return error(state, "unexpected right paren");
  return advance(state, 1, kind);
}

function space(state: State): Token {
  const length = match(state, spaces).length;
  const last = state.at + length - 1;
  if (!hasTrimmingEnd(state, last)) return advance(state, length, "space");
  return length === 1 ? rightDelimiter(state) : advance(state, length - 1, "space");
}

/** Whether what follows can stand behind a name: `$x+2` cannot. */
function isTerminated({ input, at }: State): boolean {
  const next = input[at];
  return next === undefined || isSpace(next) || ".,|:)(".includes(next) || input.startsWith("}}", at);
}

function name(state: State, kind: "field" | "variable"): Token {
  state.at++;
  if (isTerminated(state)) return token(state, kind === "field" ? "." : kind);
  state.at += match(state, word).length;
  return isTerminated(state) ? token(state, kind) : badCharacter(state, "bad character");
}

function identifier(state: State): Token {
  const found = match(state, word);
  state.at += found.length;
  if (!isTerminated(state)) return badCharacter(state, "bad character");
  if (isKeyword(found)) return token(state, found);
  return token(state, found === "true" || found === "false" ? "bool" : "identifier");
}

function badCharacter(state: State, problem: string): Token {
  const code = state.input.codePointAt(state.at) ?? 0xfffd;
  const character = String.fromCodePoint(code);
  const shown = quote(character, "").startsWith("\\") && character !== "\\" ? "" : ` '${character}'`;
  return error(state, `${problem} U+${code.toString(16).toUpperCase().padStart(4, "0")}${shown}`);
}

function numeral(state: State): Token {
  state.at += match(state, number).length;
  if (cannotEndNumber(state)) return badNumber(state);
  const sign = state.input[state.at];
  if (sign !== "+" && sign !== "-") return token(state, "number");
  state.at += match(state, number).length;
  if (cannotEndNumber(state) || state.input[state.at - 1] !== "i") return badNumber(state);
  return token(state, "complex");
}

/** Whether a letter or a digit follows, which then belongs to what is wrong. */
function cannotEndNumber(state: State): boolean {
  const following = match(state, /[\p{L}\p{Nd}_]/uy);
  state.at += following.length;
  return following !== "";
}

function badNumber(state: State): Token {
  return error(state, `bad number syntax: ${quote(state.input.slice(state.start, state.at))}`);
}

function quoted(state: State, mark: string): Token {
  if (mark === "`") {
    const end = state.input.indexOf("`", state.at + 1);
    if (end < 0) return error(state, "unterminated raw quoted string");
    return advance(state, end + 1 - state.at, "raw string");
  }
  if (mark === '"' || mark === "'") {
    const end = endOfQuote(state.input, state.at + 1, mark);
    const what = mark === '"' ? "quoted string" : "character constant";
    if (end === undefined) return error(state, `unterminated ${what}`);
    return advance(state, end - state.at, mark === '"' ? "string" : "character constant");
  }
  if (/[!-~]/.test(mark)) return advance(state, 1, "character");
  return badCharacter(state, "unrecognized character in action:");
}

function endOfQuote(input: string, from: number, mark: string): number | undefined {
  for (let at = from; at < input.length; at++) {
    const character = input[at];
    if (character === "\\") at++;
    if (input[at] === "\n" || at >= input.length) return undefined;
    if (character === mark) return at + 1;
  }
  return undefined;
}
