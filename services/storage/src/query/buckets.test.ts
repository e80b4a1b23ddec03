import assert from "node:assert/strict";
import { test } from "node:test";
import { bucketNumbers, bucketSecondsFor, readableWidth } from "./buckets.ts";

const second = 1_000_000_000n;
const range = (startSeconds: number, endSeconds: number) => ({
  startUnixNano: BigInt(startSeconds) * second,
  endUnixNano: BigInt(endSeconds) * second,
});

const widths = [
  { span: 0, want: 1 },
  { span: 60, want: 1 },
  { span: 3600, want: 60 },
  { span: 86_400, want: 1800 },
  { span: 90 * 86_400, want: 2 * 86_400 },
];
for (const { span, want } of widths) {
  test(`a span of ${span} s is cut readably into about 60`, () => assert.equal(readableWidth(span, 60), want));
}

test("buckets are counted from the epoch and cover the range", () => {
  assert.deepEqual(bucketNumbers(range(59, 121), 60), [0n, 1n, 2n]);
  assert.deepEqual(bucketNumbers(range(60, 120), 60), [1n]);
});

test("a width that gives too many buckets is refused", () => {
  assert.equal(bucketSecondsFor(range(0, 5000), 1), 1);
  assert.throws(() => bucketSecondsFor(range(0, 5001), 1), { message: /bucket_seconds: got 1, want at least 2/ });
});
