import { serverErrorCode } from "@sightline/clickhouse/clickhouse-error";
import { AppError, invalid, unavailable } from "@sightline/errors/app-error";
import { positionOf } from "@sightline/gotext/position";
import type { GuardedSql } from "@sightline/query/sql/guard";
import { sqlTokens } from "@sightline/query/sql/tokens";
import type { SqlLimits } from "./limits.ts";

/** A statement as its author wrote it and as it was run. */
export interface RunStatement {
  readonly source: string;
  readonly guarded: GuardedSql;
  /** The database that the tables are in. */
  readonly database: string;
}

/** Of ClickHouse's error codes (src/Common/ErrorCodes.cpp) those of a server that is not well, or asked wrongly by us. */
const NOT_OF_THE_STATEMENT: ReadonlySet<number> = new Set([
  // CANNOT_READ_ALL_DATA, CHECKSUM_DOESNT_MATCH, LOGICAL_ERROR, UNKNOWN_TABLE, CANNOT_READ_FROM_FILE_DESCRIPTOR, CANNOT_OPEN_FILE
  33,
  40, 49, 60, 74, 76,
  // UNKNOWN_DATABASE, FILE_DOESNT_EXIST, UNKNOWN_SETTING, READONLY, CORRUPTED_DATA, CANNOT_DECOMPRESS
  81, 107, 115, 164, 246, 271,
  // SETTING_CONSTRAINT_VIOLATION, ACCESS_DENIED, S3_ERROR, AUTHENTICATION_FAILED, POCO_, STD_, UNKNOWN_EXCEPTION
  452, 497, 499, 516, 1000, 1001, 1002,
]);

const SYNTAX_ERROR = 62;

/** What went wrong with a statement of a user, in words about what they wrote, and none about our insides. */
export function userSqlError(error: AppError, statement: RunStatement, limits: SqlLimits): AppError {
  const code = serverErrorCode(error);
  if (code === undefined) return withoutServer(error);
  const limit = limitOf(code, limits);
  if (limit !== undefined) return new AppError("resource_exhausted", `cannot run SQL: ${limit}`, { cause: error });
  if (error.code === "cancelled" || error.code === "unavailable") return withoutServer(error);
  if (NOT_OF_THE_STATEMENT.has(code)) {
    return new AppError("internal", "cannot run SQL: the database failed; storage's log has the details", {
      cause: error,
    });
  }
  if (code === SYNTAX_ERROR) return syntaxError(error, statement);
  const text = cleaned(messageOf(error), statement.database);
  const at = placeOfName(text, statement.source);
  return invalid(`cannot run SQL: ${at === undefined ? "" : `${placeText(statement.source, at)}: `}${text}`, error);
}

function withoutServer(error: AppError): AppError {
  if (error.code !== "unavailable") return error;
  return unavailable("cannot run SQL: the database cannot answer now", { cause: error });
}

function limitOf(code: number, limits: SqlLimits): string | undefined {
  switch (code) {
    // TIMEOUT_EXCEEDED, TOO_SLOW
    case 159:
    case 160:
      return `it took more than ${limits.maxExecutionMs / 1000} s, want a shorter range of time or stricter conditions`;
    case 158:
      return `it would read more than ${limits.maxRowsToRead} rows, want a shorter range of time`;
    case 307:
      return `it would read more than ${limits.maxBytesToRead} bytes, want fewer columns or a shorter range of time`;
    case 241:
      return `it needs more than ${limits.maxMemoryBytes} bytes of memory, want less to group, sort or join`;
    // TOO_MANY_ROWS_OR_BYTES, TOO_DEEP_…, TOO_BIG_AST, NOT_ENOUGH_SPACE of what may be put aside
    case 396:
    case 167:
    case 168:
    case 243:
      return "it needs more than one statement may have, want a smaller one";
    default:
      return undefined;
  }
}

/** The server's own words: behind the name and the number that the client puts before them. */
function messageOf({ cause, message }: AppError): string {
  return cause instanceof Error ? cause.message : message;
}

/** Without what the server says about how it runs the statement, and the names that it has only there. */
function cleaned(message: string, database: string): string {
  const text = message
    .replace(/[.:]? in (?:scope|query) .*?(?=\. Maybe you meant|$)/is, "")
    .replace(/: while executing .*$/is, "")
    .replace(/\. Look at https:.*$/s, "")
    .replaceAll(/\b__table\d+\./g, "")
    .replaceAll(`${database}.`, "")
    .replaceAll("sightline_with_", "")
    .replaceAll(/\s+/g, " ")
    .replace(/[\s.:]+$/, "");
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function placeText(source: string, at: number): string {
  const { line, column } = positionOf(source, at);
  return `at line ${line}, column ${column}`;
}

/** Where the first name in quotes of a message stands that is a name or a text of the statement. */
function placeOfName(message: string, source: string): number | undefined {
  const tokens = sqlTokens(source);
  for (const [, quoted = ""] of message.matchAll(/[`']([^`']+)[`']/g)) {
    const name = quoted.slice(quoted.lastIndexOf(".") + 1);
    const found = tokens.find((token) =>
      "name" in token ? token.name === name : token.kind === "string" && token.sql === `'${quoted}'`,
    );
    if (found !== undefined) return found.position;
  }
  return undefined;
}

/** What the server calls signs, and what it would take that we do not. */
const SIGNS: Readonly<Record<string, string>> = {
  Comma: ",",
  Dot: ".",
  DoubleColon: "::",
  ClosingRoundBracket: ")",
  ClosingSquareBracket: "]",
  OpeningRoundBracket: "(",
  OpeningSquareBracket: "[",
  identifier: "a name",
  "end of query": "the end",
};
const NOT_OURS =
  /^(?:token.*|alias|SETTINGS|INTO OUTFILE|FORMAT|PREWHERE|ParallelWithClause|PARALLEL WITH|WITH|GLOBAL .*|[A-Z][a-z]+[A-Z].*)$/;
const MAX_EXPECTED = 12;

/** "failed at position 22 (`Body`) …. Expected one of: token, Comma, FROM, …." */
function syntaxError(error: AppError, { source, guarded }: RunStatement): AppError {
  const message = messageOf(error);
  const [, position = "1"] = /failed at position (\d+)/.exec(message) ?? [];
  const before = Buffer.from(guarded.sql).subarray(0, Number(position) - 1);
  const at = guarded.placeOf(before.toString().length);
  const got = sqlTokens(source).find((token) => token.position === at);
  const text = got === undefined || got.kind === "end" ? "the end" : source.slice(at, at + got.sql.length);
  const [, expected = ""] = /Expected one of: ([\s\S]*)$/.exec(message) ?? [];
  const wanted = expected
    .split(", ")
    .map((name) => name.replace(/[\s.]+$/, ""))
    .map((name) => SIGNS[name] ?? name)
    .filter((name) => name !== "" && !NOT_OURS.test(name));
  const want = wanted.length === 0 ? "another word" : `one of ${wanted.slice(0, MAX_EXPECTED).join(" ")}`;
  return invalid(`cannot run SQL: ${placeText(source, at)} got ${text.slice(0, 60)}, want ${want}`, error);
}
