import { type SqlToken, sqlProblem, sqlTokens } from "./tokens.ts";

/** How deeply parentheses may nest. */
const MAX_DEPTH = 50;

/** Between words that are written. */
const SEPARATOR = " ";

/** Reads the words of a statement and writes those that are to be run. */
export interface StatementReader {
  peek(ahead?: number): SqlToken;
  next(): SqlToken;
  /** The word that was taken so many words before the next one; undefined before the first. */
  before(back: number): SqlToken | undefined;
  /** The word that comes next, in upper case; "" for anything else. */
  word(ahead?: number): string;
  isNext(text: string, ahead?: number): boolean;
  /** Takes a word or sign when it comes next, and writes it. */
  take(text: string): boolean;
  /** Takes the word or sign and writes it, or fails. */
  want(text: string, wanted?: string): void;
  write(sql: string): void;
  /** What was written last. */
  last(): string;
  written(): string;
  /** Where in the source that stands which was written at an offset of `written()`. */
  placeOf(offset: number): number;
  nested<T>(read: () => T): T;
  /** Throws that something else was wanted here. */
  unexpected(wanted: string): never;
  refuse(token: SqlToken, gotAndWant: string): never;
}

/** Makes a reader of a statement. Throws invalid_argument that names line and column. */
export function createStatementReader(source: string): StatementReader {
  const tokens = sqlTokens(source);
  const out: string[] = [];
  const places: number[] = [];
  const end: SqlToken = { kind: "end", sql: "", position: source.length };
  let at = 0;
  let depth = 0;
  const peek = (ahead = 0) => tokens[at + ahead] ?? end;
  const word = (ahead = 0) => {
    const token = peek(ahead);
    return token.kind === "word" ? token.word : "";
  };
  const isNext = (text: string, ahead = 0) => {
    const token = peek(ahead);
    return token.kind === "word" ? token.word === text : token.kind === "symbol" && token.sql === text;
  };
  /** What is written stands where the word stood that was taken last. */
  const write = (sql: string) => {
    out.push(sql);
    places.push(tokens[at - 1]?.position ?? 0);
  };
  const next = () => {
    const token = peek();
    at++;
    return token;
  };
  const refuse = (token: SqlToken, gotAndWant: string): never => {
    throw sqlProblem(source, token.position, gotAndWant);
  };
  const unexpected = (wanted: string): never => {
    const token = peek();
    const got =
      token.kind === "end" ? "the end" : source.slice(token.position, peek(1).position || source.length).trim();
    return refuse(token, `got ${got.slice(0, 60)}, want ${wanted}`);
  };
  const take = (text: string) => {
    if (!isNext(text)) return false;
    write(next().sql);
    return true;
  };
  return {
    peek,
    next,
    before: (back) => tokens[at - back],
    word,
    isNext,
    take,
    want(text, wanted = text) {
      if (!take(text)) unexpected(wanted);
    },
    write,
    last: () => out.at(-1) ?? "",
    written: () => out.join(SEPARATOR),
    placeOf(offset) {
      let start = 0;
      for (const [index, sql] of out.entries()) {
        if (offset < start + sql.length) return places[index] ?? 0;
        start += sql.length + SEPARATOR.length;
      }
      return source.length;
    },
    nested(read) {
      if (++depth > MAX_DEPTH) refuse(peek(), `got nesting deeper than ${MAX_DEPTH}, want less`);
      const result = read();
      depth--;
      return result;
    },
    unexpected,
    refuse,
  };
}
