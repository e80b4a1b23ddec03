import { type AppError, invalid } from "@sightline/errors/app-error";
import { shortened } from "../message.ts";
import type { Lexer } from "./lexer.ts";
import type { Body, Source } from "./node.ts";
import type { Scope } from "./scope.ts";
import { describeToken, type Token } from "./token.ts";

/** What is read at the moment, with as many tokens ahead as were put back. */
export interface Parser {
  readonly source: Source;
  readonly lexer: Lexer;
  readonly hasFunction: (name: string) => boolean;
  readonly templates: Map<string, Body>;
  /** The names of those that are not empty. */
  readonly full: Set<string>;
  readonly ahead: Token[];
  /** The last token that was read from the source; its line is the one that messages name. */
  last: Token;
  /** The line on which the action begins that is read, or 0. */
  actionLine: number;
  /** How many blocks and parentheses are open. */
  depth: number;
  scope: Scope;
}

/** How deep blocks and parentheses may be nested. Go allows 10 000 parentheses and any number of blocks. */
const maxDepth = 250;

/** The next token. */
export function next(parser: Parser): Token {
  const waiting = parser.ahead.pop();
  if (waiting !== undefined) return waiting;
  parser.last = parser.lexer.next();
  return parser.last;
}

/** Puts a token back. */
export function putBack(parser: Parser, token: Token): void {
  parser.ahead.push(token);
}

/** The next token, which stays. */
export function peek(parser: Parser): Token {
  const token = next(parser);
  putBack(parser, token);
  return token;
}

/** The next token that is no space. */
export function nextWord(parser: Parser): Token {
  let token = next(parser);
  while (token.kind === "space") token = next(parser);
  return token;
}

/** The next token that is no space, which stays; spaces before it are dropped. */
export function peekWord(parser: Parser): Token {
  const token = nextWord(parser);
  putBack(parser, token);
  return token;
}

/** What is thrown where the source is wrong. */
export function problem({ source, last }: Parser, message: string): AppError {
  return invalid(`template: ${source.name}:${last.line}: ${shortened(message)}`);
}

/** What is thrown at a token that cannot stand there. */
export function unexpected(parser: Parser, token: Token, context: string): AppError {
  if (token.kind !== "error") return problem(parser, `unexpected ${describeToken(token)} in ${context}`);
  const { actionLine, source } = parser;
  if (actionLine === 0 || actionLine === token.line) return problem(parser, token.text);
  const started = `${token.text.endsWith(" action") ? "" : " in action"} started at ${source.name}:${actionLine}`;
  return problem(parser, token.text + started);
}

/** Reads something that is nested in what is read. Throws when that is too deep. */
export function nested<T>(parser: Parser, what: string, read: () => T): T {
  if (parser.depth >= maxDepth) throw problem(parser, `max ${what} depth exceeded`);
  parser.depth++;
  const made = read();
  parser.depth--;
  return made;
}

/** Reads with a function that throws without a place, and adds the place. */
export function placed<T>(parser: Parser, read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    throw problem(parser, thrown instanceof Error ? thrown.message : String(thrown));
  }
}
