import assert from "node:assert/strict";
import { test } from "node:test";
import type { Schedule } from "./schedule.ts";
import { shifts, whoIsOnCall } from "./shifts.ts";
import { layer, moment, schedule } from "./testing/schedules.ts";

/** The final schedule as text, a line for each shift, in the schedule's own wall time. */
function told(of: Schedule, from: string, to: string): string[] {
  const wall = new Intl.DateTimeFormat("sv-SE", { timeZone: of.timeZone, dateStyle: "short", timeStyle: "short" });
  const { final } = shifts(of, moment(from), moment(to));
  return final.map(({ user, startMs, endMs }) => `${wall.format(startMs)} to ${wall.format(endMs)} ${user}`);
}

test("people take turns, and begin anew after the last", () => {
  const weekly = schedule({ layers: [layer({ participants: ["ann", "bob", "eve"] })] });
  assert.deepEqual(told(weekly, "2026-11-02T08:00Z", "2026-11-25T00:00Z"), [
    "2026-11-02 09:00 to 2026-11-09 09:00 ann",
    "2026-11-09 09:00 to 2026-11-16 09:00 bob",
    "2026-11-16 09:00 to 2026-11-23 09:00 eve",
    "2026-11-23 09:00 to 2026-11-25 01:00 ann",
  ]);
});

test("the first turn lasts until the first hand-over, wherever the layer starts", () => {
  const late = schedule({ layers: [layer({ startsAtMs: moment("2026-11-05T11:00Z") })] });
  assert.deepEqual(told(late, "2026-11-01T00:00Z", "2026-11-16T08:00Z"), [
    "2026-11-05 12:00 to 2026-11-09 09:00 ann",
    "2026-11-09 09:00 to 2026-11-16 09:00 bob",
  ]);
});

test("nobody is on call before a layer starts and after it ends", () => {
  const startsAtMs = moment("2026-11-02T08:00Z");
  const ended = schedule({ layers: [layer({ startsAtMs, endsAtMs: moment("2026-11-03T08:00Z") })] });
  assert.deepEqual(told(ended, "2026-11-01T00:00Z", "2026-11-05T00:00Z"), ["2026-11-02 09:00 to 2026-11-03 09:00 ann"]);
  assert.deepEqual(shifts(ended, moment("2026-11-01T00:00Z"), moment("2026-11-05T00:00Z")).gaps, [
    { startMs: moment("2026-11-01T00:00Z"), endMs: startsAtMs },
    { startMs: moment("2026-11-03T08:00Z"), endMs: moment("2026-11-05T00:00Z") },
  ]);
});

test("turns are as long as is wanted", () => {
  const f = (every: number, unit: "hour" | "day" | "week", want: readonly string[]) => {
    const rotation = { every, unit, handoverTime: "09:00", handoverWeekday: undefined };
    const of = schedule({ layers: [layer({ rotation })] });
    assert.deepEqual(told(of, "2026-11-02T08:00Z", "2026-11-05T08:00Z"), want, `${every} ${unit}`);
  };
  f(36, "hour", ["2026-11-02 09:00 to 2026-11-03 21:00 ann", "2026-11-03 21:00 to 2026-11-05 09:00 bob"]);
  f(2, "day", ["2026-11-02 09:00 to 2026-11-04 09:00 ann", "2026-11-04 09:00 to 2026-11-05 09:00 bob"]);
  f(52, "week", ["2026-11-02 09:00 to 2026-11-05 09:00 ann"]);
});

test("a daily hand-over stays at its time on the wall when the clocks change", () => {
  const rotation = { every: 1, unit: "day", handoverTime: "09:00", handoverWeekday: undefined } as const;
  const daily = schedule({ layers: [layer({ rotation, startsAtMs: moment("2026-03-01T08:00Z") })] });
  assert.deepEqual(told(daily, "2026-03-28T08:00Z", "2026-03-30T07:00Z"), [
    "2026-03-28 09:00 to 2026-03-29 09:00 bob",
    "2026-03-29 09:00 to 2026-03-30 09:00 ann",
  ]);
  assert.deepEqual(told(daily, "2026-10-24T07:00Z", "2026-10-26T08:00Z"), [
    "2026-10-24 09:00 to 2026-10-25 09:00 bob",
    "2026-10-25 09:00 to 2026-10-26 09:00 ann",
  ]);
});

test("a hand-over in an hour that is skipped comes with the change, in one that comes twice the first time", () => {
  const rotation = { every: 1, unit: "day", handoverTime: "02:30", handoverWeekday: undefined } as const;
  const nightly = schedule({ layers: [layer({ rotation, startsAtMs: moment("2026-03-01T08:00Z") })] });
  const on = (at: string) => whoIsOnCall(nightly, moment(at))?.user;
  assert.notEqual(on("2026-03-29T00:59Z"), on("2026-03-29T01:00Z"), "03:00 on the wall");
  assert.equal(on("2026-03-29T01:00Z"), on("2026-03-29T23:00Z"));
  assert.notEqual(on("2026-10-25T00:29Z"), on("2026-10-25T00:30Z"), "02:30 the first time");
  assert.equal(on("2026-10-25T00:30Z"), on("2026-10-25T01:45Z"), "02:45 the second time");
  const year = shifts(nightly, moment("2026-03-02T00:00Z"), moment("2027-03-02T00:00Z"));
  assert.deepEqual(year.gaps, []);
});

