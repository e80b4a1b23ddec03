import assert from "node:assert/strict";
import { test } from "node:test";
import { retryDelayMs } from "./relay.ts";

test("the pause doubles, has a bound, and is never shorter than what the receiver asks for", () => {
  const policy = { attempts: 11, delayMs: 1000, timeoutMs: 1 };
  const f = (attempt: number, retryAfterMs: number | undefined, want: number) =>
    assert.equal(retryDelayMs(policy, attempt, retryAfterMs), want);
  f(1, undefined, 1000);
  f(2, undefined, 2000);
  f(3, undefined, 4000);
  f(11, undefined, 600_000);
  f(1, 7000, 7000);
  f(4, 7000, 8000);
});
