import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "@sightline/testkit/random";
import ICAL from "ical.js";
import { shifts } from "../schedule/shifts.ts";
import { randomSchedule } from "../schedule/testing/random-schedule.ts";
import { moment, schedule } from "../schedule/testing/schedules.ts";
import { writeFeed } from "./calendar.ts";
import { scheduleFeed } from "./schedule-feed.ts";

/** What another program reads in a feed. */
function read(body: string) {
  const calendar = new ICAL.Component(ICAL.parse(body));
  const events = calendar.getAllSubcomponents("vevent").map((component) => new ICAL.Event(component));
  return { calendar, events };
}

test("a parser of others reads what was written", () => {
  const named = {
    scheduleId: "1",
    name: "Zahlungen, erste; \\ Linie",
    schedule: schedule(),
    changedMs: moment("2026-11-01T10:00Z"),
  };
  const { calendar, events } = read(
    scheduleFeed(named, { nowMs: moment("2026-11-11T15:00Z"), daysBack: 3, daysAhead: 6 }).body,
  );
  assert.equal(calendar.getFirstPropertyValue("version"), "2.0");
  assert.equal(calendar.getFirstPropertyValue("description"), "Who is on call in Zahlungen, erste; \\ Linie");
  assert.equal(String(calendar.getFirstPropertyValue("refresh-interval")), "PT60M");
  assert.deepEqual(
    events.map(({ summary, startDate, endDate }) => [
      summary,
      startDate.toJSDate().toISOString(),
      endDate.toJSDate().toISOString(),
    ]),
    [
      ["ann is on call: Zahlungen, erste; \\ Linie", "2026-11-02T08:00:00.000Z", "2026-11-09T08:00:00.000Z"],
      ["bob is on call: Zahlungen, erste; \\ Linie", "2026-11-09T08:00:00.000Z", "2026-11-16T08:00:00.000Z"],
      ["ann is on call: Zahlungen, erste; \\ Linie", "2026-11-16T08:00:00.000Z", "2026-11-23T08:00:00.000Z"],
    ],
  );
});

test("texts of any kind come back", () => {
  const random = createRandom(3);
  const characters = [",", ";", "\\", "\n", ":", '"', " ", "a", "ß", "€", "😀", "\u200d"] as const;
  for (let round = 0; round < 50; round++) {
    const title = `x${Array.from({ length: random.below(200) }, () => random.pick(characters)).join("")}x`;
    const event = {
      uid: "1",
      startMs: 0,
      endMs: 1000,
      title,
      description: title,
      categories: ["a", "b,c"],
      changedMs: 0,
    };
    const { events } = read(
      writeFeed({ name: title, description: "", timeZone: "UTC", refreshMinutes: 60, events: [event] }).body,
    );
    assert.equal(events[0]?.summary, title);
    assert.equal(events[0]?.description, title);
    assert.deepEqual(events[0]?.component.getFirstProperty("categories")?.getValues(), ["a", "b,c"]);
  }
});

test("the events of random schedules cover what is on call, each by a UID of its own", () => {
  const random = createRandom(11);
  for (let round = 0; round < 30; round++) {
    const nowMs = moment("2026-10-24T12:00Z");
    const of = randomSchedule(random, nowMs);
    const named = { scheduleId: "1", name: "x", schedule: of, changedMs: 0 };
    const { events } = read(scheduleFeed(named, { nowMs, daysBack: 5, daysAhead: 20 }).body);
    assert.equal(new Set(events.map(({ uid }) => uid)).size, events.length);
    const [fromMs, toMs] = [nowMs - 5 * 86_400_000, nowMs + 20 * 86_400_000];
    const clipped = events.reduce((sum, { startDate, endDate }) => {
      const [start, end] = [startDate.toJSDate().getTime(), endDate.toJSDate().getTime()];
      return sum + Math.max(0, Math.min(end, toMs) - Math.max(start, fromMs));
    }, 0);
    const { final } = shifts(of, fromMs, toMs);
    assert.equal(
      clipped,
      final.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0),
    );
  }
});
