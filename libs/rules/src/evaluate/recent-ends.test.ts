import assert from "node:assert/strict";
import { test } from "node:test";
import { createRecentEnds } from "./recent-ends.ts";

test("what happened before the latest end of its rule's group is over", () => {
  const ends = createRecentEnds(10);
  ends.note("r", "g", 5);
  ends.note("r", "g", 3);
  assert.deepEqual(
    [4, 5, 6].map((atMs) => ends.isOver("r", "g", atMs)),
    [true, false, false],
  );
  assert.equal(ends.isOver("r", "other", 4), false);
  assert.equal(ends.isOver("other", "g", 4), false);
});

test("those heard of least recently are forgotten first", () => {
  const ends = createRecentEnds(2);
  for (const group of ["a", "b", "a", "c"]) ends.note("r", group, 5);
  assert.deepEqual(
    ["a", "b", "c"].map((group) => ends.isOver("r", group, 1)),
    [true, false, true],
  );
});
