import assert from "node:assert/strict";
import { test } from "node:test";
import { layer, moment, schedule } from "../schedule/testing/schedules.ts";
import { writeFeed } from "./calendar.ts";
import { type NamedSchedule, scheduleFeed, userFeed } from "./schedule-feed.ts";

const payments: NamedSchedule = {
  scheduleId: "0193",
  name: "Payments; first, line",
  schedule: schedule(),
  changedMs: moment("2026-11-01T10:00:00Z"),
};
const window = { nowMs: moment("2026-11-11T15:00Z"), daysBack: 3, daysAhead: 6 };

/** The lines of a feed, unfolded. */
function linesOf(body: string): string[] {
  return body.replaceAll("\r\n ", "").split("\r\n");
}

/** The values of a property, in order. */
function valuesOf(body: string, property: string): string[] {
  return linesOf(body).flatMap((line) => (line.startsWith(`${property}:`) ? [line.slice(property.length + 1)] : []));
}

test("a feed has the turns of its days whole, in UTC", () => {
  const { body, contentType } = scheduleFeed(payments, window);
  assert.equal(contentType, "text/calendar; charset=utf-8");
  assert.deepEqual(valuesOf(body, "DTSTART"), ["20261102T080000Z", "20261109T080000Z", "20261116T080000Z"]);
  assert.deepEqual(valuesOf(body, "DTEND"), ["20261109T080000Z", "20261116T080000Z", "20261123T080000Z"]);
  assert.deepEqual(valuesOf(body, "SUMMARY"), [
    "ann is on call: Payments\\; first\\, line",
    "bob is on call: Payments\\; first\\, line",
    "ann is on call: Payments\\; first\\, line",
  ]);
  assert.deepEqual(new Set(valuesOf(body, "DTSTAMP")), new Set(["20261101T100000Z"]));
  assert.ok(body.startsWith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n") && body.endsWith("END:VCALENDAR\r\n"));
});

test("an event keeps its UID from day to day, and when somebody else takes it", () => {
  const uids = (of: NamedSchedule, nowMs: number) => valuesOf(scheduleFeed(of, { ...window, nowMs }).body, "UID");
  const monday = uids(payments, window.nowMs);
  assert.equal(new Set(monday).size, 3);
  assert.deepEqual(uids(payments, window.nowMs + 3 * 86_400_000).slice(0, 2), monday.slice(1));
  const others = { ...payments, schedule: schedule({ layers: [layer({ participants: ["eve", "bob"] })] }) };
  assert.deepEqual(uids(others, window.nowMs), monday);
  assert.notDeepEqual(uids({ ...payments, scheduleId: "0194" }, window.nowMs), monday);
});

test("the feed is the same all day, and its tag another as soon as anything is", () => {
  const first = scheduleFeed(payments, window);
  assert.deepEqual(scheduleFeed(payments, { ...window, nowMs: moment("2026-11-11T23:59Z") }), first);
  const renamed = scheduleFeed({ ...payments, name: "Other" }, window);
  assert.notEqual(renamed.etag, first.etag);
  assert.match(first.cacheControl, /^private, max-age=3600$/);
});

test("a user's feed has what is theirs in every schedule, in order", () => {
  const rotation = { every: 1, unit: "day", handoverTime: "12:00", handoverWeekday: undefined } as const;
  const database = {
    ...payments,
    scheduleId: "0195",
    name: "Database",
    schedule: schedule({ layers: [layer({ rotation, participants: ["ann", "eve", "eve"] })] }),
  };
  const { body } = userFeed("ann", [payments, database], window);
  assert.deepEqual(valuesOf(body, "DTSTART"), [
    "20261102T080000Z",
    "20261107T110000Z",
    "20261110T110000Z",
    "20261113T110000Z",
    "20261116T080000Z",
    "20261116T110000Z",
  ]);
  assert.ok(valuesOf(body, "SUMMARY").every((title) => title.startsWith("ann is on call")));
  assert.deepEqual(valuesOf(userFeed("nobody", [payments], window).body, "UID"), []);
});

test("lines are at most 75 octets long, and no character is broken", () => {
  const text = `${"ä€😀".repeat(40)}; a\\b, c\nd\re\u0007f`;
  const { body } = writeFeed({
    name: text,
    description: "",
    timeZone: "UTC",
    refreshMinutes: 60,
    events: [],
  });
  for (const line of body.split("\r\n")) {
    assert.ok(Buffer.byteLength(line) <= 75, line);
    assert.ok(!line.includes("�"));
  }
  assert.deepEqual(valuesOf(body, "NAME"), [`${"ä€😀".repeat(40)}\\; a\\\\b\\, c\\nd\\ne f`]);
});
