import assert from "node:assert/strict";
import { test } from "node:test";
import { valueTicks } from "./value-ticks.ts";

test("ticks are round and few", () => {
  const cases: [number, number, boolean, number[]][] = [
    [100, 4, false, [0, 50, 100]],
    [100, 5, false, [0, 20, 40, 60, 80, 100]],
    [0.35, 4, false, [0, 0.1, 0.2, 0.3]],
    [3.2, 4, false, [0, 1, 2, 3]],
    [10 * 2 ** 30, 4, true, [0, 4 * 2 ** 30, 8 * 2 ** 30]],
    [3000, 4, true, [0, 1024, 2048]],
    [0, 4, false, [0]],
    [Number.NaN, 4, false, [0]],
  ];
  for (const [top, max, binary, want] of cases) assert.deepEqual(valueTicks(top, max, binary), want, `${top}`);
});
