import assert from "node:assert/strict";
import { test } from "node:test";
import { createRecentEnds } from "./recent-ends.ts";

test("what happened before the latest end of its rule's group is over", () => {
  const taken = createRecentEnds(10).take();
  taken.note("r", "g", 5);
  taken.note("r", "g", 3);
  assert.deepEqual(
    [4, 5, 6].map((atMs) => taken.isOver("r", "g", atMs)),
    [true, false, false],
  );
  assert.equal(taken.isOver("r", "other", 4), false);
  assert.equal(taken.isOver("other", "g", 4), false);
});

test("those heard of least recently are forgotten first", () => {
  const ends = createRecentEnds(2);
  for (const group of ["a", "b", "a", "c"]) {
    const taken = ends.take();
    taken.note("r", group, 5);
    taken.keep();
  }
  assert.deepEqual(
    ["a", "b", "c"].map((group) => ends.take().isOver("r", group, 1)),
    [true, false, true],
  );
});

test("ends of what could not be taken in are known to nobody", () => {
  const ends = createRecentEnds(10);
  const failed = ends.take();
  failed.note("r", "g", 5);
  const again = ends.take();
  assert.equal(again.isOver("r", "g", 4), false);
  again.note("r", "g", 5);
  again.keep();
  assert.equal(ends.take().isOver("r", "g", 4), true);
});
