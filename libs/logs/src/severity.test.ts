import assert from "node:assert/strict";
import { test } from "node:test";
import { severityOfLevel, severityOfText } from "./severity.ts";

test("words, in every spelling", () => {
  const cases: [number, string][] = [
    [1, "trace TRACE Trace silly finest"],
    [5, "debug DEBUG dbug D Fine"],
    [9, "info INFO Information informational http I SEVERITY_NUMBER_INFO 30 6 200"],
    [10, "notice NOTICE INFO2"],
    [13, "warn WARNING Warn W wrn 40"],
    [17, "error ERROR err E SEVERE failure 50 500"],
    [21, "critical CRIT fatal F FATAL 60"],
    [22, "alert ALERT"],
    [24, "emergency EMERG panic FATAL4"],
    [0, "gold customer 99999 constructor __proto__"],
  ];
  for (const [want, words] of cases) {
    for (const word of words.split(" ")) assert.equal(severityOfText(word), want, word);
  }
  assert.equal(severityOfText(""), 0);
  assert.equal(severityOfText("error".repeat(1000)), 0);
});

test("numbers, by the scale they are of", () => {
  const cases: [level: number, want: number][] = [
    [0, 24],
    [3, 17],
    [7, 5],
    [8, 0],
    [10, 1],
    [20, 5],
    [35, 9],
    [60, 21],
    [100, 5],
    [250, 10],
    [550, 22],
    [800, 24],
    [900, 0],
    [-1, 0],
    [2.5, 0],
    [Number.NaN, 0],
  ];
  for (const [level, want] of cases) assert.equal(severityOfLevel(level), want, String(level));
});
