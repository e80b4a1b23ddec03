import assert from "node:assert/strict";
import { test } from "node:test";
import { shallowJson } from "./shallow-json.ts";

const cases: readonly [name: string, json: string, want: string][] = [
  ["what is flat enough stays as it is", ' {"a": [1, "x"], "b": {}} ', ' {"a": [1, "x"], "b": {}} '],
  ["what lies deeper is empty, what stands beside it stays", '[[1,[2,[3]],{"a":[4]}],5]', "[[1,[],{}],5]"],
  ["brackets in strings are text", '["[[[\\"{[",["]"],[[["]"]]]]', '["[[[\\"{[",["]"],[[]]]'],
  ["a backslash before the end of a string is read as one", '["\\\\",[[[1]]]]', '["\\\\",[[]]]'],
  ["what never ends is no JSON before and after", "[[[[1]", "[[["],
  ["what ends too often is no JSON before and after", "[]]]", "[]]]"],
  ["a string without end", '["a', '["a'],
];
for (const [name, json, want] of cases) {
  test(name, () => assert.equal(shallowJson(json, 2), want));
}

test("a million levels are read", () => {
  const levels = 1_000_000;
  assert.equal(shallowJson(`${"[".repeat(levels)}${"]".repeat(levels)}`, 3), "[[[[]]]]");
});
