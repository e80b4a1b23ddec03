import assert from "node:assert/strict";
import { test } from "node:test";
import { createLiveBuffer } from "./live-buffer.ts";

test("gives the newest first, once, and at most the bound", () => {
  const buffer = createLiveBuffer<string>(3, (item) => item);
  for (const item of ["a", "b", "b", "c", "d", "e"]) buffer.push(item);
  assert.equal(buffer.size(), 3);
  assert.equal(buffer.dropped(), 2);
  assert.deepEqual(buffer.take(), ["e", "d", "c"]);
  assert.deepEqual(buffer.take(), []);
  buffer.push("a");
  assert.deepEqual(buffer.take(), ["a"]);
});

test("clear forgets what waits and what was dropped", () => {
  const buffer = createLiveBuffer<string>(1, (item) => item);
  buffer.push("a");
  buffer.push("b");
  buffer.clear();
  assert.equal(buffer.dropped(), 0);
  assert.equal(buffer.size(), 0);
});
