import assert from "node:assert/strict";
import { test } from "node:test";
import { differingLabels, seriesOf } from "./metric-series.ts";

const series = (labels: Record<string, string>) => ({ labels, points: [] });

test("series are called by what tells them apart", () => {
  const labels = (...all: Record<string, string>[]) => seriesOf(all.map(series), "cpu").map(({ label }) => label);
  assert.deepEqual(labels({ host: "a" }), ["cpu"]);
  assert.deepEqual(labels({ host: "a", env: "x" }, { host: "b", env: "x" }), ["a", "b"]);
  assert.deepEqual(labels({ host: "a", path: "/" }, { host: "a", path: "/var" }, { host: "b", path: "/" }), [
    "a · /",
    "a · /var",
    "b · /",
  ]);
  assert.deepEqual(labels({ host: "a" }, {}), ["a", "no host"]);
});

test("labels that are the same everywhere do not differ", () => {
  assert.deepEqual(
    differingLabels([
      { a: "1", b: "2" },
      { a: "1", b: "3" },
    ]),
    ["b"],
  );
});
