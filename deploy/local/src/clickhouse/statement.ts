import { ClickHouseException } from "./exceptions.ts";
import { type Token, tokens } from "./tokens.ts";

/**
 * What the server must know of a statement before the engine parses it. Offsets are into the text given.
 *
 * - `query` selects rows: `INTO OUTFILE` may be put at `outputAt`; `format` is its own FORMAT clause.
 * - `insert` carries its data after the statement, from `dataAt`. `FROM INFILE` belongs at `sourceAt`; where the
 *   statement selects from `input(structure)`, `file(…` belongs in place of `input(` instead. The statement itself ends
 *   at `formatAt`.
 * - `command` is everything else, from CREATE to SHOW: its output, if it has any, is small.
 */
export type Statement =
  | { readonly kind: "query"; readonly format: string | undefined; readonly outputAt: number; readonly end: number }
  | InsertStatement
  | { readonly kind: "command"; readonly format: string | undefined; readonly end: number };

/** An INSERT whose data follows it. See `Statement`. */
export interface InsertStatement {
  readonly kind: "insert";
  readonly format: string;
  readonly sourceAt: number;
  readonly formatAt: number;
  readonly dataAt: number;
  readonly input: { readonly start: number; readonly end: number } | undefined;
}

const SELECTS = new Set(["SELECT", "WITH", "FROM", "("]);

function refuse(clause: string): ClickHouseException {
  return new ClickHouseException(344, "SUPPORT_IS_DISABLED", `${clause} is not allowed over HTTP`);
}

/** ClickHouse takes blanks up to and including one line break between the FORMAT clause and the data. */
function dataStart(text: string, from: number): number {
  let at = from;
  while (text[at] === " " || text[at] === "\t" || text[at] === "\f") at++;
  if (text[at] === "\r") at++;
  if (text[at] === "\n") at++;
  return at;
}

/** The tokens of a text by index, read no further than asked: the data after an INSERT is not SQL and may be large. */
function tokenList(text: string): (index: number) => Token | undefined {
  const source = tokens(text);
  const seen: Token[] = [];
  return (index) => {
    while (seen.length <= index) {
      const next = source.next();
      if (next.done) return undefined;
      seen.push(next.value);
    }
    return seen[index];
  };
}

/** The index after `INSERT INTO [TABLE] [db.]name` or `INSERT INTO FUNCTION f`: a table may be called `format`. */
function afterTarget(token: (index: number) => Token | undefined): number {
  let at = 1;
  if (token(at)?.word === "INTO") at++;
  if (token(at)?.word === "TABLE" || token(at)?.word === "FUNCTION") at++;
  at++;
  while (token(at)?.text === ".") at += 2;
  return at;
}

/** Undefined for an INSERT that has no data after it (INSERT SELECT). */
function parseInsert(text: string): InsertStatement | undefined {
  const token = tokenList(text);
  let settingsAt: number | undefined;
  let selects = false;
  let input: InsertStatement["input"];
  for (let at = afterTarget(token); ; at++) {
    const current = token(at);
    if (current === undefined) return undefined;
    const next = token(at + 1);
    if (current.word === "INPUT" && next?.text === "(") input = { start: current.start, end: next.end };
    if (current.depth > 0) continue;
    if (current.word === "SELECT" || current.word === "WITH") selects = true;
    if (current.word === "INFILE" && !selects) throw refuse("FROM INFILE");
    if (current.word === "SETTINGS" && !selects) settingsAt ??= current.start;
    const formatAt = current.start;
    const sourceAt = settingsAt ?? formatAt;
    if (current.word === "VALUES" && !selects) {
      return { kind: "insert", format: "Values", sourceAt, formatAt, dataAt: current.end, input };
    }
    if (current.word === "FORMAT" && next?.word !== undefined && (!selects || input !== undefined)) {
      return { kind: "insert", format: next.text, sourceAt, formatAt, dataAt: dataStart(text, next.end), input };
    }
  }
}

/** The offset of the statement's end. Throws when another statement follows, as ClickHouse's HTTP interface does. */
function endOfOnlyStatement(text: string, list: readonly Token[]): number {
  const semicolon = list.findIndex((token) => token.text === ";");
  if (semicolon < 0) return text.length;
  const end = list[semicolon]?.start ?? text.length;
  const extra = list.slice(semicolon).find((token) => token.text !== ";");
  if (extra === undefined) return end;
  const message = `Syntax error (Multi-statements are not allowed): failed at position ${end + 1} (end of query)`;
  throw new ClickHouseException(62, "SYNTAX_ERROR", `${message}: ${text.slice(end, end + 100)}`);
}

function parseOther(text: string): Statement {
  const list = [...tokens(text)];
  const end = endOfOnlyStatement(text, list);
  const top = list.filter((token) => token.depth === 0 && token.start < end);
  const first = top[0]?.word ?? top[0]?.text ?? "";
  const has = (word: string, then: string) =>
    top.some((token, at) => token.word === word && top[at + 1]?.word === then);
  if (has("INTO", "OUTFILE")) throw refuse("INTO OUTFILE");
  const formatAt = top.findLastIndex((token, at) => {
    const after = top[at + 2];
    const closes = after === undefined || after.word === "SETTINGS";
    return token.word === "FORMAT" && top[at + 1]?.word !== undefined && closes;
  });
  const format = formatAt < 0 ? undefined : top[formatAt + 1]?.text;
  if (!SELECTS.has(first) || has("INSERT", "INTO")) return { kind: "command", format, end };
  return { kind: "query", format, outputAt: top[formatAt]?.start ?? end, end };
}

/**
 * Parses the head of a request. `text` is its bytes as Latin-1, so that offsets count bytes (all of SQL's syntax is
 * ASCII) and binary data after an INSERT does no harm. Throws ClickHouseException for what ClickHouse's HTTP interface
 * refuses: no statement, several statements, files of the server's host.
 */
export function parseStatement(text: string): Statement {
  const first = tokenList(text)(0);
  if (first === undefined || first.text === ";") throw new ClickHouseException(62, "SYNTAX_ERROR", "Empty query");
  // The engine's own splitter passes over some of what no statement begins with.
  if (first.word === undefined && first.text !== "(") {
    const message = `Syntax error: failed at position ${first.start + 1} (${first.text.slice(0, 20)})`;
    throw new ClickHouseException(62, "SYNTAX_ERROR", message);
  }
  return (first.word === "INSERT" ? parseInsert(text) : undefined) ?? parseOther(text);
}