test("turns of an hour leave out the one that is skipped", () => {
  const rotation = { every: 1, unit: "hour", handoverTime: "00:00", handoverWeekday: undefined } as const;
  const of = schedule({ layers: [layer({ rotation, participants: ["ann", "bob", "eve"] })] });
  assert.deepEqual(
    told(of, "2027-03-27T23:00Z", "2027-03-28T03:00Z").map((line) => line.slice(11, 16)),
    ["00:00", "01:00", "03:00", "04:00"],
  );
});

test("a layer counts only within its restrictions, and its turns go on outside", () => {
  const restrictions = [{ kind: "day", weekdays: ["monday", "tuesday"], from: "09:00", to: "17:00" }] as const;
  const office = schedule({ layers: [layer({ restrictions })] });
  assert.deepEqual(told(office, "2026-11-02T00:00Z", "2026-11-14T00:00Z"), [
    "2026-11-02 09:00 to 2026-11-02 17:00 ann",
    "2026-11-03 09:00 to 2026-11-03 17:00 ann",
    "2026-11-09 09:00 to 2026-11-09 17:00 bob",
    "2026-11-10 09:00 to 2026-11-10 17:00 bob",
  ]);
});

test("restrictions may go over midnight and over the week's end", () => {
  const night = [{ kind: "day", weekdays: ["friday"], from: "22:00", to: "06:00" }] as const;
  assert.deepEqual(
    told(schedule({ layers: [layer({ restrictions: night })] }), "2026-11-05T00:00Z", "2026-11-09T00:00Z"),
    ["2026-11-06 22:00 to 2026-11-07 06:00 ann"],
  );
  const weekend = [{ kind: "week", fromWeekday: "friday", from: "17:00", toWeekday: "monday", to: "09:00" }] as const;
  assert.deepEqual(
    told(schedule({ layers: [layer({ restrictions: weekend })] }), "2026-11-07T00:00Z", "2026-11-16T12:00Z"),
    ["2026-11-07 01:00 to 2026-11-09 09:00 ann", "2026-11-13 17:00 to 2026-11-16 09:00 bob"],
  );
});

test("a restriction that begins in an hour that is skipped or comes twice leaves nothing out", () => {
  const layers = (
    [
      ["early", "00:00", "02:30"],
      ["late", "02:30", "24:00"],
    ] as const
  ).map(([name, from, to]) => layer({ name, restrictions: [{ kind: "day", weekdays: [], from, to }] }));
  const of = schedule({ layers });
  for (const day of ["2027-03-28", "2027-10-31"]) {
    const { gaps } = shifts(of, moment(`${day}T00:00Z`) - 86_400_000, moment(`${day}T00:00Z`) + 86_400_000);
    assert.deepEqual(gaps, [], day);
  }
});

test("upper layers hide lower ones, overrides hide all", () => {
  const restrictions = [{ kind: "day", weekdays: [], from: "09:00", to: "17:00" }] as const;
  const of = schedule({
    layers: [
      layer({ name: "always", participants: ["ann"] }),
      layer({ name: "by day", participants: ["bob"], restrictions }),
    ],
    overrides: [
      { overrideId: "1", user: "eve", startMs: moment("2026-11-03T07:00Z"), endMs: moment("2026-11-03T12:00Z") },
      { overrideId: "2", user: "zoe", startMs: moment("2026-11-03T10:00Z"), endMs: moment("2026-11-03T11:00Z") },
    ],
  });
  assert.deepEqual(told(of, "2026-11-02T23:00Z", "2026-11-03T23:00Z"), [
    "2026-11-03 00:00 to 2026-11-03 08:00 ann",
    "2026-11-03 08:00 to 2026-11-03 11:00 eve",
    "2026-11-03 11:00 to 2026-11-03 12:00 zoe",
    "2026-11-03 12:00 to 2026-11-03 13:00 eve",
    "2026-11-03 13:00 to 2026-11-03 17:00 bob",
    "2026-11-03 17:00 to 2026-11-04 00:00 ann",
  ]);
  const { layers, overrides } = shifts(of, moment("2026-11-02T23:00Z"), moment("2026-11-03T23:00Z"));
  assert.deepEqual(
    layers.map(({ layer: name, shifts: own }) => [name, own.length]),
    [
      ["always", 1],
      ["by day", 1],
    ],
  );
  assert.deepEqual(
    overrides.map(({ user }) => user),
    ["eve", "zoe", "eve"],
  );
  assert.deepEqual(whoIsOnCall(of, moment("2026-11-03T10:30Z")), {
    user: "zoe",
    source: { kind: "override", overrideId: "2" },
  });
  assert.deepEqual(whoIsOnCall(of, moment("2026-11-03T14:00Z")), {
    user: "bob",
    source: { kind: "layer", layer: "by day" },
  });
});

test("without layers nobody is on call but by overrides", () => {
  const startMs = moment("2026-11-03T07:00Z");
  const of = schedule({ layers: [], overrides: [{ overrideId: "1", user: "eve", startMs, endMs: startMs + 1000 }] });
  assert.equal(whoIsOnCall(of, startMs - 1), undefined);
  assert.equal(whoIsOnCall(of, startMs)?.user, "eve");
  assert.equal(whoIsOnCall(of, startMs + 1000), undefined);
  assert.deepEqual(shifts(of, startMs, startMs), { final: [], layers: [], overrides: [], gaps: [] });
});
