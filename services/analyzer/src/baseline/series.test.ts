import assert from "node:assert/strict";
import { test } from "node:test";
import { createSeries } from "./series.ts";

const options = {
  minSamples: 20,
  windowSize: 60,
  sampleIntervalMs: 1000,
  maxDeviations: 6,
  minSpread: 0.05,
  consecutive: 3,
  relearnAfter: 10,
};

/** A series that has seen 40 values around 100; returns how to give it one more. */
function experienced() {
  const series = createSeries(options);
  let timeMs = 0;
  const take = (value: number) => {
    timeMs += 1000;
    return series.take(timeMs, value, false);
  };
  for (let index = 0; index < 40; index++) take(100 + (index % 5));
  return take;
}

test("a fault is told once, at its third outlier, and its end is noticed", () => {
  const take = experienced();
  assert.deepEqual(
    [500, 510, 505, 520, 500, 102].map((value) => take(value).kind),
    ["suspect", "suspect", "anomaly", "ongoing", "ongoing", "ended"],
  );
});

test("a single outlier is noise", () => {
  const take = experienced();
  assert.deepEqual(
    [500, 101, 500, 101].map((value) => take(value).kind),
    ["suspect", "learned", "suspect", "learned"],
  );
});

test("an anomaly says what was expected and how sure it is", () => {
  const take = experienced();
  take(500);
  take(500);
  const step = take(500);
  assert.ok(step.kind === "anomaly");
  assert.ok(step.outlier.low < 100 && step.outlier.high > 104 && step.outlier.high < 500);
  assert.ok(step.outlier.confidence > 0.9 && step.outlier.confidence < 1);
  assert.equal(step.samples, 40);
});

test("a level that stays becomes the new normal", () => {
  const take = experienced();
  const kinds = Array.from({ length: 10 }, (_, index) => take(500 + (index % 5)).kind);
  assert.equal(kinds.at(-1), "relearned");
  assert.equal(kinds.filter((kind) => kind === "anomaly").length, 1);
});

test("ordinary variation, a slow drift and a state of two values raise nothing", () => {
  const quiet = (values: number[]) => {
    const series = createSeries(options);
    return values.every((value, index) =>
      ["learned", "suspect"].includes(series.take(index * 1000, value, false).kind),
    );
  };
  const times = Array.from({ length: 400 }, (_, index) => index);
  assert.ok(quiet(times.map((index) => 50 + 10 * Math.sin(index / 7))), "a wave");
  assert.ok(quiet(times.map((index) => 1000 + index)), "a drift");
  assert.ok(quiet(times.map((index) => (index === 399 ? 0 : 1))), "up, then down");
});

test("of a running total the rate counts, and a new beginning is no drop", () => {
  const series = createSeries(options);
  let total = 1e6;
  const kinds: string[] = [];
  for (let index = 0; index < 60; index++) {
    total = index === 30 ? 0 : total + 10 + (index % 3);
    kinds.push(series.take(index * 1000, total, true).kind);
  }
  assert.deepEqual([kinds[0], kinds[30]], ["skipped", "skipped"]);
  assert.ok(kinds.every((kind) => kind === "skipped" || kind === "learned"));
  const burst = [1, 2, 3].map((step) => series.take((60 + step) * 1000, total + step * 5000, true).kind);
  assert.equal(burst[2], "anomaly");
});

test("values that come too fast, and NaN, are passed over", () => {
  const series = createSeries(options);
  assert.equal(series.take(1000, 1, false).kind, "learned");
  assert.equal(series.take(1500, 1, false).kind, "skipped");
  assert.equal(series.take(3000, Number.NaN, false).kind, "skipped");
});
