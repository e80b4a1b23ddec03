import { isAllowedFunction } from "./functions.ts";
import { isExpressionWord, isStructure, isType } from "./reserved.ts";
import type { StatementReader } from "./statement-reader.ts";
import { endsValue, quoteName, type SqlToken } from "./tokens.ts";

/** Where expressions stand, which says what ends them. */
export interface ExpressionPlace {
  /**
   * `clause`: before the next clause. `on`: also before a comma or a join. `with`: before a comma. `group`: in brackets.
   * `list`: in the brackets of IN.
   */
  readonly place: "clause" | "on" | "with" | "group" | "list";
  /** Reads what follows an opening parenthesis when it is a query. */
  readonly readQuery: () => void;
  /** Told of each parameter. */
  readonly seeParameter: (token: Extract<SqlToken, { kind: "parameter" }>) => void;
}

const setWords = new Set(["UNION", "INTERSECT", "EXCEPT"]);
/** What goes on in a clause behind WITH. */
const withWords = new Set(["FILL", "TIES", "TOTALS", "ROLLUP", "CUBE"]);
const groupWords = new Set(["ORDER", "WHERE", "ON"]);
const joinWords = new Set([
  ...[
    "JOIN",
    "INNER",
    "LEFT",
    "RIGHT",
    "FULL",
    "CROSS",
    "OUTER",
    "ASOF",
    "SEMI",
    "ANTI",
    "ANY",
    "ALL",
    "PASTE",
    "NATURAL",
  ],
  ...["GLOBAL", "LOCAL", "ARRAY"],
]);

/** Whether a word begins a join; `left(x, 1)` and `any(x)` do not, `JOIN (SELECT …)` does. */
export function beginsJoin(reader: StatementReader): boolean {
  if (reader.word() === "JOIN") return true;
  return joinWords.has(reader.word()) && !reader.isNext("(", 1) && !(reader.word() === "GLOBAL" && isInWord(reader));
}

function isInWord(reader: StatementReader): boolean {
  return reader.word(1) === "IN" || (reader.word(1) === "NOT" && reader.word(2) === "IN");
}

/**
 * Copies expressions up to where they end. Every function has to be an allowed one, and nothing in them may name a table:
 * after IN only a list or a query is taken. Names are written in quotes, so that they are names for ClickHouse too.
 */
export function readExpressions(reader: StatementReader, context: ExpressionPlace): void {
  for (let token = reader.peek(); token.kind !== "end"; token = reader.peek()) {
    if (token.kind === "symbol") {
      if (token.sql === ")" || token.sql === "]" || token.sql === ";") return;
      if (token.sql === "," && (context.place === "on" || context.place === "with")) return;
      readSymbol(reader, context);
    } else if (token.kind === "word" && isStructure(token.word) && !isCall(reader, token)) {
      if (!readStructure(reader, token, context)) return;
    } else readValue(reader, token, context);
  }
}

/** Functions that are called like a part of a statement, as their name has to be written. */
const calledLikeStructure: ReadonlySet<string> = new Set(["left", "right", "any", "array", "format"]);

function isCall(reader: StatementReader, token: SqlToken): boolean {
  if (token.kind !== "word" || !reader.isNext("(", 1)) return false;
  // `format` knows one spelling only, by which it differs from the clause.
  const name = token.word === "FORMAT" ? token.name : token.name.toLowerCase();
  return calledLikeStructure.has(name);
}

function readSymbol(reader: StatementReader, context: ExpressionPlace): void {
  const { sql } = reader.peek();
  if (sql !== "(" && sql !== "[") {
    reader.write(reader.next().sql);
    return;
  }
  const isList = context.place === "list" && sql === "(" && !endsValue(reader.before(1));
  readBrackets(reader, { ...context, place: isList ? "list" : "group" });
}

/** What stands in brackets: expressions, or a query. */
function readBrackets(reader: StatementReader, context: ExpressionPlace): void {
  const closing = reader.isNext("(") ? ")" : "]";
  const isQuery = closing === ")" && (reader.word(1) === "SELECT" || reader.word(1) === "WITH");
  reader.write(reader.next().sql);
  reader.nested(() => {
    if (isQuery) context.readQuery();
    else readExpressions(reader, context);
  });
  reader.want(closing, `an operator, a comma or ${closing}`);
}

