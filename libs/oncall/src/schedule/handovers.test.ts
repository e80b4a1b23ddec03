import assert from "node:assert/strict";
import { test } from "node:test";
import { handoverNotice } from "./handover-notice.ts";
import { handovers, nextHandovers } from "./handovers.ts";
import { layer, moment, schedule } from "./testing/schedules.ts";

const week = { startMs: moment("2026-11-02T08:00Z"), endMs: moment("2026-11-09T08:00Z") };

test("a hand-over is when somebody else is on call, not when only the reason changes", () => {
  const of = schedule({
    overrides: [
      { overrideId: "1", user: "ann", startMs: week.startMs + 1000, endMs: week.startMs + 2000 },
      { overrideId: "2", user: "eve", startMs: week.startMs + 2000, endMs: week.startMs + 3000 },
    ],
  });
  assert.deepEqual(handovers(of, week.startMs, week.endMs + 1), [
    { atMs: week.startMs, leaving: undefined, coming: "ann" },
    { atMs: week.startMs + 2000, leaving: "ann", coming: "eve" },
    { atMs: week.startMs + 3000, leaving: "eve", coming: "ann" },
    { atMs: week.endMs, leaving: "ann", coming: "bob" },
  ]);
  assert.deepEqual(handovers(of, week.endMs, week.endMs), []);
});

test("the next ones are those after the moment, to nobody too", () => {
  const restrictions = [{ kind: "day", weekdays: ["tuesday"], from: "09:00", to: "17:00" }] as const;
  const of = schedule({ layers: [layer({ restrictions })] });
  assert.deepEqual(nextHandovers(of, moment("2026-11-03T08:00Z"), { count: 3, withinMs: 90 * 86_400_000 }), [
    { atMs: moment("2026-11-03T16:00Z"), leaving: "ann", coming: undefined },
    { atMs: moment("2026-11-10T08:00Z"), leaving: undefined, coming: "bob" },
    { atMs: moment("2026-11-10T16:00Z"), leaving: "bob", coming: undefined },
  ]);
});

test("where nobody takes turns there is none", () => {
  const alone = schedule({ layers: [layer({ participants: ["ann"] })] });
  assert.deepEqual(nextHandovers(alone, week.startMs, { count: 3, withinMs: 400 * 86_400_000 }), []);
});

test("every hand-over of a year is found, wherever a look begins", () => {
  const rotation = { every: 7, unit: "day", handoverTime: "09:00", handoverWeekday: undefined } as const;
  const of = schedule({ layers: [layer({ rotation })] });
  const year = nextHandovers(of, week.startMs, { count: 1000, withinMs: 365 * 86_400_000 });
  assert.equal(year.length, 52);
  assert.deepEqual(new Set(year.map(({ leaving, coming }) => `${leaving} ${coming}`)), new Set(["ann bob", "bob ann"]));
});

test("the notice tells who goes, who comes and what is open, the worst first", () => {
  const open = [
    { title: "Disk 80 % full", severity: "warning", sinceMs: moment("2026-11-01T10:00Z"), acknowledgedBy: undefined },
    { title: "Checkout is down", severity: "critical", sinceMs: moment("2026-11-09T07:30Z"), acknowledgedBy: "ann" },
  ] as const;
  const notice = handoverNotice({
    scheduleName: "Payments",
    timeZone: "Europe/Berlin",
    handover: { atMs: week.endMs, leaving: "ann", coming: "bob" },
    untilMs: moment("2026-11-16T08:00Z"),
    open,
  });
  assert.deepEqual(notice, {
    to: ["ann", "bob"],
    title: "Payments: ann hands over to bob",
    text: [
      "bob is on call from Mon 2026-11-09 09:00 CET until Mon 2026-11-16 09:00 CET.",
      "ann goes off call.",
      "2 open:",
      "- critical: Checkout is down, since Mon 2026-11-09 08:30 CET, acknowledged by ann",
      "- warning: Disk 80 % full, since Sun 2026-11-01 11:00 CET, not acknowledged",
    ].join("\n"),
  });
});

test("a notice to nobody, with nothing or with much open", () => {
  const handover = { atMs: week.endMs, leaving: "ann", coming: undefined };
  const facts = { scheduleName: "Payments", timeZone: "UTC", handover, untilMs: undefined };
  assert.deepEqual(handoverNotice({ ...facts, open: [] }), {
    to: ["ann"],
    title: "Payments: ann hands over to nobody",
    text: "Nobody is on call from Mon 2026-11-09 08:00 UTC.\nann goes off call.\nNothing is open.",
  });
  const matter = { title: "x", severity: "info", sinceMs: 0, acknowledgedBy: undefined } as const;
  const many = handoverNotice({ ...facts, open: Array.from({ length: 25 }, () => matter) });
  assert.match(many.text, /^25 open:(?:\n- .*){20}\nand 5 more$/m);
});
