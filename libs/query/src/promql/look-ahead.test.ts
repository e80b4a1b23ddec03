import assert from "node:assert/strict";
import { test } from "node:test";
import { readQuery } from "./engine.ts";
import { lookAheadMs } from "./look-ahead.ts";

const cases: readonly (readonly [query: string, wanted: number | null])[] = [
  ["up", 0],
  ["sum by (job) (rate(up[5m] offset 1h)) / 2", 0],
  ["up offset -1m", 60_000],
  ["rate(up[5m] offset -1m) + up offset -2m", 120_000],
  ["max_over_time((up offset -1m)[10m:1m] offset -3m)", 240_000],
  ["max_over_time((up offset 1m)[10m:1m] offset -3m)", 180_000],
  ["rate(up[5m] smoothed)", 300_000],
  ["up @ end()", null],
  ["1 + sum(up @ start())", null],
  ["up @ 1600000000", null],
  ["rate(up[range()])", null],
  ["rate(up[step()])", 0],
  ["up offset -step()", 15_000],
  ["max_over_time(up[10m:] @ end())", null],
  ["info(up)", null],
];

for (const [query, wanted] of cases) {
  test(`how far ahead ${query} looks`, () => {
    assert.equal(lookAheadMs(readQuery(query).expression, { stepMs: 15_000, lookbackMs: 300_000 }), wanted);
  });
}
