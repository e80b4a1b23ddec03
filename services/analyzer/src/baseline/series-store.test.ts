import assert from "node:assert/strict";
import { test } from "node:test";
import { createSeriesStore } from "./series-store.ts";

function store(maxSeries: number, maxSeriesPerTenant: number) {
  let refused = 0;
  const created = createSeriesStore({
    minSamples: 1,
    windowSize: 4,
    sampleIntervalMs: 0,
    maxDeviations: 6,
    minSpread: 0,
    consecutive: 1,
    relearnAfter: 9,
    maxSeries,
    maxSeriesPerTenant,
    refused: () => {
      refused += 1;
    },
  });
  return { created, refused: () => refused };
}

const series = (name: string) => ({ metric: "m", labels: { name } });

test("the same labels in another order are the same series, of another tenant another", () => {
  const { created } = store(10, 10);
  const one = created.of("a", { metric: "m", labels: { x: "1", y: "2" } });
  assert.equal(created.of("a", { metric: "m", labels: { y: "2", x: "1" } })?.series, one?.series);
  assert.notEqual(created.of("b", { metric: "m", labels: { x: "1", y: "2" } })?.series, one?.series);
});

test("a tenant with too many series does not take the places of others", () => {
  const { created, refused } = store(10, 2);
  for (const name of ["1", "2", "3", "4"]) created.of("greedy", series(name));
  assert.equal(refused(), 2);
  assert.ok(created.of("modest", series("1")));
});

test("when all places are taken, the series unheard of for longest goes", () => {
  const { created } = store(2, 2);
  const first = created.of("a", series("1"))?.series;
  created.of("a", series("2"));
  assert.equal(created.of("a", series("1"))?.series, first);
  created.of("b", series("3"));
  assert.equal(created.size(), 2);
  assert.equal(created.of("a", series("1"))?.series, first, "heard of again, so kept");
});
