import assert from "node:assert/strict";
import { test } from "node:test";
import { createDueQueue, type Queued } from "./due-queue.ts";

/** The same numbers each time, from 0 to `limit` - 1. */
function createNumbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % limit;
  };
}

test("what is due first comes first, however it was set, moved and removed", () => {
  const number = createNumbers(7);
  const queue = createDueQueue<Queued>();
  const items = Array.from({ length: 200 }, (_, rank): Queued => ({ rank, dueMs: 0, slot: -1 }));
  const queued = new Set<Queued>();
  for (let step = 0; step < 5000; step++) {
    const item = items[number(items.length)];
    assert.ok(item !== undefined);
    if (number(3) === 0) {
      queue.remove(item);
      queued.delete(item);
    } else {
      queue.set(item, number(50));
      queued.add(item);
    }
    const [want] = [...queued].sort((a, b) => a.dueMs - b.dueMs || a.rank - b.rank);
    assert.equal(queue.first(), want);
  }
});
