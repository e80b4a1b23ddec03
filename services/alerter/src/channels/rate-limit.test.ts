import assert from "node:assert/strict";
import { test } from "node:test";
import { createRateLimiter, type RateLimiter } from "./rate-limit.ts";

/** A limiter, and what its clock shows. */
function limiterAt(maxKeys: number): { readonly limiter: RateLimiter; readonly time: { ms: number } } {
  const time = { ms: 1_000_000 };
  return { limiter: createRateLimiter({ maxKeys, steadyMs: () => time.ms }), time };
}

test("a receiver is told as often as all of its limits allow", () => {
  const { limiter, time } = limiterAt(10);
  const limits = [
    { count: 1, perMs: 1000 },
    { count: 3, perMs: 60_000 },
  ];
  const f = (atMs: number, want: number) => {
    time.ms = 1_000_000 + atMs;
    assert.equal(limiter.take("a", limits), want, `${atMs}`);
  };
  f(0, 0);
  f(0, 1000);
  f(400, 600);
  f(1000, 0);
  f(2000, 0);
  // One a second is not the limit any more, but three a minute.
  f(3000, 17_000);
  f(20_000, 0);
  // Receivers do not share their limits.
  assert.equal(limiter.take("b", limits), 0);
});

test("a receiver that wants to be left alone is", () => {
  const { limiter, time } = limiterAt(10);
  limiter.pause("a", 4000);
  limiter.pause("a", 3000);
  assert.equal(limiter.take("a", []), 4000);
  assert.equal(limiter.take("b", []), 0);
  time.ms += 4000;
  assert.equal(limiter.take("a", []), 0);
});

test("only so many receivers are remembered", () => {
  const { limiter } = limiterAt(2);
  const limits = [{ count: 1, perMs: 1000 }];
  for (const key of ["a", "b", "c"]) assert.equal(limiter.take(key, limits), 0);
  assert.equal(limiter.take("c", limits), 1000);
  assert.equal(limiter.take("a", limits), 0, "forgotten, being the oldest");
});
