import assert from "node:assert/strict";
import { test } from "node:test";
import { createHeldClock } from "./held-clock.ts";

test("it follows what drifts, never goes back, and holds what is set", () => {
  const time = { wallMs: 1_000_000, steadyMs: 0 };
  const { clock, stepMs } = createHeldClock({ clock: () => time.wallMs, steadyMs: () => time.steadyMs });
  const after = (steadyMs: number, wallMs: number) => {
    time.steadyMs += steadyMs;
    time.wallMs += wallMs;
    return [clock() - 1_000_000, stepMs()];
  };
  assert.deepEqual(after(100, 100), [100, 0]);
  assert.deepEqual(after(1000, 2500), [2600, 0], "a clock that is fast");
  assert.deepEqual(after(100, -500), [2600, 0], "it does not go back");
  assert.deepEqual(after(1000, 1000), [3100, 0]);
  assert.deepEqual(after(1000, 3_601_000), [4100, 3_600_000], "set by an hour");
  assert.deepEqual(after(1000, 1000), [5100, 3_600_000]);
});
