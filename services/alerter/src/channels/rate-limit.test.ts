import assert from "node:assert/strict";
import { test } from "node:test";
import { createRateLimiter } from "./rate-limit.ts";

test("a receiver is told as often as all of its limits allow", () => {
  const limiter = createRateLimiter({ maxKeys: 10 });
  const limits = [
    { count: 1, perMs: 1000 },
    { count: 3, perMs: 60_000 },
  ];
  const f = (atMs: number, want: number) => assert.equal(limiter.take("a", limits, 1_000_000 + atMs), want, `${atMs}`);
  f(0, 0);
  f(0, 1000);
  f(400, 600);
  f(1000, 0);
  f(2000, 0);
  // One a second is not the limit any more, but three a minute.
  f(3000, 17_000);
  f(20_000, 0);
  // Receivers do not share their limits.
  assert.equal(limiter.take("b", limits, 1_020_000), 0);
});

test("a clock that goes back gives nothing", () => {
  const limiter = createRateLimiter({ maxKeys: 10 });
  const limits = [{ count: 1, perMs: 1000 }];
  assert.equal(limiter.take("a", limits, 5000), 0);
  assert.equal(limiter.take("a", limits, 1000), 1000);
  assert.equal(limiter.take("a", limits, 5500), 500);
});

test("a receiver that wants to be left alone is", () => {
  const limiter = createRateLimiter({ maxKeys: 10 });
  limiter.pause("a", 9000);
  limiter.pause("a", 8000);
  assert.equal(limiter.take("a", [], 5000), 4000);
  assert.equal(limiter.take("a", [], 9000), 0);
  assert.equal(limiter.take("b", [], 5000), 0);
});

test("only so many receivers are remembered", () => {
  const limiter = createRateLimiter({ maxKeys: 2 });
  const limits = [{ count: 1, perMs: 1000 }];
  for (const key of ["a", "b", "c"]) assert.equal(limiter.take(key, limits, 0), 0);
  assert.equal(limiter.take("c", limits, 0), 1000);
  assert.equal(limiter.take("a", limits, 0), 0, "forgotten, being the oldest");
});
