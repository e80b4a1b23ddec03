import { type AppError, invalid } from "@sightline/errors/app-error";
import { positionOf } from "@sightline/gotext/position";
import { isExpressionWord, isStructure } from "./reserved.ts";

/** One word of SQL. `sql` is how it is written again; comments and blanks are none. */
export type SqlToken = {
  /** Offset in the text. */
  readonly position: number;
  readonly sql: string;
} & (
  | { readonly kind: "symbol" | "number" | "string" | "end" }
  /** A word without quotes; `word` in upper case. */
  | { readonly kind: "word"; readonly word: string; readonly name: string }
  /** A name in quotes. */
  | { readonly kind: "quoted"; readonly name: string }
  /** `{name:Type}`. */
  | { readonly kind: "parameter"; readonly name: string; readonly type: string }
);

/** The most characters of a statement. */
const MAX_LENGTH = 65_536;

const blank = /(?:[ \t\r\n\f\v]|--[^\n]*|\/\*[\s\S]*?\*\/)+/y;
const word = /[A-Za-z_][A-Za-z0-9_]*/y;
const digits = /\d+/y;
const number = /(?:0[xX][0-9a-fA-F]+|0[bB][01]+|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)(?![A-Za-z0-9_])/y;
const text = /'(?:[^'\\]|\\[\s\S]|'')*'/y;
const quotedName = /"(?:[^"\\]|\\[\s\S]|"")*"|`(?:[^`\\]|\\[\s\S]|``)*`/y;
const parameter = /\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*:\s*([A-Za-z][A-Za-z0-9_ (),'+/:.-]*)\}/y;
const symbol = /->|::|\|\||<=>|<=|>=|<>|!=|==|[()[\],.;+\-*/%=<>?:]/y;

/** The error about what stands at an offset: what it is, and what could stand there. */
export function sqlProblem(source: string, position: number, gotAndWant: string): AppError {
  const { line, column } = positionOf(source, position);
  return invalid(`cannot run SQL: at line ${line}, column ${column} ${gotAndWant}`);
}

/**
 * The words of a statement, the last being its end. What ClickHouse may read otherwise than we do is refused: anything but
 * ASCII outside of quotes (it has quotes and blanks of its own there), heredocs, `#` comments, names with control
 * characters. Throws invalid_argument that names line and column.
 */
export function sqlTokens(source: string): SqlToken[] {
  if (source.length > MAX_LENGTH) {
    throw sqlProblem(source, MAX_LENGTH, `got ${source.length} characters, want at most ${MAX_LENGTH}`);
  }
  const tokens: SqlToken[] = [];
  let position = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = position;
    const found = pattern.exec(source);
    position += found?.[0].length ?? 0;
    return found;
  };
  for (;;) {
    take(blank);
    if (source.startsWith("/*", position)) throw sqlProblem(source, position, "got a comment without its closing */");
    if (position === source.length) return [...tokens, { kind: "end", sql: "", position }];
    // Behind a point digits are the number of a tuple's element.
    const afterPoint = tokens.at(-1)?.sql === "." ? take(digits)?.[0] : undefined;
    const start = position - (afterPoint?.length ?? 0);
    // Behind a value a point is not that of a number.
    const point = afterPoint === undefined && endsValue(tokens.at(-1)) ? take(/\./y) : null;
    const token = point === null ? readToken(take, afterPoint) : ({ kind: "symbol", sql: "." } as const);
    if (token === undefined) throw sqlProblem(source, start, unknown(source, start));
    tokens.push({ ...token, position: start });
  }
}

/** A word without its place. */
type Bare<T> = T extends unknown ? Omit<T, "position"> : never;

/** Whether the word ends a value. */
export function endsValue(token: SqlToken | undefined): boolean {
  switch (token?.kind) {
    case "word":
      return !isStructure(token.word) && (!isExpressionWord(token.word) || valueWords.has(token.word));
    case "symbol":
      return token.sql === ")" || token.sql === "]" || token.sql === "*";
    case undefined:
    case "end":
      return false;
    default:
      return true;
  }
}

const valueWords: ReadonlySet<string> = new Set(["NULL", "TRUE", "FALSE", "INF", "NAN", "END", "DATE", "TIMESTAMP"]);

function readToken(
  take: (pattern: RegExp) => RegExpExecArray | null,
  afterPoint: string | undefined,
): Bare<SqlToken> | undefined {
  if (afterPoint !== undefined) return { kind: "number", sql: afterPoint };
  const bare = take(word)?.[0];
  if (bare !== undefined) return { kind: "word", word: bare.toUpperCase(), name: bare, sql: bare };
  const numeral = take(number)?.[0];
  if (numeral !== undefined) return { kind: "number", sql: numeral };
  const literal = take(text)?.[0];
  if (literal !== undefined) return { kind: "string", sql: `'${literal.slice(1, -1).replaceAll("''", "\\'")}'` };
  const quoted = take(quotedName)?.[0];
  if (quoted !== undefined) return nameToken(quoted);
  const [, name, type] = take(parameter) ?? [];
  if (name !== undefined && type !== undefined)
    return { kind: "parameter", name, type, sql: `{${name}:${type.trim()}}` };
  const sign = take(symbol)?.[0];
  return sign === undefined ? undefined : { kind: "symbol", sql: sign };
}

/** A name with escapes is refused: it would have to be read as ClickHouse reads it. */
function nameToken(quoted: string): Bare<SqlToken> | undefined {
  const name = quoted.slice(1, -1);
  if (name === "" || /[\\`"\p{Cc}]/u.test(name)) return undefined;
  return { kind: "quoted", name, sql: quoteName(name) };
}

/** A name as ClickHouse reads it without regard to what else it means. The name has no quotes or backslashes in it. */
export function quoteName(name: string): string {
  return `\`${name}\``;
}

function unknown(source: string, position: number): string {
  const char = String.fromCodePoint(source.codePointAt(position) ?? 0);
  if (char === "'") return "got a text without its closing '";
  if (char === '"' || char === "`")
    return `got a name without its closing ${char}, or with quotes or backslashes in it`;
  if (char === "{") return "got {, want a parameter such as {name:String}, or map() for a map";
  return `got ${char}, want a name, a value or an operator`;
}
