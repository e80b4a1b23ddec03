import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { closingLine, lineOf, type Result, shortFailuresText, totalsOf } from "./result.ts";

const good: Result = { name: "a.test.ts", durationMs: 1234, passed: 3, failures: [], skips: [], output: [] };
const mixed: Result = {
  ...good,
  name: "b.test.ts",
  failures: [{ name: "x", text: "why" }],
  skips: [{ name: "y", reason: "no browser" }],
};

test("a line per file", () => {
  assert.equal(lineOf(good), "✔ a.test.ts  3 passed  1.2 s");
  assert.equal(lineOf(mixed), "✖ b.test.ts  3 passed, 1 failed, 1 skipped  1.2 s");
});

test("the closing line", () => {
  assert.equal(closingLine(totalsOf([good, good])), "6 passed, 0 failed");
  assert.equal(closingLine(totalsOf([good, mixed])), "6 passed, 1 failed, 1 skipped");
});

describe("at the end failures are told again, in few lines", () => {
  const many = (length: number, word: string) => Array.from({ length }, (_, at) => `${word} ${at + 1}`);

  test("by file and test, with what the file printed last", () => {
    const output = many(20, "printed");
    const text = shortFailuresText([good, { ...mixed, output }]);
    const last = output.slice(5).map((line) => `    ${line}`);
    assert.deepEqual(text.split("\n"), ["✖ b.test.ts", "  ✖ x", "    why", "  it printed last:", ...last]);
    assert.equal(shortFailuresText([good]), "");
  });

  test("the beginning and the end of a long one", () => {
    const text = shortFailuresText([{ ...mixed, failures: [{ name: "x", text: many(100, "line").join("\n") }] }]);
    const lines = text.split("\n").map((line) => line.trim());
    assert.deepEqual(lines.slice(2, 4), ["line 1", "line 2"]);
    assert.deepEqual(lines.slice(31, 34), ["line 30", "… 60 lines left out …", "line 91"]);
    assert.equal(lines.at(-1), "line 100");
  });

  test("the first of many", () => {
    const failures = many(8, "test").map((name) => ({ name, text: "why" }));
    const lines = shortFailuresText([{ ...mixed, failures }]).split("\n");
    assert.deepEqual(lines.slice(-3), ["  ✖ test 5", "    why", "  and 3 more"]);
  });
});
