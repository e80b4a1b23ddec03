import assert from "node:assert/strict";
import { test } from "node:test";
import { createThrottle } from "./throttle.ts";

function start(maxKeys = 100) {
  const time = { ms: 1_000_000 };
  const throttle = createThrottle({ maxAttempts: 2, windowMs: 60_000, maxKeys, clock: () => time.ms });
  return { time, throttle };
}

test("too many attempts of a key are refused until the window is over; other keys go on", () => {
  const { time, throttle } = start();
  throttle.attempt("a");
  throttle.attempt("a");
  time.ms += 20_000;
  assert.throws(() => throttle.attempt("a"), { code: "resource_exhausted", retryAfterMs: 40_000 });
  throttle.attempt("b");
  time.ms += 40_000;
  throttle.attempt("a");
});

test("an attempt that is taken back leaves the earlier ones, clearing leaves none", () => {
  const { throttle } = start();
  throttle.attempt("a");
  throttle.attempt("a");
  throttle.takeBack("a");
  throttle.attempt("a");
  assert.throws(() => throttle.attempt("a"), { code: "resource_exhausted" });
  throttle.clear("a");
  throttle.attempt("a");
  throttle.attempt("a");
});

test("of more keys than it may remember the oldest are forgotten", () => {
  const { throttle } = start(2);
  for (const key of ["a", "a", "b", "c"]) throttle.attempt(key);
  throttle.attempt("a");
});
