import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom, type Random } from "@sightline/testkit/random";
import { createEngine, readQuery } from "./engine.ts";
import { labelsOf } from "./labels.ts";
import type { SampledSeries } from "./samples.ts";

const engine = createEngine();
const { signal } = new AbortController();

/** A series with gaps, values that are no numbers, and a counter that now and then begins anew or goes down a little. */
function randomSeries(random: Random): SampledSeries {
  const times: number[] = [];
  const values: number[] = [];
  let value = random.below(100);
  for (let ms = random.below(60_000); times.length < 300; ms += 1 + random.below(20_000)) {
    if (random.oneIn(40)) ms += 600_000;
    value = random.oneIn(30) ? random.below(Math.max(1, value)) : value + random.below(50);
    times.push(ms);
    values.push(random.oneIn(50) ? Number.NaN : value);
  }
  return {
    labels: labelsOf([["__name__", "x_total"]]),
    times: Float64Array.from(times),
    values: Float64Array.from(values),
    histograms: null,
    startTimes: null,
    weights: null,
    isDelta: false,
  };
}

test("a series grows by the same in all windows at once as in each for itself", async () => {
  const random = createRandom(1);
  for (let round = 0; round < 40; round++) {
    const series = randomSeries(random);
    // Samples that stand for one each are looked at window by window.
    const weighted = { ...series, weights: new Float64Array(series.times.length).fill(1) };
    const times = { startMs: random.below(100_000), endMs: 3_000_000, stepMs: 1 + random.below(90_000) };
    for (const name of ["rate", "increase", "delta"]) {
      const query = readQuery(`${name}(x_total[${1 + random.below(600)}s] offset ${random.below(100)}s)`);
      const ask = (one: SampledSeries) => engine.range(query, times, { source: { select: async () => [one] }, signal });
      assert.deepEqual((await ask(series)).value, (await ask(weighted)).value, `${query.source} in round ${round}`);
    }
  }
});

test("series that were sampled together grow as each for itself", async () => {
  const random = createRandom(2);
  const together = randomSeries(random);
  const all = [
    ...["1", "2", "3"].map((instance) => ({
      ...together,
      labels: labelsOf([
        ["__name__", "x_total"],
        ["instance", instance],
      ]),
      values: together.values.map((value) => value * Number(instance)),
    })),
    { ...randomSeries(random), labels: labelsOf([["__name__", "y_total"]]) },
  ];
  const apart = all.map((one) => ({ ...one, times: one.times.slice() }));
  const times = { startMs: 50_000, endMs: 3_000_000, stepMs: 30_000 };
  const query = readQuery('sum by (instance) (rate({__name__=~".+"}[2m]))');
  const ask = (series: SampledSeries[]) =>
    engine.range(query, times, { source: { select: async () => series }, signal });
  assert.deepEqual((await ask(all)).value, (await ask(apart)).value);
});
