import type { AppError } from "@sightline/errors/app-error";
import { lex, type Token } from "./lexer.ts";
import { TRACEQL_LIMITS } from "./limits.ts";
import { type Problem, problemsOf } from "./problem.ts";

/** The words of one query, taken one after the other. */
export interface TokenStream {
  readonly problem: Problem;
  peek(): Token;
  next(): Token;
  /** Whether the word or sign comes next. */
  isNext(text: string): boolean;
  /** Takes the word or sign when it comes next. */
  take(text: string): boolean;
  /** Takes the word or sign and gives its offset, or fails. */
  want(text: string, wanted?: string): number;
  /** The error that something else was wanted here. */
  unexpected(wanted: string): AppError;
  /** Goes one level deeper for as long as `read` runs. */
  nested<T>(read: () => T): T;
  /** Counts a node of the tree. */
  made<T extends { readonly position: number }>(node: T): T;
}

/** Reads a query's words. Throws invalid_argument that names line and column. */
export function tokensOf(source: string): TokenStream {
  const tokens = lex(source);
  const problem = problemsOf(source);
  const end: Token = { kind: "end", text: "", position: source.length };
  let at = 0;
  let depth = 0;
  let nodes = 0;
  const peek = () => tokens[at] ?? end;
  const isNext = (text: string) => (peek().kind === "symbol" || peek().kind === "word") && peek().text === text;
  const next = () => {
    const token = peek();
    at++;
    return token;
  };
  const unexpected = (wanted: string) => {
    const { kind, text, position } = peek();
    return problem(position, `got ${kind === "end" ? "the end" : text}, want ${wanted}`);
  };
  return {
    problem,
    peek,
    next,
    isNext,
    take: (text) => isNext(text) && next() !== undefined,
    want(text, wanted = text) {
      if (!isNext(text)) throw unexpected(wanted);
      return next().position;
    },
    unexpected,
    nested(read) {
      if (++depth > TRACEQL_LIMITS.depth) {
        throw problem(peek().position, `got nesting deeper than ${TRACEQL_LIMITS.depth}, want less`);
      }
      const node = read();
      depth--;
      return node;
    },
    made(node) {
      if (++nodes > TRACEQL_LIMITS.nodes) {
        throw problem(node.position, `got more than ${TRACEQL_LIMITS.nodes} values and operators, want fewer`);
      }
      return node;
    },
  };
}
