import assert from "node:assert/strict";
import { test } from "node:test";
import { type ChartSeries, extremes, lastValue, seriesTable, stackedColumns } from "./series-table.ts";

const series = (...points: [number, number | null][]): ChartSeries => ({ label: "s", color: "red", points });

test("series with different times share one list of times", () => {
  const table = seriesTable([series([1000, 1], [3000, null]), series([2000, 5], [3000, 6])]);
  assert.deepEqual(table.times, [1, 2, 3]);
  assert.deepEqual(table.columns, [
    [1, undefined, null],
    [undefined, 5, 6],
  ]);
});

test("stacking adds what lies below and leaves gaps", () => {
  assert.deepEqual(
    stackedColumns([
      [1, 2, null],
      [10, null, 30],
    ]),
    [
      [1, 2, null],
      [11, null, 30],
    ],
  );
});

test("the last value and the extremes leave out gaps", () => {
  assert.equal(
    lastValue([
      [1, 5],
      [2, null],
    ]),
    5,
  );
  assert.equal(lastValue([[1, null]]), null);
  assert.deepEqual(
    extremes([
      [1, 5],
      [2, null],
      [3, 1],
    ]),
    { min: 1, max: 5, mean: 3 },
  );
  assert.equal(extremes([]), null);
});
