import { isSpace } from "./spaces.ts";

/** What a piece of matchers is. `end` is the end of the input; `problem` is where the input is wrong, and the last. */
export type TokenKind = "{" | "}" | "," | "=" | "!=" | "=~" | "!~" | "quoted" | "unquoted" | "end" | "problem";

/** A piece of matchers with its columns, in characters from 0; the text of a `problem` says what is wrong. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const reserved = new Set("{}!=~,\\\"'`");

function isReserved(character: string): boolean {
  return reserved.has(character) || isSpace(character);
}

/** The pieces of matchers, as matcher/parse/lexer.go of Alertmanager finds them. */
export function readTokens(input: string): Token[] {
  const characters = [...input];
  const tokens: Token[] = [];
  for (let at = 0; at < characters.length; ) {
    if (isSpace(characters[at] ?? "")) {
      at++;
      continue;
    }
    const token = readToken(characters, at);
    tokens.push(token);
    if (token.kind === "problem") return tokens;
    at = token.end;
  }
  tokens.push({ kind: "end", text: "", start: characters.length, end: characters.length });
  return tokens;
}

function readToken(characters: readonly string[], start: number): Token {
  const first = characters[start] ?? "";
  switch (first) {
    case "{":
    case "}":
    case ",":
      return { kind: first, text: first, start, end: start + 1 };
    case "=":
      return characters[start + 1] === "~" ? operator("=~", start) : operator("=", start);
    case "!":
      if (characters[start + 1] === "=") return operator("!=", start);
      if (characters[start + 1] === "~") return operator("!~", start);
      return problemAt(start, start + 1, unfinishedOperator(characters, start));
    case '"':
      return readQuoted(characters, start);
  }
  if (isReserved(first)) return problemAt(start, start + 1, `${first}: invalid input`);
  let end = start + 1;
  while (end < characters.length && !isReserved(characters[end] ?? "")) end++;
  return { kind: "unquoted", text: characters.slice(start, end).join(""), start, end };
}

function operator(kind: "=" | "!=" | "=~" | "!~", start: number): Token {
  return { kind, text: kind, start, end: start + kind.length };
}

function unfinishedOperator(characters: readonly string[], start: number): string {
  const got = start + 1 >= characters.length ? "unexpected end of input," : "!:";
  return `${got} expected one of '=~'`;
}

function readQuoted(characters: readonly string[], start: number): Token {
  let end = start + 1;
  while (end < characters.length && characters[end] !== '"') end += characters[end] === "\\" ? 2 : 1;
  const text = characters.slice(start, end + 1).join("");
  if (end >= characters.length) return problemAt(start, characters.length, `${text}: missing end "`);
  return { kind: "quoted", text, start, end: end + 1 };
}

function problemAt(start: number, end: number, text: string): Token {
  return { kind: "problem", text: `${start}:${end}: ${text}`, start, end };
}
