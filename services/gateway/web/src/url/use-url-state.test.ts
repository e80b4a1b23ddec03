import assert from "node:assert/strict";
import { test } from "node:test";
import { changedParams, type UrlChanges } from "./use-url-state.ts";

test("changes set, repeat and take out, and leave the others", () => {
  const cases: [string, UrlChanges, string][] = [
    ["a=1&b=2", { a: "3" }, "b=2&a=3"],
    ["a=1&b=2", { a: null }, "b=2"],
    ["a=1", { a: "" }, ""],
    ["a=1&a=2", { a: ["x", "y"] }, "a=x&a=y"],
    ["a=1", { a: [] }, ""],
    ["q=disk+full", { start: "-1h" }, "q=disk+full&start=-1h"],
  ];
  for (const [before, changes, want] of cases) {
    assert.equal(changedParams(new URLSearchParams(before), changes).toString(), want);
  }
});
