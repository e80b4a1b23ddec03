import assert from "node:assert/strict";
import { test } from "node:test";
import { closingLine, lineOf, type Result, totalsOf } from "./result.ts";

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
