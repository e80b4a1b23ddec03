import assert from "node:assert/strict";
import { test } from "node:test";
import { timeTicks } from "./time-ticks.ts";

const at = (text: string) => Date.parse(text);

test("ticks are round in local time and few", () => {
  const cases: [string, string, number, number, string[]][] = [
    ["2026-11-21T11:03:00Z", "2026-11-21T12:03:00Z", 6, 0, ["11:10", "11:20", "11:30", "11:40", "11:50", "12:00"]],
    ["2026-11-21T11:03:10Z", "2026-11-21T11:03:40Z", 3, 0, ["11:03:10", "11:03:20", "11:03:30", "11:03:40"]],
    ["2026-11-20T20:00:00Z", "2026-11-21T08:00:00Z", 4, 0, ["21:00", "21 Nov", "03:00", "06:00"]],
    ["2026-11-18T05:00:00Z", "2026-11-21T05:00:00Z", 4, 3_600_000, ["19 Nov", "20 Nov", "21 Nov"]],
  ];
  for (const [start, end, max, offset, want] of cases) {
    const got = timeTicks(at(start), at(end), max, offset).map((tick) => tick.label);
    assert.deepEqual(got, want);
  }
});

test("no length, no ticks", () => {
  assert.deepEqual(timeTicks(5, 5, 6, 0), []);
  assert.deepEqual(timeTicks(5, 1, 6, 0), []);
});
