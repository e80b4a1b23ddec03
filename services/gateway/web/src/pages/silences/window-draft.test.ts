import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { MaintenanceWindow, WindowSchedule } from "../../api/maintenance.ts";
import { draftOf, formOf } from "./window-draft.ts";

const nowMs = Date.UTC(2026, 10, 21);
const weekly = { weekdays: ["sunday"], start: "02:00", durationMinutes: 60 };

function windowOf(schedule: WindowSchedule): MaintenanceWindow {
  return {
    windowId: "w",
    name: "deployments",
    matchers: ['team="web"', 'env=~"a|b"'],
    schedule,
    reason: "new versions",
    createdBy: "ann",
    openings: [],
    closedUntil: null,
    closedBy: "",
    open: false,
    changes: null,
  };
}

describe("a maintenance window that is edited", () => {
  const schedules: readonly WindowSchedule[] = [
    { kind: "manual" },
    { kind: "once", start: "2026-11-22T10:00:00.000Z", end: "2026-11-22T12:30:00.000Z" },
    {
      kind: "recurring",
      timeZone: "Europe/Berlin",
      weekly: [weekly],
      intervals: [],
      from: null,
      until: "2027-01-01T00:00:00Z",
    },
    {
      kind: "recurring",
      timeZone: "UTC",
      weekly: [weekly, { ...weekly, start: "03:00" }],
      intervals: [],
      from: null,
      until: null,
    },
    { kind: "recurring", timeZone: "UTC", weekly: [], intervals: [{ months: ["january"] }], from: null, until: null },
  ];
  for (const schedule of schedules) {
    test(`stays what it was when nothing is changed: ${JSON.stringify(schedule).slice(0, 60)}`, () => {
      const form = formOf(windowOf(schedule), nowMs);
      assert.ok(form);
      const { matchers, reason } = windowOf(schedule);
      assert.deepEqual(draftOf(form), { name: "deployments", matchers, reason, schedule });
    });
  }

  test("with matchers that cannot be read is left to the server's own language", () => {
    assert.equal(formOf({ ...windowOf({ kind: "manual" }), matchers: ["{"] }, nowMs), undefined);
  });
});
