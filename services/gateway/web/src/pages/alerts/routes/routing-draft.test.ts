import assert from "node:assert/strict";
import { test } from "node:test";
import { draftOf, following, isChanged, isOvertaken } from "./routing-draft.ts";

const version = (number: number, source: string) => ({ version: number, source, author: "ann", created: null });

test("a draft goes on with the newest version while nothing is written, and stays when something is", () => {
  const first = version(1, "a");
  const second = version(2, "b");
  const untouched = draftOf(first);
  assert.deepEqual([isChanged(untouched), isOvertaken(untouched, second)], [false, false]);
  assert.deepEqual(following(untouched, second), draftOf(second));

  const written = { ...untouched, source: "a, and mine" };
  assert.deepEqual(
    [isChanged(written), isOvertaken(written, first), isOvertaken(written, second)],
    [true, false, true],
  );
  assert.equal(following(written, second), written);
  // Whoever goes on with what is written knows of the newest version then.
  assert.equal(isOvertaken({ ...written, base: second }, second), false);
});

test("a draft stays what it is while its version is in force", () => {
  const draft = draftOf(version(1, "a"));
  assert.equal(following(draft, version(1, "a")), draft);
});
