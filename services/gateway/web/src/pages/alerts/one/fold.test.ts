import assert from "node:assert/strict";
import { test } from "node:test";
import { fold } from "./fold.ts";

test("what says the same but for its numbers is told once, with how often and when last", () => {
  const told = [
    "due",
    "attempt 1: refused",
    "attempt 2: refused",
    "failed",
    "due",
    "attempt 1: refused",
    "failed",
    "silenced",
  ];
  const folded = fold(
    told.map((text, at) => ({ text, at })),
    ({ text }) => text,
  );
  assert.deepEqual(
    folded.map(({ item, more, last }) => `${item.text} +${more} until ${last.at}`),
    ["due +1 until 4", "attempt 1: refused +2 until 5", "failed +1 until 6", "silenced +0 until 7"],
  );
});

test("what has no text is told each time", () => {
  const folded = fold([{ n: 1 }, { n: 1 }], () => undefined);
  assert.deepEqual(
    folded.map(({ more }) => more),
    [0, 0],
  );
});
