import { lex } from "./lexer.ts";
import { problemAt } from "./problem.ts";
import { nameOf, type Token } from "./token.ts";

/** How deep parentheses, functions and operators may be nested. */
const maxDepth = 128;

/** How many operators a query may have: each makes the tree of a chain one level deeper. */
const maxOperators = 1000;

/** A parser's place in the words of a query. */
export interface Reader {
  readonly source: string;
  peek(ahead?: number): Token;
  next(): Token;
  /** Whether the sign or keyword comes next. */
  isNext(text: string): boolean;
  /** Takes the sign or keyword when it comes next. */
  take(text: string): boolean;
  /** Takes the sign or keyword, or fails. */
  want(text: string): Token;
  /** Takes a token of that kind, or fails. */
  wantIdentifier(): string;
  wantString(): string;
  /** Goes one level deeper for as long as `read` runs. */
  nested<T>(read: () => T): T;
  /** Counts an operator. */
  joined(): void;
  /** Fails at the next token, naming it and what was expected in its place. */
  unexpected(...expected: readonly string[]): never;
  /** Fails at a position. */
  fail(position: number, message: string): never;
}

/** A reader at the first word. Throws invalid_argument where the source has no words. */
export function createReader(source: string): Reader {
  const tokens = lex(source);
  const end: Token = { kind: "end", text: "", position: source.length };
  let at = 0;
  let depth = 0;
  let operators = 0;
  const peek = (ahead = 0) => tokens[at + ahead] ?? end;
  const isNext = (text: string) => {
    const token = peek();
    return (token.kind === "symbol" || token.kind === "keyword") && token.text === text;
  };
  const next = () => {
    const token = peek();
    at++;
    return token;
  };
  const fail = (position: number, message: string): never => {
    throw problemAt(source, position, message);
  };
  const unexpected = (...expected: readonly string[]): never => {
    const wanted = expected.length === 0 ? "" : `, expecting ${expected.join(" or ")}`;
    return fail(peek().position, `syntax error: unexpected ${nameOf(peek())}${wanted}`);
  };
  return {
    source,
    peek,
    next,
    isNext,
    take: (text) => isNext(text) && next() !== undefined,
    want: (text) => (isNext(text) ? next() : unexpected(text)),
    wantIdentifier: () => (peek().kind === "identifier" ? next().text : unexpected("IDENTIFIER")),
    wantString() {
      const token = peek();
      if (token.kind !== "string") return unexpected("STRING");
      next();
      return token.value;
    },
    nested(read) {
      if (++depth > maxDepth) fail(peek().position, `query is nested too deeply, expecting at most ${maxDepth} levels`);
      const result = read();
      depth--;
      return result;
    },
    joined() {
      if (++operators > maxOperators) fail(peek().position, `too many operators, expecting at most ${maxOperators}`);
    },
    unexpected,
    fail,
  };
}

/** Items with commas between them, at least one. */
export function parseList<T>(reader: Reader, parseItem: () => T): T[] {
  const items = [parseItem()];
  while (reader.take(",")) items.push(parseItem());
  return items;
}
