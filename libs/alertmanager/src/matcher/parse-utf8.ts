import { type AppError, invalid } from "@sightline/errors/app-error";
import { unquoteGo } from "@sightline/gotext/unquote";
import { readTokens, type Token, type TokenKind } from "./lexer.ts";
import { createMatcher, type Matcher, type MatchOperator } from "./matcher.ts";

/**
 * Matchers in the language that Alertmanager has had since 0.27 (matcher/parse): names and values are in double quotes with Go's
 * escapes, or without quotes where they hold no space and none of ``{}!=~,\"'` ``. Braces and a comma at the end may be left out.
 * Throws invalid_argument with Alertmanager's text.
 */
export function parseUtf8Matchers(input: string): Matcher[] {
  const tokens = createTokens(input);
  refuseProblem(tokens);
  const isOpen = tokens.next().kind === "{";
  if (isOpen) tokens.take();
  refuseProblem(tokens);
  const matchers: Matcher[] = [];
  if (tokens.next().kind !== "}" && tokens.next().kind !== "end") readMatchers(tokens, matchers);
  readClosingBrace(tokens, isOpen);
  if (tokens.next().kind === "end") return matchers;
  const { kind, text, start, end } = tokens.next();
  throw invalid(`${kind === "problem" ? text : `${start}:${end}: ${text}`}: expected end of input`);
}

function refuseProblem(tokens: Tokens): void {
  const { kind, text } = tokens.next();
  if (kind === "problem") throw invalid(text);
}

interface Tokens {
  next(): Token;
  /** Where the last one that was taken ends. */
  end(): number;
  take(): Token;
}

function createTokens(input: string): Tokens {
  const tokens = readTokens(input);
  const last: Token = { kind: "end", text: "", start: 0, end: 0 };
  let at = 0;
  const next = () => tokens[at] ?? tokens.at(-1) ?? last;
  return {
    next,
    end: () => tokens[at - 1]?.end ?? 0,
    take() {
      const taken = next();
      at++;
      return taken;
    },
  };
}

function readMatchers(tokens: Tokens, matchers: Matcher[]): void {
  for (;;) {
    matchers.push(readMatcher(tokens));
    if (tokens.next().kind === "end" || tokens.next().kind === "}") return;
    if (tokens.next().kind !== ",") throw unexpected(tokens.next(), "expected a comma or close brace");
    tokens.take();
    const { kind } = tokens.next();
    if (kind === "end" || kind === "}") return;
    if (kind !== "quoted" && kind !== "unquoted") {
      throw unexpected(tokens.next(), "expected a matcher or close brace after comma");
    }
  }
}

function readMatcher(tokens: Tokens): Matcher {
  const name = readText(tokens, "expected label name");
  const operator = operatorOf(tokens.next().kind);
  if (operator === undefined) {
    throw unexpected(tokens.next(), "expected an operator such as '=', '!=', '=~' or '!~'");
  }
  tokens.take();
  const value = readText(tokens, "expected label value");
  try {
    return createMatcher({ name, operator, value });
  } catch (thrown) {
    throw thrown instanceof Error ? invalid(`failed to create matcher: ${thrown.message}`, thrown) : thrown;
  }
}

function operatorOf(kind: TokenKind): MatchOperator | undefined {
  return kind === "=" || kind === "!=" || kind === "=~" || kind === "!~" ? kind : undefined;
}

function readText(tokens: Tokens, want: string): string {
  const { kind, text, start, end } = tokens.next();
  if (kind !== "quoted" && kind !== "unquoted") throw unexpected(tokens.next(), want);
  tokens.take();
  const said = kind === "unquoted" ? text : unquoteDouble(text.slice(1, -1));
  if (said === undefined || !said.isWellFormed()) throw invalid(`${start}:${end}: ${text}: invalid input`);
  return said;
}

/** In double quotes Go takes neither an escaped single quote nor the end of a line. */
function unquoteDouble(body: string): string | undefined {
  if (body.includes("\n") || /^(?:[^\\]|\\[^'])*\\'/.test(body)) return undefined;
  return unquoteGo(body);
}

function readClosingBrace(tokens: Tokens, isOpen: boolean): void {
  if (tokens.next().kind === "}") {
    tokens.take();
    if (!isOpen) throw invalid(`0:${tokens.end()}: }: expected opening brace`);
  } else if (isOpen) {
    throw invalid(`0:${tokens.end()}: ${complaint(tokens.next())}: expected close brace`);
  }
}

function unexpected(token: Token, want: string): AppError {
  return invalid(`${complaint(token)}: ${want}`);
}

function complaint({ kind, text, start, end }: Token): string {
  if (kind === "end") return "end of input";
  return kind === "problem" ? text : `${start}:${end}: unexpected ${text}`;
}
