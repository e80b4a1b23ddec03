import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { createMetricTranscoder } from "@sightline/otlp/metrics";
import { ExportMetricsServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/metrics/v1/metrics_service";
import { createHistogram, type Histogram } from "@sightline/query/promql/histogram/histogram";
import type { WrittenSample } from "@sightline/rules/evaluate/written-samples";
import { createRecentSamples } from "./recent-samples.ts";
import { samplePayload } from "./sample-payload.ts";
import { createSampleSinks } from "./sample-sink.ts";

const atMs = 1_700_000_000_000;
const sample = (labels: Record<string, string>, value: WrittenSample["value"] = 1): WrittenSample => ({
  labels,
  atMs,
  value,
});

const exponential: Histogram = createHistogram({
  schema: 2,
  count: 7.5,
  sum: 1.25,
  zeroThreshold: 0.001,
  zeroCount: 0.5,
  positive: { indexes: [-1, 2], counts: [2, 3] },
  negative: { indexes: [4], counts: [2] },
  hint: "gauge",
});
const custom: Histogram = createHistogram({
  schema: -53,
  count: 4,
  sum: 9,
  bounds: [0.1, 0.5, 1],
  positive: { indexes: [1, 3], counts: [1, 3] },
});

function metricsOf(samples: readonly WrittenSample[]) {
  const { resourceMetrics } = ExportMetricsServiceRequest.decode(samplePayload(samples));
  return resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics));
}

test("numbers are gauges with their labels as attributes, an end is a point without a value", () => {
  const [metric, ...others] = metricsOf([
    sample({ __name__: "job:up", job: "api", zone: "größer" }, 0.5),
    sample({ __name__: "job:up", job: "db" }, "stale"),
  ]);
  assert.deepEqual(others, []);
  assert.equal(metric?.name, "job:up");
  assert.ok(metric.data?.$case === "gauge");
  const points = metric.data.value.dataPoints.map(({ attributes, timeUnixNano, value, flags }) => [
    Object.fromEntries(attributes.map((one) => [one.key, one.value?.value?.value])),
    timeUnixNano,
    value?.value,
    flags,
  ]);
  assert.deepEqual(points, [
    [{ job: "api", zone: "größer" }, BigInt(atMs) * 1_000_000n, 0.5, 0],
    [{ job: "db" }, BigInt(atMs) * 1_000_000n, undefined, 1],
  ]);
});

test("what rules record storage can store, each kind in its table", () => {
  const samples = [
    sample({ __name__: "a" }),
    sample({ __name__: "b", x: "1" }, "stale"),
    sample({ __name__: "b", x: "2" }, Number.NaN),
    sample({ __name__: "latency", x: "1" }, exponential),
    sample({ __name__: "latency", x: "2" }, custom),
    sample({ __name__: "latency", x: "3" }, createHistogram()),
  ];
  const transcoder = createMetricTranscoder();
  const appended = transcoder.append(samplePayload(samples), { tenant: "default", receivedUnixNano: 1n });
  assert.deepEqual(appended, { ok: true, records: samples.length });
  const rows = transcoder.blocks().map(({ table, rows: count }) => [table, count]);
  assert.deepEqual(Object.fromEntries(rows.filter(([table]) => table !== "metrics_series")), {
    metrics_samples: 3,
    metrics_exponential_histograms: 2,
    metrics_histograms: 1,
  });
});

test("buckets lie where OTLP has them", () => {
  const [first, second] = metricsOf([sample({ __name__: "h" }, exponential), sample({ __name__: "h" }, custom)]);
  assert.ok(first?.data?.$case === "exponentialHistogram");
  const [point] = first.data.value.dataPoints;
  assert.equal(point?.scale, 2);
  assert.equal(point.positive?.offset, -2);
  assert.equal(point.positive.bucketCounts.length, 4);
  assert.equal(point.negative?.offset, 3);
  assert.ok(second?.data?.$case === "histogram");
  assert.deepEqual(second.data.value.dataPoints[0]?.explicitBounds, [0.1, 0.5, 1]);
  assert.equal(second.data.value.dataPoints[0].bucketCounts.length, 4);
});

interface Published {
  readonly tenant: string;
  readonly msgId: string;
  readonly records: number;
}

function createSink(lost?: AppError) {
  const published: Published[] = [];
  const put = ({ tenant, msgId, records }: Published) => void published.push({ tenant, msgId, records });
  const clock = () => atMs;
  const recent = createRecentSamples({ clock });
  return { published, recent, sinks: createSampleSinks({ outbox: { put, lostOf: () => lost }, recent, clock }) };
}

test("the same series and time are the same message, whatever their values and order", async () => {
  const { published, sinks } = createSink();
  const [a, b] = [
    { __name__: "m", x: "1" },
    { __name__: "m", x: "2" },
  ];
  await sinks("default").append([sample(a, 1), sample(b, 2)]);
  await sinks("default").append([sample(b, 3), sample(a, 4)]);
  await sinks("other").append([sample(a), sample(b)]);
  await sinks("default").append([sample(a)]);
  await sinks("default").append([sample(a, "stale")]);
  await sinks("default").append([{ ...sample(a), atMs: atMs + 1 }]);
  const ids = published.map(({ msgId }) => msgId);
  assert.equal(ids[0], ids[1]);
  assert.equal(new Set(ids).size, 5);
  assert.deepEqual(
    published.map(({ tenant, records }) => [tenant, records]),
    [
      ["default", 2],
      ["default", 2],
      ["other", 2],
      ["default", 1],
      ["default", 1],
      ["default", 1],
    ],
  );
});

test("what cannot be recorded does not lose the samples beside it", async () => {
  const { published, sinks } = createSink();
  const wide = createHistogram({ positive: { indexes: [0, 20_000], counts: [1, 1] } });
  await assert.rejects(
    sinks("default").append([sample({ x: "1" }), sample({ __name__: "m" }), sample({ __name__: "h" }, wide)]),
    (thrown) => {
      const { code, message } = AppError.from(thrown);
      return code === "invalid_argument" && message.startsWith("cannot record 2 samples");
    },
  );
  assert.deepEqual(
    published.map(({ records }) => records),
    [1],
  );
});

test("what was recorded is known until storage has it", async () => {
  const { recent, sinks } = createSink();
  await sinks("default").append([sample({ __name__: "m", x: "1" })]);
  assert.equal(recent.usedBy("default", "sum(m)").length, 1);
});

test("what is long is spread over several messages", async () => {
  const { published, sinks } = createSink();
  await sinks("default").append(Array.from({ length: 2500 }, (_, x) => sample({ __name__: "m", x: String(x) })));
  assert.deepEqual(
    published.map(({ records }) => records),
    [1000, 1000, 500],
  );
  assert.equal(new Set(published.map(({ msgId }) => msgId)).size, 3);
});

test("what was given up before is told by who records next, whose samples are taken", async () => {
  const { published, sinks } = createSink(
    new AppError("unavailable", "cannot record: 3 samples of before were given up"),
  );
  await assert.rejects(sinks("default").append([sample({ __name__: "m" })]), /3 samples of before/);
  assert.equal(published.length, 1);
});
