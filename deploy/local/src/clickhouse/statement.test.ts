import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseStatement } from "./statement.ts";

/** What a statement is, with its offsets shown as the text between them. */
function show(text: string): unknown {
  const statement = parseStatement(text);
  switch (statement.kind) {
    case "query":
      return [
        "query",
        text.slice(0, statement.outputAt),
        text.slice(statement.outputAt, statement.end),
        statement.format,
      ];
    case "command":
      return ["command", text.slice(0, statement.end), statement.format];
    case "insert": {
      const { sourceAt, formatAt, dataAt, format, input } = statement;
      const source =
        input === undefined
          ? [text.slice(0, sourceAt), text.slice(sourceAt, formatAt)]
          : [text.slice(input.start, input.end)];
      return ["insert", ...source, format, text.slice(dataAt)];
    }
  }
}

describe("statements", () => {
  const cases: [text: string, want: unknown][] = [
    ["SELECT 1", ["query", "SELECT 1", "", undefined]],
    ["select 1 format JSON", ["query", "select 1 ", "format JSON", "JSON"]],
    [
      "SELECT 1 FORMAT CSV SETTINGS max_threads = 1 ;",
      ["query", "SELECT 1 ", "FORMAT CSV SETTINGS max_threads = 1 ", "CSV"],
    ],
    ["SELECT 1 -- FORMAT CSV\n", ["query", "SELECT 1 -- FORMAT CSV\n", "", undefined]],
    ["SELECT ' FORMAT CSV'", ["query", "SELECT ' FORMAT CSV'", "", undefined]],
    ["SELECT format FROM t", ["query", "SELECT format FROM t", "", undefined]],
    ["SELECT format('{}', x) FROM t FORMAT TSV", ["query", "SELECT format('{}', x) FROM t ", "FORMAT TSV", "TSV"]],
    ["(SELECT 1) UNION ALL (SELECT 2)", ["query", "(SELECT 1) UNION ALL (SELECT 2)", "", undefined]],
    ["/* a */ WITH 1 AS x SELECT x", ["query", "/* a */ WITH 1 AS x SELECT x", "", undefined]],
    ["FROM t SELECT a", ["query", "FROM t SELECT a", "", undefined]],
    ["WITH 1 AS x INSERT INTO t SELECT x", ["command", "WITH 1 AS x INSERT INTO t SELECT x", undefined]],
    ["SHOW TABLES FORMAT CSV;", ["command", "SHOW TABLES FORMAT CSV", "CSV"]],
    ["CREATE TABLE t (a UInt8)", ["command", "CREATE TABLE t (a UInt8)", undefined]],
    ["INSERT INTO t SELECT 1", ["command", "INSERT INTO t SELECT 1", undefined]],
    ["INSERT INTO t FORMAT CSV\n1;2\n", ["insert", "INSERT INTO t ", "", "CSV", "1;2\n"]],
    ["INSERT INTO t FORMAT CSV  \r\n\n1", ["insert", "INSERT INTO t ", "", "CSV", "\n1"]],
    ["INSERT INTO t FORMAT JSONEachRow {}", ["insert", "INSERT INTO t ", "", "JSONEachRow", "{}"]],
    [
      "INSERT INTO d.`t;` (a, b) SETTINGS x = 1 FORMAT Native\n\0\x01'",
      ["insert", "INSERT INTO d.`t;` (a, b) ", "SETTINGS x = 1 ", "Native", "\0\x01'"],
    ],
    ["INSERT INTO format (values) VALUES (1)", ["insert", "INSERT INTO format (values) ", "", "Values", " (1)"]],
    [
      "INSERT INTO TABLE FUNCTION null('a Int8') VALUES (1)",
      ["insert", "INSERT INTO TABLE FUNCTION null('a Int8') ", "", "Values", " (1)"],
    ],
    ["INSERT INTO t SELECT a FROM input('a Int8') FORMAT CSV\n1", ["insert", "input(", "CSV", "1"]],
  ];
  for (const [text, want] of cases) it(JSON.stringify(text), () => assert.deepEqual(show(text), want));
});

describe("refused statements", () => {
  const cases: [text: string, code: number][] = [
    ["", 62],
    ["  -- only a comment", 62],
    [";", 62],
    ["'SELECT 1'", 62],
    ["SELECT 1; SELECT 2", 62],
    ["CREATE TABLE a (b Int8); DROP TABLE a", 62],
    ["SELECT 1 INTO OUTFILE 'x'", 344],
    ["INSERT INTO t FROM INFILE 'x' FORMAT CSV", 344],
  ];
  for (const [text, code] of cases) it(JSON.stringify(text), () => assert.throws(() => parseStatement(text), { code }));
});
