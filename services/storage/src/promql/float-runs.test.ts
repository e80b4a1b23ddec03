import assert from "node:assert/strict";
import { test } from "node:test";
import { createStaleTest, writeStale } from "@sightline/query/promql/samples";
import { createFloatRuns, type FloatRows } from "./float-runs.ts";
import { wordsOf } from "./words.ts";

/** Rows of a block: the series of each, its time since the start, and its value. */
function rowsOf(rows: readonly (readonly [series: number, time: number, value: number])[]): FloatRows {
  const all = [...new Set(rows.map(([series]) => series))];
  const values = Float64Array.from(rows, ([, , value]) => value);
  return {
    seriesOfCode: Int32Array.from(all),
    codes: Uint8Array.from(rows, ([series]) => all.indexOf(series)),
    times: Uint32Array.from(rows, ([, time]) => time),
    values,
    words: wordsOf(values),
  };
}

function joined(blocks: readonly FloatRows[], startMs: number): unknown {
  const runs = createFloatRuns();
  for (const block of blocks) runs.add(block);
  return Object.fromEntries(
    Array.from(runs.join(startMs), ([series, { times, values }]) => [series, [[...times], [...values]]]),
  );
}

test("the runs of a series are put in the order of time, whatever blocks they come in", () => {
  const late = rowsOf([
    [7, 30, 3],
    [7, 40, 4],
    [3, 30, 30],
    [-1, 30, 0],
  ]);
  const early = rowsOf([
    [3, 10, 10],
    [7, 10, 1],
    [7, 20, 2],
    [-1, 10, 0],
    [9, 10, 90],
  ]);
  const want = {
    3: [
      [1010, 1030],
      [10, 30],
    ],
    7: [
      [1010, 1020, 1030, 1040],
      [1, 2, 3, 4],
    ],
    9: [[1010], [90]],
  };
  assert.deepEqual(joined([late, early], 1000), want);
  assert.deepEqual(joined([early, late], 1000), want);
  assert.deepEqual(joined([], 1000), {});
});

test("series that were scraped together have the same times", () => {
  const early = rowsOf([
    [1, 10, 1],
    [1, 20, 1],
    [2, 10, 2],
    [2, 20, 2],
    [3, 10, 3],
    [3, 21, 3],
    [4, 10, 4],
  ]);
  const late = rowsOf([
    [1, 30, 1],
    [2, 30, 2],
    [3, 30, 3],
  ]);
  const runs = createFloatRuns();
  for (const rows of [late, early]) runs.add(rows);
  const joinedRuns = runs.join(1000);
  const timesOf = (series: number) => joinedRuns.get(series)?.times;
  assert.equal(timesOf(1), timesOf(2));
  assert.deepEqual(
    [1, 3, 4].map((series) => [...(timesOf(series) ?? [])]),
    [[1010, 1020, 1030], [1010, 1021, 1030], [1010]],
  );
});

test("marks of the end keep their bits", () => {
  const first = rowsOf([[0, 1, Number.NaN]]);
  const second = rowsOf([[0, 2, 0]]);
  writeStale(second.values, 0);
  const runs = createFloatRuns();
  for (const rows of [first, second]) runs.add(rows);
  const { values = new Float64Array(0) } = runs.join(0).get(0) ?? {};
  assert.deepEqual([...values], [Number.NaN, Number.NaN]);
  const isStale = createStaleTest(values);
  assert.deepEqual([isStale(0), isStale(1)], [false, true]);
});
