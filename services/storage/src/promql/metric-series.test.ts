import assert from "node:assert/strict";
import { test } from "node:test";
import { contextOf } from "../testing/database.ts";
import { createMetricSeries } from "./metric-series.ts";
import type { SeriesCatalog } from "./series-catalog.ts";

const range = { startMs: 0, endMs: 1000 };
const context = contextOf("default");

const plain = {
  type: "gauge",
  isDelta: false,
  attributes: new Map<string, string>(),
  serviceNamespace: "",
  serviceName: "",
  serviceInstance: "",
};

/** A catalog in which each metric has three series, and what it was asked. */
function createWorld({ maxKnownSeries = 100 } = {}) {
  const asked: string[] = [];
  let nowMs = 1000;
  const find: SeriesCatalog["find"] = async ({ params }) => {
    const metrics = Array.isArray(params["metrics"]) ? params["metrics"].map(String) : [];
    asked.push(metrics.join(" "));
    const series = metrics.flatMap((metric) => [1, 2, 3].map(() => ({ ...plain, metric })));
    return { fingerprints: BigUint64Array.from(series, (_, at) => BigInt(at)), series };
  };
  const series = createMetricSeries({ catalog: { find }, clock: () => nowMs, maxSeries: 100, maxKnownSeries });
  return {
    asked,
    find: (...metrics: string[]) => series.find(metrics, range, context),
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

test("which series a metric has is known for a second, and not longer when the clock is set back", async () => {
  const { asked, find, pass } = createWorld();
  assert.deepEqual((await find("a")).get("a")?.series.length, 3);
  await find("a", "b");
  pass(999);
  await find("a", "b");
  assert.deepEqual(asked, ["a", "b"]);
  pass(1);
  await find("a", "b");
  pass(-3_600_000);
  await find("a", "b");
  assert.deepEqual(asked, ["a", "b", "a b", "a b"]);
});

test("what is remembered is bounded by series, not by metrics", async () => {
  const { asked, find } = createWorld({ maxKnownSeries: 8 });
  await find("a");
  await find("b");
  await find("a", "b");
  assert.deepEqual(asked, ["a", "b"], "two metrics of three series have room");
  await find("c");
  await find("b", "c");
  assert.deepEqual(asked, ["a", "b", "c"]);
  await find("a");
  assert.deepEqual(asked, ["a", "b", "c", "a"], "the oldest had to go");
});
