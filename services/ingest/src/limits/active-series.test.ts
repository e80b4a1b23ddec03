import assert from "node:assert/strict";
import { test } from "node:test";
import { createActiveSeries } from "./active-series.ts";

const idleMs = 1000;

function start({ maxHeld = 1_000_000, random = (): number => 0 } = {}) {
  const time = { ms: 0 };
  const series = createActiveSeries({ maxHeld, idleMs, now: () => time.ms, random });
  /** How many of these series pass. */
  const pass = (tenant: string, max: number, from: number, to: number): number => {
    const gate = series.gate(tenant, max);
    let passed = 0;
    for (let id = from; id < to; id++) if (gate.admit(id, id * 7)) passed += 1;
    return passed;
  };
  return { time, series, pass };
}

test("beyond the limit known series pass and new ones do not; each tenant has its own", () => {
  const { series, pass } = start();
  assert.equal(pass("acme", 100, 0, 150), 100);
  assert.equal(pass("acme", 100, 0, 150), 100);
  assert.equal(pass("acme", 100, 50, 200), 50);
  assert.equal(pass("other", 100, 0, 150), 100);
  assert.equal(series.size("acme"), 100);
});

test("series that are seen stay active; those that are not make room", () => {
  const { time, series, pass } = start();
  pass("acme", 100, 0, 100);
  time.ms += idleMs;
  assert.equal(pass("acme", 100, 0, 60), 60);
  assert.equal(series.size("acme"), 100, "the others may still come");
  assert.equal(pass("acme", 100, 200, 300), 0);
  time.ms += idleMs;
  assert.equal(pass("acme", 100, 200, 300), 40);
  assert.equal(pass("acme", 100, 0, 60), 60);
  time.ms += 10 * idleMs;
  assert.equal(pass("acme", 100, 300, 400), 100, "after a long silence nothing is active");
});

test("when all tenants together are at the bound, who has little still gets new series", () => {
  const { pass } = start({ maxHeld: 1000 });
  assert.equal(pass("small", 10_000, 0, 10), 10);
  assert.equal(pass("large", 10_000, 0, 5000), 990);
  assert.equal(pass("small", 10_000, 0, 400), 400);
  assert.equal(pass("large", 10_000, 5000, 5100), 0);
  assert.equal(pass("small", 10_000, 400, 1000), 100);
});

test("a tenant far from its limit is looked at now and then, near it always", () => {
  const { series, pass } = start({ random: () => 0.5 });
  assert.equal(series.worthLooking("acme", 1_000_000, 1000), false);
  assert.equal(series.worthLooking("acme", 1_000_000, 1_000_000), true, "a large request");
  assert.equal(series.worthLooking("acme", 100_000, 1000), true, "a small limit");
  pass("acme", 1_000_000, 0, 62_500);
  assert.equal(series.worthLooking("acme", 1_000_000, 1000), true);
  assert.equal(start().series.worthLooking("acme", 1_000_000, 1000), true, "by chance");
});
