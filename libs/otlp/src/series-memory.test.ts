import assert from "node:assert/strict";
import { test } from "node:test";
import { createSeriesMemory } from "./series-memory.ts";

const at = 1_700_000_000;

test("what was remembered is known for as long as its row is fresh", () => {
  const memory = createSeriesMemory({ maxSeries: 100, rewriteAfterMs: 10_000 });
  assert.equal(memory.knows(1, 2, at), false);
  memory.remember(1, 2, at);
  const cases: [low: number, high: number, unixSeconds: number, knows: boolean][] = [
    [1, 2, at, true],
    [1, 2, at + 9, true],
    [1, 2, at + 10, false],
    [1, 2, at - 10, false],
    [2, 1, at, false],
    [1, 3, at, false],
  ];
  for (const [low, high, unixSeconds, knows] of cases) assert.equal(memory.knows(low, high, unixSeconds), knows);
  memory.remember(1, 2, at + 10);
  assert.equal(memory.knows(1, 2, at + 10), true);
  assert.equal(memory.size(), 1);
});

test("it holds the series in use and no more than it may", () => {
  const memory = createSeriesMemory({ maxSeries: 2000, rewriteAfterMs: 1000 });
  for (let round = 0; round < 20; round++) {
    for (let i = 0; i < 500; i++) memory.remember(round * 1000 + i, i, at);
    // Looked at again and again: never forgotten.
    if (round > 0) assert.equal(memory.knows(7, 7, at), true, `round ${round}`);
    assert.ok(memory.size() <= 2000);
  }
  assert.equal(memory.knows(8, 8, at), false, "long unused");
});
