import assert from "node:assert/strict";
import { test } from "node:test";
import { windowsOf } from "./log-windows.ts";

const MINUTE = 60_000_000_000n;

function minutes(from: bigint, to: bigint, { oldestFirst = false, found = 0, wanted = 100 } = {}) {
  const range = { startUnixNano: from * MINUTE, endUnixNano: to * MINUTE };
  const windows: number[][] = [];
  // As many records in each window as `found` says.
  const progress = () => ({ found: found * windows.length, wanted });
  for (const { startUnixNano, endUnixNano } of windowsOf(range, { oldestFirst, progress })) {
    windows.push([Number(startUnixNano / MINUTE), Number(endUnixNano / MINUTE)]);
  }
  return windows;
}

test("windows grow away from where the page begins, side by side, up to the other end", () => {
  assert.deepEqual(minutes(0n, 640n), [
    [620, 640],
    [460, 620],
    [0, 460],
  ]);
  assert.deepEqual(minutes(0n, 640n, { oldestFirst: true }), [
    [0, 20],
    [20, 180],
    [180, 640],
  ]);
});

test("a window is no longer than it takes for the records that are still wanted, as far as those before it tell", () => {
  // 60 in 20 minutes: another 40 take 13, and half as long to be safe. The next one finds them all.
  assert.deepEqual(minutes(0n, 640n, { found: 60 }).slice(0, 2), [
    [620, 640],
    [600, 620],
  ]);
  // More than were wanted, and still the reader goes on: what was found does not tell.
  assert.deepEqual(minutes(0n, 640n, { found: 100 }).slice(0, 2), [
    [620, 640],
    [460, 620],
  ]);
});

test("a short range is one window", () => {
  assert.deepEqual(minutes(10n, 13n), [[10, 13]]);
});
