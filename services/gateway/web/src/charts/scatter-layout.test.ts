import assert from "node:assert/strict";
import { test } from "node:test";
import { decades, heightOf } from "./scatter-layout.ts";

const point = (nanos: number) => ({ id: String(nanos), ms: 0, nanos, failed: false });

test("the axis spans whole decades", () => {
  assert.deepEqual(decades([point(1_200_000), point(45_000_000)]), { low: 6, high: 8 });
  assert.deepEqual(decades([point(1_000_000)]), { low: 6, high: 7 });
  assert.deepEqual(decades([point(0)]), { low: 0, high: 1 });
  assert.deepEqual(decades([]), { low: 6, high: 9 });
});

test("heights are logarithmic", () => {
  const axis = { low: 6, high: 8 };
  assert.equal(heightOf(1e6, axis), 0);
  assert.equal(heightOf(1e7, axis), 0.5);
  assert.equal(heightOf(1e8, axis), 1);
});
