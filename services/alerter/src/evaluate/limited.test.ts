import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { limited } from "./limited.ts";

test("runs all, so many at a time", async () => {
  let running = 0;
  let most = 0;
  const done: number[] = [];
  await limited([1, 2, 3, 4, 5], 2, async (item) => {
    most = Math.max(most, ++running);
    await turn();
    running--;
    done.push(item);
  });
  assert.deepEqual([most, done.sort()], [2, [1, 2, 3, 4, 5]]);
  await limited([], 2, async () => assert.fail("there is nothing to do"));
});

test("a failure is told when all that began have ended", async () => {
  const ended: number[] = [];
  const failing = limited([1, 2, 3], 2, async (item) => {
    if (item === 1) throw new Error("the first");
    await turn();
    ended.push(item);
  });
  await assert.rejects(failing, /the first/);
  assert.deepEqual(ended, [2, 3]);
});
