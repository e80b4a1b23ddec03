import assert from "node:assert/strict";
import { test } from "node:test";
import type { TimeInterval } from "../time-interval/time-interval.ts";
import { isOpen, type MaintenanceSchedule, type MaintenanceWindow, weeklyIntervals } from "./maintenance-window.ts";
import { nextTurnMs, occurrences } from "./occurrences.ts";

const minuteMs = 60_000;
const dayMs = 1440 * minuteMs;

function windowOf(schedule: MaintenanceSchedule): MaintenanceWindow {
  const said = { openings: [], createdBy: "ada", comment: "why", updatedAtMs: 0 };
  return { id: "w", name: "w", matchers: [], schedule, ...said };
}

/** The same, by looking at every minute. */
function byTheMinute(window: MaintenanceWindow, startMs: number, endMs: number) {
  const found: { startMs: number; endMs: number }[] = [];
  let openedMs: number | undefined;
  for (let atMs = startMs; atMs < endMs; atMs += minuteMs) {
    const open = isOpen(window, atMs);
    if (openedMs !== undefined && !open) found.push({ startMs: openedMs, endMs: atMs });
    if (!open) openedMs = undefined;
    else openedMs ??= atMs;
  }
  return openedMs === undefined ? found : [...found, { startMs: openedMs, endMs }];
}

const any: TimeInterval = {
  times: undefined,
  weekdays: undefined,
  daysOfMonth: undefined,
  months: undefined,
  years: undefined,
  location: undefined,
};

/** Days around those on which clocks are set, and where they are set by half an hour. */
const cases: readonly { name: string; start: string; days: number; intervals: readonly TimeInterval[] }[] = [
  {
    name: "over midnight, clocks set back in it",
    start: "2026-10-22T13:07:00Z",
    days: 6,
    intervals: weeklyIntervals({
      weekdays: [6, 0],
      startMinute: 1410,
      durationMinutes: 240,
      location: "Europe/Berlin",
    }),
  },
  {
    name: "in the hour that is skipped",
    start: "2026-03-27T00:00:00Z",
    days: 5,
    intervals: weeklyIntervals({ weekdays: [0], startMinute: 130, durationMinutes: 20, location: "Europe/Berlin" }),
  },
  {
    name: "in the hour that comes twice",
    start: "2026-10-31T05:00:00Z",
    days: 3,
    intervals: weeklyIntervals({ weekdays: [0], startMinute: 75, durationMinutes: 30, location: "America/New_York" }),
  },
  {
    name: "clocks set by half an hour",
    start: "2026-04-03T00:00:00Z",
    days: 4,
    intervals: [{ ...any, times: [{ startMinute: 60, endMinute: 140 }], location: "Australia/Lord_Howe" }],
  },
  {
    name: "the last days of months",
    start: "2026-02-26T12:00:00Z",
    days: 5,
    intervals: [{ ...any, daysOfMonth: [{ begin: -2, end: -1 }], location: "Asia/Kolkata" }],
  },
  { name: "always", start: "2026-02-26T12:00:00Z", days: 2, intervals: [any] },
  {
    name: "two zones",
    start: "2026-11-20T12:00:00Z",
    days: 2,
    intervals: [
      { ...any, times: [{ startMinute: 0, endMinute: 90 }], location: "Asia/Tokyo" },
      { ...any, times: [{ startMinute: 960, endMinute: 1440 }], location: "America/New_York" },
    ],
  },
];

for (const { name, start, days, intervals } of cases) {
  test(`a window is open when every minute says so: ${name}`, () => {
    const window = windowOf({ kind: "recurring", intervals });
    const startMs = Date.parse(start);
    const endMs = startMs + days * dayMs;
    assert.deepEqual([...occurrences(window, startMs, endMs)], byTheMinute(window, startMs, endMs));
  });
}

test("what does not come within the time is not waited for", () => {
  const never = windowOf({ kind: "recurring", intervals: [{ ...any, years: [{ begin: 2020, end: 2020 }] }] });
  const nowMs = Date.parse("2026-11-21T12:00:00Z");
  assert.equal(nextTurnMs(never, nowMs, nowMs + 366 * dayMs), undefined);
  const always = windowOf({ kind: "recurring", intervals: [any] });
  assert.equal(nextTurnMs(always, nowMs, nowMs + 366 * dayMs), undefined);
  const once = windowOf({ kind: "once", startsAtMs: nowMs + 5, endsAtMs: nowMs + 7 });
  assert.deepEqual([...occurrences(once, nowMs, nowMs + 6)], [{ startMs: nowMs + 5, endMs: nowMs + 6 }]);
  assert.deepEqual(
    [nowMs, nowMs + 6, nowMs + 7].map((atMs) => nextTurnMs(once, atMs, nowMs + 99)),
    [nowMs + 5, nowMs + 7, undefined],
  );
});
