import type { AppError } from "@sightline/errors/app-error";
import { quote } from "@sightline/gotext/quote";
import type { Span } from "./ast.ts";
import { lex, type Token, type TokenKind } from "./lexer.ts";
import { parseProblem } from "./problem.ts";

/** How deep expressions may be nested: what reads, checks and evaluates them calls itself as deep. */
const maxDepth = 500;

/** How many operators there may be: each makes the tree of a chain such as `a + b + c` one level deeper. */
const maxOperators = 2000;

/** The tokens of a query, one after the other. */
export interface TokenReader {
  readonly source: string;
  /** The token that comes next. Throws where there is none that is right. */
  peek(): Token;
  /** The one after the next, without a look at whether it is right. */
  peekSecond(): Token;
  next(): Token;
  /** Whether the next token is this sign or word (in any case). */
  isNext(text: string): boolean;
  /** Takes the sign or word when it comes next. */
  take(text: string): Token | null;
  takeKind(kind: TokenKind): Token | null;
  /** Takes the sign or word, or throws. */
  want(text: string, context: string, expected: string): Token;
  /** Where the last token that was taken ended. */
  lastEnd(): number;
  /** What is wrong about the next token. */
  unexpected(context?: string, expected?: string): AppError;
  problem(span: Span, problem: string): AppError;
  /** Goes one level deeper for as long as `read` runs. */
  nested<T>(read: () => T): T;
  /** Counts an operator, and what stands behind an expression. */
  joined(): void;
}

export function createTokenReader(source: string): TokenReader {
  // As far as the query is read: one that nests too deeply may go on for long.
  const lexed = lex(source);
  const tokens: Token[] = [];
  const end: Token = { kind: "end", text: "", start: source.length, end: source.length };
  let at = 0;
  let depth = 0;
  let operators = 0;
  const tokenAt = (index: number): Token => {
    while (tokens.length <= index) {
      const { value } = lexed.next();
      if (value === undefined) return end;
      tokens.push(value);
    }
    return tokens[index] ?? end;
  };
  const problem = (span: Span, text: string) => parseProblem(source, span.start, text);
  const peek = () => {
    const token = tokenAt(at);
    if (token.kind === "error") throw problem(token, token.text);
    return token;
  };
  const isNext = (text: string) => hasText(peek(), text);
  const next = () => {
    const token = peek();
    at++;
    return token;
  };
  const unexpected = (context = "", expected = "") => {
    const token = peek();
    const where = context === "" ? "" : ` in ${context}`;
    return problem(token, `unexpected ${describe(token)}${where}${expected === "" ? "" : `, expected ${expected}`}`);
  };
  return {
    source,
    peek,
    peekSecond: () => tokenAt(at + 1),
    next,
    isNext,
    take: (text) => (isNext(text) ? next() : null),
    takeKind: (kind) => (peek().kind === kind ? next() : null),
    want(text, context, expected) {
      if (!isNext(text)) throw unexpected(context, expected);
      return next();
    },
    lastEnd: () => tokens[at - 1]?.end ?? 0,
    unexpected,
    problem,
    nested(read) {
      if (++depth > maxDepth) throw problem(peek(), `expression is nested deeper than ${maxDepth} levels`);
      const made = read();
      depth--;
      return made;
    },
    joined() {
      if (++operators > maxOperators) throw problem(peek(), `query has more than ${maxOperators} operators`);
    },
  };
}

/** Whether a token is this sign or word, not a text in quotes that says so. */
export function hasText(token: Token, text: string): boolean {
  return token.kind !== "string" && token.kind !== "end" && token.text.toLowerCase() === text;
}

const described = new Set<TokenKind>(["identifier", "metric", "string", "number", "duration"]);

function describe(token: Token): string {
  if (token.kind === "end") return "end of input";
  const kind = token.kind === "metric" ? "metric identifier" : token.kind;
  return described.has(token.kind) ? `${kind} ${describeText(token)}` : describeText(token);
}

function describeText({ kind, text }: Token): string {
  if (kind === "keyword") return `<${text}>`;
  if (kind === "aggregation") return `<aggr:${text}>`;
  if (kind === "operator" || kind === "operator-word" || text === "@") return `<op:${text}>`;
  return kind === "identifier" || kind === "metric" || text.length <= 10
    ? quote(text)
    : `${quote(text.slice(0, 10))}...`;
}
