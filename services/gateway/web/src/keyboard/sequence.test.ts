import assert from "node:assert/strict";
import { test } from "node:test";
import { createSequenceMatcher } from "./sequence.ts";

function press(keys: readonly (readonly [string, number])[]): string[] {
  const done: string[] = [];
  const shortcuts = ["?", "g e", "g l", "e"].map((each) => ({ keys: each, what: each, run: () => done.push(each) }));
  const matcher = createSequenceMatcher(() => shortcuts, 1000);
  for (const [key, ms] of keys) {
    const pressed = matcher.press(key, ms);
    if (pressed.t === "run") pressed.shortcut.run();
  }
  return done;
}

test("single keys, sequences, and sequences that come to nothing", () => {
  assert.deepEqual(press([["?", 0]]), ["?"]);
  assert.deepEqual(
    press([
      ["g", 0],
      ["e", 500],
    ]),
    ["g e"],
  );
  assert.deepEqual(
    press([
      ["g", 0],
      ["e", 1500],
    ]),
    ["e"],
    "too late for the sequence",
  );
  assert.deepEqual(
    press([
      ["g", 0],
      ["x", 100],
      ["l", 200],
    ]),
    [],
    "a wrong key ends the sequence",
  );
  assert.deepEqual(
    press([
      ["g", 0],
      ["g", 100],
      ["l", 200],
    ]),
    ["g l"],
    "the sequence can begin anew",
  );
  assert.deepEqual(
    press([
      ["g", 0],
      ["?", 100],
    ]),
    ["?"],
    "a single key counts in the middle too",
  );
});