/** A word that begins a part of a statement: false when it ends the expressions. */
function readStructure(reader: StatementReader, token: SqlToken, context: ExpressionPlace): boolean {
  const word = reader.word();
  if (word === "IN") return readIn(reader, context);
  if (word === "GLOBAL" && isInWord(reader)) {
    reader.write(reader.next().sql);
    return true;
  }
  if (word === "EXCEPT" && reader.last() === "*" && reader.word(1) !== "SELECT" && reader.word(1) !== "ALL") {
    reader.write(reader.next().sql);
    return true;
  }
  if (word === "WITH" && withWords.has(reader.word(1))) {
    reader.write(reader.next().sql);
    return true;
  }
  if (reader.last() === "." || reader.last().toUpperCase() === "AS") {
    reader.refuse(token, `got ${token.sql} as a name, want it in quotes`);
  }
  if (word === "APPLY") reader.refuse(token, "got APPLY, want the functions written for each column");
  if (context.place !== "group" && context.place !== "list") return isEnd(reader, word, context);
  if (groupWords.has(word)) {
    reader.write(reader.next().sql);
    return true;
  }
  if (word === "FROM") {
    reader.refuse(
      token,
      "got FROM in an expression, want a function with commas such as substring(x, 1, 2) or toHour(x)",
    );
  }
  return reader.refuse(token, `got ${token.sql} in an expression, want it in quotes if it is a name`);
}

function isEnd(reader: StatementReader, word: string, { place }: ExpressionPlace): false {
  if (word === "SELECT" && place !== "with") reader.unexpected("a clause, an operator or the end");
  if (setWords.has(word) && place === "with") reader.unexpected("SELECT");
  return false;
}

/** A name after IN could be that of a table, in parentheses too; and so could one in `in(x, name)`, which is IN as well. */
function readIn(reader: StatementReader, context: ExpressionPlace): boolean {
  const isNegated = reader.before(1)?.kind === "word" && reader.last().toUpperCase() === "NOT";
  const isGlobal = (back: number) => reader.before(back)?.sql.toUpperCase() === "GLOBAL";
  const back = 1 + (isNegated ? 1 : 0);
  if (!endsValue(reader.before(isGlobal(back) ? back + 1 : back))) reader.unexpected("a value before IN");
  reader.write(reader.next().sql);
  if (reader.isNext("(")) {
    readBrackets(reader, { ...context, place: "list" });
    return true;
  }
  const token = reader.peek();
  const isFunction = token.kind === "word" && reader.isNext("(", 1) && isAllowedFunction(token.name);
  if (token.kind === "parameter" || reader.isNext("[") || isFunction) return true;
  return reader.unexpected("a list or a query in parentheses after IN; has(array, x) for an array");
}

function readValue(reader: StatementReader, token: SqlToken, context: ExpressionPlace): void {
  if (token.kind === "parameter") context.seeParameter(token);
  if (token.kind !== "word" && token.kind !== "quoted") {
    reader.write(reader.next().sql);
    return;
  }
  const isColumn = reader.last() === ".";
  const isWord = token.kind === "word" && !isColumn && isExpressionWord(token.word);
  if (reader.isNext("(", 1) && !isWord) {
    const isKnown = token.kind === "word" && !isColumn && (isAllowedFunction(token.name) || isType(token.word));
    if (!isKnown) reader.refuse(token, `got the function ${token.name}, want one that only computes`);
    reader.write(reader.next().sql);
    return;
  }
  if (context.place === "list" && !isWord) {
    reader.refuse(
      token,
      `got the name ${token.name} in a list, want values, or a query such as (SELECT ${token.name} FROM …)`,
    );
  }
  reader.next();
  const isPlain = isWord || (token.kind === "word" && isTypePlace(reader) && isType(token.word));
  reader.write(isPlain ? token.sql : quoteName(token.name));
}

/** Where a type may stand: behind AS in CAST, behind `::`, inside another type. */
function isTypePlace(reader: StatementReader): boolean {
  return reader.last().toUpperCase() === "AS" || ["::", "(", ","].includes(reader.last());
}
