import assert from "node:assert/strict";
import { test } from "node:test";
import { createTokenBucket } from "./token-bucket.ts";

const rate = { perSecond: 100, burst: 200 };

function start() {
  const time = { ms: 0 };
  return { time, bucket: createTokenBucket(() => time.ms) };
}

test("a burst passes at once, then as much as flows in; the wait is what is missing", () => {
  const { time, bucket } = start();
  assert.equal(bucket.waitMs(200, rate), 0);
  bucket.take(200, rate);
  assert.equal(bucket.waitMs(50, rate), 500);
  assert.equal(bucket.waitMs(50, rate), 500, "asking takes nothing");
  time.ms += 250;
  assert.equal(bucket.waitMs(50, rate), 250);
  time.ms += 250;
  assert.equal(bucket.waitMs(50, rate), 0);
});

test("what is more than the burst passes when the bucket is full, and is paid off", () => {
  const { time, bucket } = start();
  assert.equal(bucket.waitMs(500, rate), 0);
  bucket.take(500, rate);
  assert.equal(bucket.waitMs(1, rate), 3010);
  time.ms += 3010;
  assert.equal(bucket.waitMs(1, rate), 0);
  assert.equal(bucket.waitMs(500, rate), 1990, "when it is full again");
});

test("it never holds more than the burst, nor owes more", () => {
  const { time, bucket } = start();
  time.ms += 1_000_000;
  bucket.take(200, rate);
  for (let others = 0; others < 100; others++) bucket.take(200, rate);
  assert.equal(bucket.waitMs(1, rate), 2010);
});

test("another rate holds from then on", () => {
  const { time, bucket } = start();
  bucket.take(200, rate);
  time.ms += 1000;
  assert.equal(bucket.waitMs(100, rate), 0);
  assert.equal(bucket.waitMs(100, { perSecond: 10, burst: 200 }), 0, "what is there is there");
  assert.equal(bucket.waitMs(150, { perSecond: 10, burst: 200 }), 5000);
});
