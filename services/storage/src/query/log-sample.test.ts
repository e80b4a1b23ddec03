import assert from "node:assert/strict";
import { test } from "node:test";
import { sampleOf } from "./log-sample.ts";

const DAY = 86_400n * 1_000_000_000n;
const day = { startUnixNano: 20_000n * DAY, endUnixNano: 20_001n * DAY };

test("each bucket gives the same share of its steps", () => {
  const sample = sampleOf(day, 1800, 0.2);
  assert.equal(sample?.steps.length, 48);
  assert.ok([...(sample?.scales.values() ?? [])].every((scale) => scale === 6));
  const inBucket = new Set(sample?.steps.map((step) => Math.floor(step / 1800)));
  assert.equal(inBucket.size, 48);
  const places = new Set(sample?.steps.map((step) => step % 1800));
  assert.equal(places.size, 6, "steps of every place in a bucket are read somewhere");
  assert.deepEqual(sampleOf(day, 1800, 0.2), sample);
});

test("a bucket that the range begins in stands for the part that is in it", () => {
  const range = { ...day, startUnixNano: day.startUnixNano + 1200n * 1_000_000_000n };
  const scales = sampleOf(range, 1800, 0.2)?.scales;
  assert.equal(scales?.get(range.startUnixNano / 1_800_000_000_000n), 2);
});

test("nothing is left out of what is small, or cannot be cut", () => {
  assert.equal(sampleOf(day, 1800, 0.6), undefined);
  assert.equal(sampleOf(day, 60, 0.1), undefined);
  assert.equal(sampleOf(day, 300, 0.1), undefined);
});
