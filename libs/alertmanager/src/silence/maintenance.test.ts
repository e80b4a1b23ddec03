import assert from "node:assert/strict";
import { test } from "node:test";
import { createMaintenance } from "./maintenance.ts";
import { isOpen, isOver, isScheduled, type MaintenanceWindow, weeklyIntervals } from "./maintenance-window.ts";
import { nextTurnMs, occurrences } from "./occurrences.ts";
import { closeWindow, openWindow } from "./open-close.ts";

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
    openings: [],
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
  const [first] = occurrences(window({ schedule }), at("2026-10-24T21:30:00Z"), at("2026-10-26"));
  assert.deepEqual(first, { startMs: at("2026-10-24T21:30:00Z"), endMs: at("2026-10-25T02:30:00Z") });
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
  assert.deepEqual(
    [...occurrences(window({ schedule }), at("2026-10-01"), at("2026-12-01"))].map(({ startMs, endMs }) =>
      [startMs, endMs].map((timeMs) => new Date(timeMs).toISOString().slice(0, 16)),
    ),
    [
      ["2026-11-02T00:00", "2026-11-02T01:00"],
      ["2026-11-03T00:00", "2026-11-03T01:00"],
      ["2026-11-04T00:00", "2026-11-04T00:30"],
    ],
  );
});

const opening = { key: "", atMs: hour, untilMs: 2 * hour, by: "ci", reason: "deploy" };
const close = (of: MaintenanceWindow, nowMs: number, key = "") => closeWindow(of, { key, by: "ada", nowMs });

test("a deployment opens a window and closes it", () => {
  const opened = openWindow(window(), opening);
  assert.deepEqual(
    [hour, 2 * hour].map((nowMs) => isOpen(opened, nowMs)),
    [true, false],
    "it closes itself",
  );
  assert.equal(isOpen(close(opened, 1.5 * hour), 1.5 * hour), false);
  assert.equal(close(window(), hour).closed, undefined, "what is closed stays as it is");
  for (const [over, want] of [
    [{ untilMs: hour }, /got no end that is ahead/],
    [{ untilMs: Number.NaN }, /got no end that is ahead/],
    [{ by: " " }, /got nobody/],
    [{ reason: "" }, /got no reason/],
  ] as const) {
    assert.throws(() => openWindow(window(), { ...opening, ...over }), { code: "invalid_argument", message: want });
  }
});

test("jobs that overlap do not close each other's window, and may say everything twice", () => {
  const one = openWindow(window(), { ...opening, key: "one" });
  assert.equal(openWindow(one, { ...opening, key: "one", atMs: hour + 1, untilMs: 9 * hour }), one);
  const both = openWindow(one, { ...opening, key: "two", untilMs: 3 * hour });
  const left = close(both, hour + 1, "two");
  assert.deepEqual(
    left.openings.map(({ key }) => key),
    ["one"],
  );
  assert.equal(close(left, hour + 2, "two"), left);
  assert.equal(isOpen(close(left, hour + 2, "one"), hour + 2), false);
  assert.equal(isOpen(close(both, hour + 2), hour + 2), false, "people close it for all");
  // What is over does not keep the key.
  const again = openWindow(one, { ...opening, key: "one", atMs: 2 * hour, untilMs: 4 * hour });
  assert.deepEqual(
    again.openings.map(({ untilMs }) => untilMs),
    [4 * hour],
  );
});

test("so many openings and no more", () => {
  let opened = window();
  for (let at = 0; at < 100; at++) opened = openWindow(opened, { ...opening, key: `job ${at}` });
  assert.throws(() => openWindow(opened, { ...opening, key: "one more" }), { code: "resource_exhausted" });
});

test("a window that is closed early opens at its next time again", () => {
  const intervals = weeklyIntervals({ weekdays: [6], startMinute: 120, durationMinutes: 120, location: "UTC" });
  const closed = close(window({ schedule: { kind: "recurring", intervals } }), at("2026-11-21T02:30:20Z"));
  assert.deepEqual(closed.closed, { untilMs: at("2026-11-21T04:00:00Z"), by: "ada" });
  assert.deepEqual(
    ["2026-11-21T02:31:00Z", "2026-11-21T03:59:00Z", "2026-11-28T02:31:00Z"].map((text) => isOpen(closed, at(text))),
    [false, false, true],
  );
  assert.equal(nextTurnMs(closed, at("2026-11-21T02:31:00Z"), at("2026-12-21")), at("2026-11-28T02:00:00Z"));
  // Opened again meanwhile, it is open.
  const times = { atMs: at("2026-11-21T03:00:00Z"), untilMs: at("2026-11-21T03:30:00Z") };
  const opened = openWindow(closed, { ...opening, ...times });
  assert.equal(isOpen(opened, at("2026-11-21T03:10:00Z")), true);
  assert.equal(nextTurnMs(opened, at("2026-11-21T03:10:00Z"), at("2026-12-21")), at("2026-11-21T03:30:00Z"));
  assert.equal(isOpen(opened, at("2026-11-21T03:40:00Z")), false);
});

test("a window is over when it does not open any more and nobody uses it", () => {
  const day = 24 * hour;
  const over = (change: Partial<MaintenanceWindow>) => isOver(window(change), 10 * day);
  const once = { kind: "once", startsAtMs: 0, endsAtMs: 9 * day } as const;
  const intervals = weeklyIntervals({ weekdays: [6], startMinute: 0, durationMinutes: 60, location: "UTC" });
  assert.deepEqual(
    [
      over({ schedule: once }),
      over({ schedule: { ...once, endsAtMs: 11 * day } }),
      over({ schedule: once, updatedAtMs: 11 * day }),
      over({ schedule: { kind: "recurring", intervals } }),
      over({ schedule: { kind: "recurring", intervals, untilMs: 9 * day } }),
      over({}),
      over({ openings: [{ ...opening, untilMs: 11 * day }] }),
    ],
    [true, false, false, false, true, true, false],
  );
});

test("windows that are kept take the place of those before", () => {
  const maintenance = createMaintenance({ maxWindows: 10 });
  const open = { openings: [{ ...opening, atMs: 0 }] };
  maintenance.learn([window({ ...open, id: "w1" }), window({ ...open, id: "w2" })]);
  assert.deepEqual(maintenance.mutedBy(db, hour), ["w1", "w2"]);
  maintenance.learn([window({ ...open, id: "w2" })]);
  assert.deepEqual(maintenance.mutedBy(db, hour), ["w2"]);
  assert.equal(maintenance.get("w1"), undefined);
});

test("a window that is wrong says what is", () => {
  const maintenance = createMaintenance({ maxWindows: 1 });
  const refusals: readonly [Partial<MaintenanceWindow>, RegExp][] = [
    [{ name: "" }, /got no name/],
    [{ createdBy: "" }, /got no author/],
    [{ comment: " " }, /got no reason/],
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
