import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatPrometheusDuration, parsePrometheusDuration } from "./duration.ts";

describe("a duration of Prometheus", () => {
  const right: [text: string, ms: number, printed: string][] = [
    ["0", 0, "0s"],
    ["0s", 0, "0s"],
    ["90s", 90_000, "1m30s"],
    ["1d12h", 36 * 3_600_000, "1d12h"],
    ["1w2d", 9 * 86_400_000, "9d"],
    ["52w", 364 * 86_400_000, "52w"],
    ["1y2w3d4h5m6s7ms", 382 * 86_400_000 + 14_706_007, "382d4h5m6s7ms"],
  ];
  for (const [text, ms, printed] of right) {
    it(`${text} is ${ms} ms`, () => {
      assert.equal(parsePrometheusDuration(text), ms);
      assert.equal(formatPrometheusDuration(ms), printed);
    });
  }

  // What model.ParseDuration of github.com/prometheus/common v0.70.1 says.
  const wrong: [text: string, message: string][] = [
    ["", "empty duration string"],
    ["1", 'not a valid duration string: "1"'],
    ["x", 'not a valid duration string: "x"'],
    ["-5m", 'not a valid duration string: "-5m"'],
    ["1:5", 'unknown unit ":" in duration "1:5"'],
    ["1e3", 'unknown unit "e" in duration "1e3"'],
    ["5m1h", 'not a valid duration string: "5m1h"'],
    ["5m5m", 'not a valid duration string: "5m5m"'],
    ["5m1h3x", 'not a valid duration string: "5m1h3x"'],
    ["1h 5m", 'unknown unit "h " in duration "1h 5m"'],
    ["400y", "duration out of range"],
  ];
  for (const [text, message] of wrong) {
    it(message, () => assert.throws(() => parsePrometheusDuration(text), { message }));
  }
});
