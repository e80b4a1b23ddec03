import assert from "node:assert/strict";
import { test } from "node:test";
import { createShardChooser } from "./shard.ts";

function usedShards(rate: number, seconds: number): number {
  let now = 0;
  const choose = createShardChooser({ shards: 4, bytesPerSecond: 1000, clock: () => now });
  const used = new Set<number>();
  for (let tick = 0; tick < seconds * 10; tick++) {
    now += 100;
    const shard = choose(rate / 10);
    if (tick >= 10) used.add(shard);
  }
  return used.size;
}

test("as many shards are used as the load needs", () => {
  const cases: [bytesPerSecond: number, shards: number][] = [
    [10, 1],
    [900, 1],
    [1500, 2],
    [2500, 3],
    [50_000, 4],
  ];
  for (const [rate, want] of cases) assert.equal(usedShards(rate, 5), want, `${rate} bytes/s`);
});

test("after a quiet time the first shard is enough again, also when the clock went back", () => {
  let now = 10_000;
  const choose = createShardChooser({ shards: 4, bytesPerSecond: 1000, clock: () => now });
  for (let index = 0; index < 100; index++) choose(1000);
  now += 5000;
  assert.deepEqual([choose(1), choose(1)], [0, 0]);
  now -= 8000;
  assert.deepEqual([choose(1), choose(1)], [0, 0]);
});
