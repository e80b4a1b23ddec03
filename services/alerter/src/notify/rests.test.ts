import assert from "node:assert/strict";
import { test } from "node:test";
import { testClock } from "@sightline/testkit/test-clock";
import { createRests } from "./rests.ts";

test("what rests has its turn again after a while, when there is no room for it, and when the clock is set", () => {
  const clock = testClock();
  const rests = createRests<string>({ clock, restMs: 1000, maxRests: 2 });
  assert.deepEqual(rests.now(), []);
  rests.begin("a", "A");
  clock.advance(500);
  rests.begin("b", "B");
  clock.advance(499);
  assert.deepEqual(rests.now(), ["A", "B"]);
  clock.advance(1);
  assert.deepEqual(rests.now(), ["B"]);
  rests.begin("c", "C");
  rests.begin("b", "B");
  rests.begin("d", "D");
  assert.deepEqual(rests.now(), ["B", "D"]);
  clock.advance(-3_600_000);
  assert.deepEqual(rests.now(), []);
});
