import assert from "node:assert/strict";
import { test } from "node:test";
import { createMaintenance } from "./maintenance.ts";
import { isScheduled, type MaintenanceWindow, scheduledEndMs, weeklyIntervals } from "./maintenance-window.ts";

const hour = 3_600_000;

function at(text: string): number {
  return Date.parse(text);
}

function window(over: Partial<MaintenanceWindow> = {}): MaintenanceWindow {
  return {
    id: "w1",
    name: "backup",
    matchers: [{ name: "service", operator: "=", value: "db" }],
    schedule: { kind: "manual" },
    createdBy: "ada",
    comment: "the disks are busy",
    updatedAtMs: 0,
    ...over,
  };
}

const db = { labels: { service: "db" } };

test("a window hides what it matches while it is open", () => {
  const maintenance = createMaintenance({ maxWindows: 10 });
  maintenance.put(window({ schedule: { kind: "once", startsAtMs: 100, endsAtMs: 200 } }));
  assert.deepEqual(
    [99, 100, 199, 200].map((nowMs) => maintenance.mutedBy(db, nowMs)),
    [[], ["w1"], ["w1"], []],
  );
  assert.deepEqual(maintenance.mutedBy({ labels: { service: "web" } }, 150), []);
});

test("a weekly window over midnight keeps to the clocks of its time zone", () => {
  // Saturdays 23:30 to 03:30 in Berlin; on 2026-10-25 clocks there go back from 3 to 2.
  const intervals = weeklyIntervals({
    weekdays: [6],
    startMinute: 23 * 60 + 30,
    durationMinutes: 240,
    location: "Europe/Berlin",
  });
  const schedule = { kind: "recurring", intervals } as const;
  const open = (text: string) => isScheduled(schedule, at(text));
  assert.deepEqual(
    [
      "2026-11-21T22:29:00Z",
      "2026-11-21T22:30:00Z",
      "2026-11-22T02:29:00Z",
      "2026-11-22T02:30:00Z",
      "2026-11-22T22:30:00Z",
    ].map(open),
    [false, true, true, false, false],
  );
  // Five hours by the sun: 23:30 in summer time to 03:30 in winter time.
  assert.equal(scheduledEndMs(schedule, at("2026-10-24T21:30:00Z")), at("2026-10-25T02:30:00Z"));
  assert.deepEqual([open("2026-10-24T21:29:00Z"), open("2026-10-25T02:29:00Z")], [false, true]);
});

test("a recurring window may begin and end with days", () => {
  const intervals = weeklyIntervals({
    weekdays: [0, 1, 2, 3, 4, 5, 6],
    startMinute: 0,
    durationMinutes: 60,
    location: "UTC",
  });
  const schedule = {
    kind: "recurring",
    intervals,
    fromMs: at("2026-11-02"),
    untilMs: at("2026-11-04T00:30:00Z"),
  } as const;
  assert.deepEqual(
    ["2026-11-01T00:10:00Z", "2026-11-02T00:10:00Z", "2026-11-04T00:10:00Z", "2026-11-05T00:10:00Z"].map((text) =>
      isScheduled(schedule, at(text)),
    ),
    [false, true, true, false],
  );
  assert.equal(scheduledEndMs(schedule, at("2026-11-04T00:10:00Z")), at("2026-11-04T00:30:00Z"));
});

test("a deployment opens a window and closes it", () => {
  const maintenance = createMaintenance({ maxWindows: 10 });
  maintenance.put(window());
  assert.deepEqual(maintenance.mutedBy(db, 0), []);
  maintenance.open("w1", 2 * hour, { by: "ci", nowMs: hour });
  assert.deepEqual(maintenance.mutedBy(db, hour), ["w1"]);
  assert.deepEqual(maintenance.mutedBy(db, 2 * hour), [], "forgotten to close, it closes itself");
  maintenance.open("w1", 9 * hour, { by: "ci", nowMs: 3 * hour });
  maintenance.close("w1", { by: "ci", nowMs: 4 * hour });
  assert.deepEqual(maintenance.mutedBy(db, 4 * hour), []);
  assert.throws(() => maintenance.open("w1", hour, { by: "ci", nowMs: hour }), { code: "invalid_argument" });
  assert.throws(() => maintenance.open("w9", hour, { by: "ci", nowMs: 0 }), { code: "not_found" });
});

test("a window that is closed early opens at its next time again", () => {
  const maintenance = createMaintenance({ maxWindows: 10 });
  const intervals = weeklyIntervals({ weekdays: [6], startMinute: 120, durationMinutes: 120, location: "UTC" });
  maintenance.put(window({ schedule: { kind: "recurring", intervals } }));
  const closed = maintenance.close("w1", { by: "ada", nowMs: at("2026-11-21T02:30:20Z") });
  assert.equal(closed.override?.untilMs, at("2026-11-21T04:00:00Z"));
  assert.deepEqual(
    ["2026-11-21T02:31:00Z", "2026-11-21T03:59:00Z", "2026-11-28T02:31:00Z"].map((text) =>
      maintenance.mutedBy(db, at(text)),
    ),
    [[], [], ["w1"]],
  );
  // Opened again meanwhile, it is open.
  maintenance.open("w1", at("2026-11-21T03:30:00Z"), { by: "ada", nowMs: at("2026-11-21T03:00:00Z") });
  assert.deepEqual(maintenance.mutedBy(db, at("2026-11-21T03:10:00Z")), ["w1"]);
});

test("a window that is wrong says what is", () => {
  const maintenance = createMaintenance({ maxWindows: 1 });
  const refusals: readonly [Partial<MaintenanceWindow>, RegExp][] = [
    [{ name: "" }, /got no name/],
    [{ createdBy: "" }, /got no author/],
    [{ comment: " " }, /got no comment/],
    [{ matchers: [] }, /cannot set maintenance window: got no matchers/],
    [{ schedule: { kind: "once", startsAtMs: 2, endsAtMs: 2 } }, /not after its start/],
    [{ schedule: { kind: "recurring", intervals: [] } }, /got no time intervals/],
  ];
  for (const [over, want] of refusals)
    assert.throws(() => maintenance.put(window(over)), { code: "invalid_argument", message: want });
  maintenance.put(window());
  maintenance.put(window({ name: "again" }));
  assert.throws(() => maintenance.put(window({ id: "w2" })), { code: "resource_exhausted" });
  const weekly = { weekdays: [6], startMinute: 0, durationMinutes: 60, location: "UTC" };
  for (const [over, want] of [
    [{ weekdays: [7] }, /got the weekdays \[7\]/],
    [{ startMinute: 1440 }, /got the start 1440/],
    [{ durationMinutes: 0 }, /got 0 minutes/],
    [{ location: "Mars/Base" }, /got the time zone "Mars\/Base"/],
  ] as const) {
    assert.throws(() => weeklyIntervals({ ...weekly, ...over }), { code: "invalid_argument", message: want });
  }
});
