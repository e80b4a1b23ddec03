import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluationSlotMs } from "./slot.ts";

const nowMs = Date.UTC(2026, 10, 21, 3, 12, 0, 123);
const intervalMs = 30_000;

test("groups are evaluated at times of their own, an interval apart", () => {
  const shifts = new Set<number>();
  for (let i = 0; i < 200; i++) {
    const slotMs = evaluationSlotMs(`tenant/file;group ${i}`, intervalMs, nowMs);
    assert.ok(slotMs <= nowMs && slotMs > nowMs - intervalMs);
    assert.equal(evaluationSlotMs(`tenant/file;group ${i}`, intervalMs, slotMs), slotMs, "its own time is one");
    assert.equal(evaluationSlotMs(`tenant/file;group ${i}`, intervalMs, slotMs - 1), slotMs - intervalMs);
    shifts.add(Math.floor((slotMs % intervalMs) / 1000));
  }
  assert.ok(shifts.size > 25, `${shifts.size} of 30 seconds are used`);
});
