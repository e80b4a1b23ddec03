// The table of Alertmanager's lexer (Apache-2.0): matcher/parse/lexer_test.go of v0.34.2.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readTokens } from "./lexer.ts";

type Piece =
  | readonly [kind: string, text: string, start: number, end: number]
  | readonly [kind: "problem", text: string];

const cases: readonly (readonly [input: string, pieces: readonly Piece[]])[] = [
  ["", []],
  ["{", [["{", "{", 0, 1]]],
  [" {", [["{", "{", 1, 2]]],
  ["}", [["}", "}", 0, 1]]],
  [" }", [["}", "}", 1, 2]]],
  [
    "{}",
    [
      ["{", "{", 0, 1],
      ["}", "}", 1, 2],
    ],
  ],
  [
    "{ }",
    [
      ["{", "{", 0, 1],
      ["}", "}", 2, 3],
    ],
  ],
  ["hello", [["unquoted", "hello", 0, 5]]],
  ["hello_world", [["unquoted", "hello_world", 0, 11]]],
  ["hello:world", [["unquoted", "hello:world", 0, 11]]],
  ["hello0123456789", [["unquoted", "hello0123456789", 0, 15]]],
  ["_hello", [["unquoted", "_hello", 0, 6]]],
  [
    "hello world",
    [
      ["unquoted", "hello", 0, 5],
      ["unquoted", "world", 6, 11],
    ],
  ],
  ["\nhello", [["unquoted", "hello", 1, 6]]],
  ["hello\n", [["unquoted", "hello", 0, 5]]],
  ["\rhello", [["unquoted", "hello", 1, 6]]],
  [" hello", [["unquoted", "hello", 1, 6]]],
  ["hello ", [["unquoted", "hello", 0, 5]]],
  [
    "hello\nworld",
    [
      ["unquoted", "hello", 0, 5],
      ["unquoted", "world", 6, 11],
    ],
  ],
  ["$", [["unquoted", "$", 0, 1]]],
  ["🙂", [["unquoted", "🙂", 0, 1]]],
  ["Σ", [["unquoted", "Σ", 0, 1]]],
  [
    "hello🙂Σ world",
    [
      ["unquoted", "hello🙂Σ", 0, 7],
      ["unquoted", "world", 8, 13],
    ],
  ],
  [
    "hello🙂Σ world",
    [
      ["unquoted", "hello🙂Σ", 0, 7],
      ["unquoted", "world", 8, 13],
    ],
  ],
  ['"hello"', [["quoted", '"hello"', 0, 7]]],
  ['"hello 🙂"', [["quoted", '"hello 🙂"', 0, 9]]],
  ['"hello world"', [["quoted", '"hello world"', 0, 13]]],
  ['"hello world"', [["quoted", '"hello world"', 0, 13]]],
  ['"hello\nworld"', [["quoted", '"hello\nworld"', 0, 13]]],
  ['"hello\tworld"', [["quoted", '"hello\tworld"', 0, 13]]],
  ['"\\d+"', [["quoted", '"\\d+"', 0, 5]]],
  ['"\\\\d+"', [["quoted", '"\\\\d+"', 0, 6]]],
  ['"hello \\"world\\""', [["quoted", '"hello \\"world\\""', 0, 17]]],
  ['"hello world\\\\"', [["quoted", '"hello world\\\\"', 0, 15]]],
  ['"\\n"', [["quoted", '"\\n"', 0, 4]]],
  ["=", [["=", "=", 0, 1]]],
  ["!=", [["!=", "!=", 0, 2]]],
  ["=~", [["=~", "=~", 0, 2]]],
  ["!~", [["!~", "!~", 0, 2]]],
  ["!", [["problem", "0:1: unexpected end of input, expected one of '=~'"]]],
  ["~", [["problem", "0:1: ~: invalid input"]]],
  [
    "=!",
    [
      ["=", "=", 0, 1],
      ["problem", "1:2: unexpected end of input, expected one of '=~'"],
    ],
  ],
  [
    "!=!!",
    [
      ["!=", "!=", 0, 2],
      ["problem", "2:3: !: expected one of '=~'"],
    ],
  ],
  [
    "hello!",
    [
      ["unquoted", "hello", 0, 5],
      ["problem", "5:6: unexpected end of input, expected one of '=~'"],
    ],
  ],
  ["\\n", [["problem", "0:1: \\: invalid input"]]],
  ["\\nhello", [["problem", "0:1: \\: invalid input"]]],
  [
    "hello\\n",
    [
      ["unquoted", "hello", 0, 5],
      ["problem", "5:6: \\: invalid input"],
    ],
  ],
  [
    "hello\\r",
    [
      ["unquoted", "hello", 0, 5],
      ["problem", "5:6: \\: invalid input"],
    ],
  ],
  ['"hello', [["problem", '0:6: "hello: missing end "']]],
  ['"hello\\"', [["problem", '0:8: "hello\\": missing end "']]],
];

describe("the pieces of matchers", () => {
  for (const [input, pieces] of cases) {
    it(JSON.stringify(input), () => {
      const found = readTokens(input)
        .filter(({ kind }) => kind !== "end")
        .map(({ kind, text, start, end }) => (kind === "problem" ? [kind, text] : [kind, text, start, end]));
      assert.deepEqual(found, pieces);
    });
  }
});
