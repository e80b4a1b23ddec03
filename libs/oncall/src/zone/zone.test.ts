import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "@sightline/testkit/random";
import { createZone, isTimeZone } from "./zone.ts";

/** The moment of a wall time, as UTC. */
function momentIn(timeZone: string, wall: string): string {
  return new Date(createZone(timeZone).momentOf(Date.parse(`${wall}Z`))).toISOString().slice(0, 16);
}

test("a wall time is a moment, through changes of the clocks", () => {
  const f = (timeZone: string, wall: string, want: string) =>
    assert.equal(momentIn(timeZone, wall), want, `${wall} in ${timeZone}`);
  f("UTC", "2026-03-29T02:30", "2026-03-29T02:30");
  f("Europe/Berlin", "2026-01-15T09:00", "2026-01-15T08:00");
  f("Europe/Berlin", "2026-07-15T09:00", "2026-07-15T07:00");
  // 02:00 to 03:00 is skipped: all of it is the moment of the change.
  f("Europe/Berlin", "2026-03-29T01:59", "2026-03-29T00:59");
  f("Europe/Berlin", "2026-03-29T02:00", "2026-03-29T01:00");
  f("Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:00");
  f("Europe/Berlin", "2026-03-29T03:00", "2026-03-29T01:00");
  f("Europe/Berlin", "2026-03-29T03:01", "2026-03-29T01:01");
  // 02:00 to 03:00 comes twice: the first time counts.
  f("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30");
  f("Europe/Berlin", "2026-10-25T02:59", "2026-10-25T00:59");
  f("Europe/Berlin", "2026-10-25T03:00", "2026-10-25T02:00");
  f("America/New_York", "2026-03-08T02:30", "2026-03-08T07:00");
  f("America/New_York", "2026-11-01T01:30", "2026-11-01T05:30");
  f("America/St_Johns", "2026-11-01T01:30", "2026-11-01T04:00");
  // Half an hour of daylight saving, in the southern summer.
  f("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30");
  f("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45");
  // The clocks change at midnight: the day begins at 01:00.
  f("America/Santiago", "2026-09-06T00:00", "2026-09-06T04:00");
  // A day that never was.
  f("Pacific/Apia", "2011-12-30T12:00", "2011-12-30T10:00");
  f("Asia/Kathmandu", "2026-06-01T00:00", "2026-05-31T18:15");
  // A change with the turn of the year.
  f("Asia/Pyongyang", "2026-01-01T00:00", "2025-12-31T15:00");
  f("Pacific/Kiritimati", "1994-12-31T12:00", "1994-12-31T10:00");
});

test("the wall shows what Intl says, and its moments are in order", () => {
  const random = createRandom(1);
  const zones = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia"];
  for (const timeZone of zones) {
    const zone = createZone(timeZone);
    const shown = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" });
    for (let round = 0; round < 300; round++) {
      const atMs = Date.UTC(2000, 0) + random.below(40 * 365 * 1440) * 60_000;
      const wallMs = zone.wallOf(atMs);
      assert.equal(new Date(wallMs).toISOString().slice(0, 19).replace("T", " "), shown.format(atMs));
      const first = zone.momentOf(wallMs);
      assert.ok(first <= atMs, `${timeZone} ${wallMs}: the first time is not after the one asked about`);
      assert.equal(zone.wallOf(first), wallMs);
      assert.ok(zone.wallOf(first - 1) < wallMs, "nothing before it shows as much");
      assert.ok(zone.momentOf(wallMs + random.below(10_000_000)) >= first, "later on the wall is not earlier");
    }
  }
});

test("names of zones are taken, offsets and other texts are not", () => {
  for (const name of ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Asia/Calcutta"]) {
    assert.ok(isTimeZone(name), name);
  }
  for (const name of ["", "+02:00", "Mars/Olympus", "Europe/Berlin ", "09:00", "x".repeat(1000)]) {
    assert.ok(!isTimeZone(name), name);
  }
});
