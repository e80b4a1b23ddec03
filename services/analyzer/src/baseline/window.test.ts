import assert from "node:assert/strict";
import { test } from "node:test";
import { createWindow } from "./window.ts";

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

test("a window knows the median of its newest values at every step", () => {
  let state = 42;
  const random = () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.round((state / 2147483648) * 50) / 5;
  };
  const all: number[] = [];
  const window = createWindow(17);
  for (let step = 0; step < 500; step++) {
    const value = random();
    all.push(value);
    window.add(value);
    const newest = all.slice(-17);
    assert.equal(window.median(), median(newest));
    const center = median(newest);
    assert.equal(window.medianDeviation(), median(newest.map((each) => Math.abs(each - center))));
    assert.deepEqual(window.values(), newest);
  }
});

test("an empty window has no median, and a new one takes the newest of what it is given", () => {
  assert.equal(createWindow(3).median(), undefined);
  assert.deepEqual(createWindow(3, [1, 2, 3, 4]).values(), [2, 3, 4]);
});

test("different values are counted up to three", () => {
  const distinct = (...values: number[]) => createWindow(9, values).distinct();
  assert.deepEqual(
    [distinct(), distinct(1, 1), distinct(0, 1, 0), distinct(1, 2, 3), distinct(1, 2, 3, 4)],
    [0, 1, 2, 3, 3],
  );
});
