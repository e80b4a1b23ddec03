import assert from "node:assert/strict";
import { test } from "node:test";
import { createHistogram, customSchema } from "./histogram/histogram.ts";
import { labelsOf } from "./labels.ts";
import type { ResultValue } from "./result.ts";
import { resultJson } from "./result-json.ts";

const labels = labelsOf([
  ["__name__", "x"],
  ["path", 'a"b\\\n'],
]);
const metric = '{"__name__":"x","path":"a\\"b\\\\\\n"}';
const histogram = createHistogram({
  schema: customSchema,
  count: 3,
  sum: 4.5,
  bounds: [1, 2],
  positive: { indexes: [0, 1, 2], counts: [1, 0, 2] },
});
const histogramText = '{"count":"3","sum":"4.5","buckets":[[3,"-Inf","1","1"],[0,"2","+Inf","2"]]}';

function written(value: ResultValue, limit = 0): string {
  return [...resultJson(value, limit)].join("");
}

test("results are written as Prometheus' API does", () => {
  const matrix = {
    labels,
    floats: { times: Float64Array.of(1500, 2000), values: Float64Array.of(-0, Number.NaN) },
    histograms: [{ ms: 3000, value: histogram }],
  };
  const vector = [
    { labels, ms: 1_435_781_451_781, value: Number.NEGATIVE_INFINITY },
    { labels: [], ms: 2000, value: histogram },
  ];
  const cases: [ResultValue, string][] = [
    [
      { kind: "matrix", series: [matrix] },
      `{"resultType":"matrix","result":[{"metric":${metric},"values":[[1.5,"-0"],[2,"NaN"]],"histograms":[[3,${histogramText}]]}]}`,
    ],
    [
      { kind: "vector", samples: vector },
      `{"resultType":"vector","result":[{"metric":${metric},"value":[1435781451.781,"-Inf"]},{"metric":{},"histogram":[2,${histogramText}]}]}`,
    ],
    [{ kind: "vector", samples: [] }, '{"resultType":"vector","result":[]}'],
    [{ kind: "scalar", ms: 1000, value: 1e21 }, '{"resultType":"scalar","result":[1,"1e+21"]}'],
    [{ kind: "scalar", ms: 1000, value: -1.5e-7 }, '{"resultType":"scalar","result":[1,"-1.5e-07"]}'],
    [{ kind: "scalar", ms: 1000, value: 1e-6 }, '{"resultType":"scalar","result":[1,"0.000001"]}'],
    [{ kind: "scalar", ms: 1000, value: 1e20 }, '{"resultType":"scalar","result":[1,"100000000000000000000"]}'],
    [{ kind: "string", ms: 1000, text: '"' }, '{"resultType":"string","result":[1,"\\""]}'],
  ];
  for (const [value, want] of cases) {
    assert.equal(written(value), want);
    JSON.parse(want);
  }
});

test("a series of many points is written in pieces", () => {
  const times = Float64Array.from({ length: 10_000 }, (_, at) => 1_700_000_000_000 + at);
  const series = [{ labels, floats: { times, values: times }, histograms: [] }];
  const pieces = [...resultJson({ kind: "matrix", series }, 0)];
  assert.ok(pieces.length > 4 && pieces.every((piece) => piece.length < 70_000));
  const points = Array.from(times, (ms) => [ms / 1000, String(ms)]);
  assert.deepEqual(JSON.parse(pieces.join("")).result[0].values, points);
});

test("no more series are written than wanted", () => {
  const samples = ["a", "b", "c"].map((name) => ({ labels: labelsOf([["name", name]]), ms: 0, value: 1 }));
  const first = samples.slice(0, 2);
  assert.equal(written({ kind: "vector", samples }, 2), written({ kind: "vector", samples: first }));
  assert.equal(written({ kind: "vector", samples }, 3), written({ kind: "vector", samples }));
});
