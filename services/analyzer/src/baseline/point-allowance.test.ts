import assert from "node:assert/strict";
import { test } from "node:test";
import { createPointAllowance } from "./point-allowance.ts";

function start(maxTenants: number) {
  const time = { ms: 0 };
  return { time, allows: createPointAllowance({ pointsPerSecond: 1000, maxTenants, now: () => time.ms }) };
}

test("a flood is looked at now and then, evenly over time", () => {
  const { time, allows } = start(10);
  const lookedAt: number[] = [];
  for (; time.ms < 5000; time.ms += 50) if (allows("loud", 500)) lookedAt.push(time.ms);
  assert.deepEqual(lookedAt, [0, 50, ...[500, 1000, 1500, 2000, 2500, 3000, 3500, 4000, 4500]]);
});

test("a tenant's flood leaves the others alone", () => {
  const { allows } = start(10);
  while (allows("loud", 500));
  assert.equal(allows("calm", 500), true);
});

test("a message of more than a second's points is looked at when nothing was for a second", () => {
  const { time, allows } = start(10);
  assert.equal(allows("bulk", 5000), true);
  assert.equal(allows("bulk", 1), false);
  time.ms = 10_000;
  assert.equal(allows("bulk", 5000), true);
});

test("of many tenants the one that was not heard of for longest begins anew", () => {
  const { allows } = start(2);
  for (const tenant of ["a", "b", "a", "c"]) assert.equal(allows(tenant, 500), true, tenant);
  assert.equal(allows("a", 1), false, "is remembered");
  assert.equal(allows("b", 1000), true, "was forgotten");
});
