import assert from "node:assert/strict";
import { test } from "node:test";
import { createAgreedClock } from "./agreed-clock.ts";

const hourMs = 3_600_000;

/** Three clocks, each ahead of the right time by so much. */
function world() {
  const ahead = { own: 0, second: 0, third: 0 };
  const beganMs = Date.UTC(2026, 0, 5);
  let passedMs = 0;
  const shown = (name: keyof typeof ahead) => beganMs + passedMs + ahead[name];
  const agreed = createAgreedClock({ wall: () => shown("own"), steadyMs: () => passedMs });
  return {
    ahead,
    /** Lets time pass, has the clocks compared, and says by how much the agreed one is ahead of the right time then. */
    after(ms: number, ...others: readonly ("second" | "third")[]): number {
      passedMs += ms;
      agreed.agree(others.map((name) => ({ unixMs: shown(name), steadyMs: passedMs })));
      return agreed.clock() - (beganMs + passedMs);
    },
    now: () => agreed.clock() - (beganMs + passedMs),
  };
}

test("the own clock counts while it is near the others", () => {
  const { ahead, after } = world();
  Object.assign(ahead, { own: 300, second: 5, third: -7 });
  assert.equal(after(1000, "second", "third"), 300);
  ahead.own = -1500;
  assert.equal(after(1000, "second", "third"), -1500, "it drifts, and is followed");
});

test("one that is set changes nothing, forwards or back, whichever of the three it is", () => {
  for (const name of ["own", "second", "third"] as const) {
    for (const byMs of [hourMs, -hourMs]) {
      const { ahead, after, now } = world();
      assert.equal(after(1000, "second", "third"), 0);
      ahead[name] = byMs;
      assert.equal(now(), 0, "before anybody looked");
      for (let i = 0; i < 5; i++) assert.equal(after(1000, "second", "third"), 0, `${name} by ${byMs}`);
      ahead[name] = 0;
      assert.equal(after(1000, "second", "third"), 0);
    }
  }
});

test("when all are set, or this machine stood still, it follows", () => {
  const { ahead, after } = world();
  after(1000, "second", "third");
  Object.assign(ahead, { own: hourMs, second: hourMs + 3, third: hourMs - 3 });
  assert.equal(after(1000, "second", "third"), hourMs);
});

test("of two that differ the one counts that goes on as before; one alone is followed", () => {
  const { ahead, after } = world();
  after(1000, "second");
  ahead.own = hourMs;
  assert.equal(after(1000, "second"), 0);
  assert.equal(after(1000, "second"), 0);
  ahead.own = 0;
  ahead.second = -hourMs;
  assert.equal(after(1000, "second"), 0);
  ahead.own = -hourMs;
  assert.equal(after(1000), -hourMs);
});

test("it is told in whole milliseconds", () => {
  const agreed = createAgreedClock({ wall: () => 1000, steadyMs: () => 0.4 });
  assert.ok(Number.isInteger(agreed.clock()));
});
