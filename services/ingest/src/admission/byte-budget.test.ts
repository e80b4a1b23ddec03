import assert from "node:assert/strict";
import { test } from "node:test";
import { createByteBudget } from "./byte-budget.ts";

test("one tenant holds no more than its share, and leaves the rest to the others", () => {
  const budget = createByteBudget({ maxBytes: 100, maxTenantShare: 0.5 });
  const give = budget.take(50, "flood");
  assert.throws(() => budget.take(1, "flood"), { code: "resource_exhausted", retryable: true, retryAfterMs: 1000 });
  budget.take(40, "other");
  assert.throws(() => budget.take(20, "third"), { code: "unavailable" });
  assert.equal(budget.held(), 90);
  give();
  give();
  assert.equal(budget.held(), 40);
  budget.take(45, "flood");
});

test("a request beyond its tenant's share passes when nothing else is held", () => {
  const budget = createByteBudget({ maxBytes: 100, maxTenantShare: 0.5 });
  budget.take(300, "large")();
  budget.take(60, "large");
  assert.throws(() => budget.take(60, "small"), { code: "unavailable" });
});
