// Texts as long as a form may be: no one may keep the others waiting.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { assertGrowsEvenly } from "@sightline/testkit/growth";
import { readQuery } from "./engine.ts";
import { format } from "./format.ts";
import { lookAheadMs } from "./look-ahead.ts";

/** What stands before the pieces, and what may end it behind them. */
const ends: Readonly<Record<string, readonly string[]>> = {
  "": ["", "x", ")", '"'],
  "{": ["", '"'],
  "a[": [""],
  "sum(": ["", ")"],
  "a offset (": [""],
};

const pieces: readonly string[] = [
  ..."1 1. 1_ 1m 1e 1h1m - + ( [ { \" ' ` # \n a a: a+ 1+ -1 a[1m] [1m:] a[1m: sum( a or 2^ 0x1 Inf abs( é 😀 \\".split(
    " ",
  ),
  ...[
    " offset 1m",
    " @ 1",
    "sum by (a",
    'a{b="c",',
    'a{b=~"a|',
    "a on (b) ",
    "fill(",
    "a[step()+",
    "min_of(1,",
    '{"a",',
    " ",
  ],
];

/** Null where it could be read. */
function problemOf(source: string): string | null {
  try {
    const { expression } = readQuery(source);
    format(expression);
    lookAheadMs(expression, { stepMs: 1000, lookbackMs: 1000 });
    return null;
  } catch (thrown) {
    assert.ok(thrown instanceof AppError && thrown.code === "invalid_argument", `${source.slice(0, 30)}…: ${thrown}`);
    assert.match(thrown.message, /^\d+:\d+: parse error: (?!Maximum)/);
    return thrown.message;
  }
}

describe("a long query of PromQL", () => {
  for (const [head, tails] of Object.entries(ends)) {
    it(`is read and printed in a time that grows as it does: ${head}…`, () => {
      for (const piece of pieces) {
        for (const tail of tails) {
          const run = (size: number) => problemOf(head + piece.repeat(size / piece.length) + tail);
          assertGrowsEvenly(`${head}${piece}…${tail}`, run, { from: 1000, to: 128_000 });
        }
      }
    });
  }

  it("has patterns that are compiled in a time that grows as they do", () => {
    const parts =
      "a a| a* a? .* a.* .+ (a) (a|b) (a| ( (?:a [a] [ [: [[: \\\\d \\\\. \\\\Q a{2} a{1, (?i) ^ \\\\b é (|a) a.*|".split(
        " ",
      );
    for (const part of parts) {
      for (const tail of ["", ")", "]"]) {
        const run = (size: number) => problemOf(`a{b=~"${part.repeat(size / part.length)}${tail}"}`);
        assertGrowsEvenly(`a{b=~"${part}…${tail}"}`, run, { from: 500, to: 16_000 });
      }
    }
  });

  it("has no more operators than can be evaluated", () => {
    const tooMany = /more than 2000 operators/;
    assert.equal(problemOf(`1${" + 1".repeat(2000)}`), null);
    assert.equal(problemOf(`a${" or a".repeat(2000)}`), null);
    for (const source of [
      `1${" + 1".repeat(2001)}`,
      `a${" or a".repeat(100_000)}`,
      `a${"[1m:]".repeat(100_000)}`,
      `a[1${" + 1".repeat(100_000)}]`,
      `sum(${"-1".repeat(100_000)})`,
    ]) {
      assert.match(problemOf(source) ?? "", tooMany, source.slice(0, 20));
    }
  });
});
