import assert from "node:assert/strict";
import { test } from "node:test";
import { createRecentEnds } from "./recent-ends.ts";

test("what happened before the latest end of its rule's group is over", () => {
  const taken = createRecentEnds({ maxEnds: 10, maxRules: 10 }).take();
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
  const ends = createRecentEnds({ maxEnds: 2, maxRules: 10 });
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

test("many groups of one rule have nothing forgotten of another", () => {
  const ends = createRecentEnds({ maxEnds: 2, maxRules: 2 });
  const note = (rule: string, groups: readonly string[]) => {
    const taken = ends.take();
    for (const group of groups) taken.note(rule, group, 5);
    taken.keep();
  };
  note("quiet", ["g"]);
  note("loud", ["a", "b", "c", "d"]);
  const taken = ends.take();
  assert.deepEqual([taken.isOver("quiet", "g", 1), taken.isOver("loud", "a", 1)], [true, false]);
  note("quiet", ["g"]);
  note("third", ["a"]);
  assert.deepEqual([taken.isOver("quiet", "g", 1), taken.isOver("loud", "d", 1)], [true, false]);
});

test("ends of what could not be taken in are known to nobody", () => {
  const ends = createRecentEnds({ maxEnds: 10, maxRules: 10 });
  const failed = ends.take();
  failed.note("r", "g", 5);
  const again = ends.take();
  assert.equal(again.isOver("r", "g", 4), false);
  again.note("r", "g", 5);
  again.keep();
  assert.equal(ends.take().isOver("r", "g", 4), true);
});
