import assert from "node:assert/strict";
import { test } from "node:test";
import { barSegments, bucketTotal, roundedUp } from "./histogram-layout.ts";

const bucket = (...counts: number[]) => ({
  startMs: 0,
  parts: counts.map((count, index) => ({ key: `k${index}`, color: "red", count })),
});

test("the highest bar fills the height and segments lie on each other", () => {
  const segments = barSegments(bucket(30, 10), 40, 100);
  assert.equal(segments.length, 2);
  assert.ok(Math.abs(segments.reduce((sum, segment) => sum + segment.height, 0) - 100) < 1e-9);
  const [lower, upper] = segments;
  assert.ok(lower && upper);
  assert.ok(Math.abs(lower.y - (upper.y + upper.height)) < 1e-9);
});

test("one among ten thousand can be seen", () => {
  const segments = barSegments(bucket(10_000, 0, 1), 10_001, 80);
  assert.deepEqual(
    segments.map((segment) => segment.key),
    ["k0", "k2"],
  );
  assert.ok((segments[1]?.height ?? 0) >= 2);
});

test("nothing counted, nothing drawn", () => {
  assert.deepEqual(barSegments(bucket(0, 0), 10, 100), []);
  assert.deepEqual(barSegments(bucket(), 0, 100), []);
  assert.equal(bucketTotal(bucket(1, 2, 3)), 6);
});

test("axis tops are round", () => {
  const cases: [number, number][] = [
    [0, 1],
    [3, 3],
    [7, 8],
    [11, 12],
    [101, 120],
    [9_800, 10_000],
  ];
  for (const [value, want] of cases) assert.equal(roundedUp(value), want);
});
