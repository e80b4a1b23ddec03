import assert from "node:assert/strict";
import { test } from "node:test";
import { QueryResult } from "@sightline/proto/prometheus/prompb/remote";
import { createHistogram } from "@sightline/query/promql/histogram/histogram";
import { labelsOf } from "@sightline/query/promql/labels";
import { type SampledSeries, writeStale } from "@sightline/query/promql/samples";
import { encodeSeries } from "./encode-series.ts";

function seriesOf(given: Partial<SampledSeries>): SampledSeries {
  return {
    labels: labelsOf([
      ["__name__", "up"],
      ["job", "ä"],
    ]),
    times: new Float64Array(0),
    values: new Float64Array(0),
    histograms: null,
    startTimes: null,
    weights: null,
    isDelta: false,
    ...given,
  };
}

test("series are encoded as Prometheus decodes them, bit by bit", () => {
  const times = Float64Array.of(-1, 0, 127, 128, 1_700_000_000_123, 8.64e15);
  const values = Float64Array.of(-0, 1.5, Number.POSITIVE_INFINITY, 1e-300, 0, 7);
  writeStale(values, 4);
  const bytes = Buffer.concat([encodeSeries(seriesOf({ times, values })), encodeSeries(seriesOf({ labels: [] }))]);
  const { timeseries } = QueryResult.decode(bytes);
  assert.deepEqual(timeseries[0]?.labels, [
    { name: "__name__", value: "up" },
    { name: "job", value: "ä" },
  ]);
  const samples = timeseries[0]?.samples ?? [];
  assert.deepEqual(
    samples.map(({ timestamp }) => Number(timestamp)),
    [...times],
  );
  assert.deepEqual(new BigUint64Array(Float64Array.from(samples, ({ value }) => value).buffer), bits(values));
  assert.deepEqual(timeseries[1], { labels: [], samples: [], histograms: [] });
});

function bits({ buffer }: Float64Array): BigUint64Array {
  return new BigUint64Array(buffer);
}

test("histograms go with runs of their buckets, beside floats", () => {
  const histogram = createHistogram({
    schema: 2,
    count: 10,
    sum: -3,
    zeroCount: 1,
    zeroThreshold: 0.01,
    positive: { indexes: [-2, -1, 3], counts: [1, 2, 3] },
    negative: { indexes: [0], counts: [3] },
    hint: "gauge",
  });
  const times = Float64Array.of(1000, 2000);
  const given = { times, values: Float64Array.of(0, 5), histograms: [histogram, null] };
  const [series] = QueryResult.decode(encodeSeries(seriesOf(given))).timeseries;
  assert.deepEqual(series?.samples, [{ value: 5, timestamp: 2000n }]);
  assert.deepEqual(series?.histograms, [
    {
      count: { $case: "countFloat", value: 10 },
      sum: -3,
      schema: 2,
      zeroThreshold: 0.01,
      zeroCount: { $case: "zeroCountFloat", value: 1 },
      negativeSpans: [{ offset: 0, length: 1 }],
      negativeDeltas: [],
      negativeCounts: [3],
      positiveSpans: [
        { offset: -2, length: 2 },
        { offset: 3, length: 1 },
      ],
      positiveDeltas: [],
      positiveCounts: [1, 2, 3],
      resetHint: 3,
      timestamp: 1000n,
      customValues: [],
    },
  ]);
});
