import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeRawV2, encodeV1, type TestLabels } from "./testing/encode.ts";
import {
  maxBytes,
  metricsOf,
  NANOS,
  numbersOf,
  samplesOf,
  T,
  textsOf,
  translate,
  translateAll,
} from "./testing/translated.ts";
import { translateWrite } from "./translate.ts";

const up: TestLabels = { __name__: "up", instance: "a:9090", job: "shop" };

test("v1: metadata come alone, as metrics without points", () => {
  const metadata = [
    { type: 1, metricFamilyName: "http_requests", help: "Requests.", unit: "requests" },
    { type: 6, metricFamilyName: "build_info" },
    { type: 2 },
  ];
  const translation = translateAll(encodeV1([], metadata), { version: "v1", maxBytes });
  const described = metricsOf(translation.metadata).map(({ metric }) => ({
    ...{ name: metric.name, description: metric.description, unit: metric.unit },
    ...{ metadata: textsOf(metric.metadata), points: numbersOf(metric).length },
  }));
  assert.deepEqual(described, [
    {
      ...{ name: "http_requests", description: "Requests.", unit: "requests", points: 0 },
      metadata: { "prometheus.type": "counter" },
    },
    { name: "build_info", description: "", unit: "", metadata: { "prometheus.type": "info" }, points: 0 },
  ]);
});

test("v2: metadata say what a series is", () => {
  const cases: { name: string; type: number; want: string; word: string }[] = [
    { name: "requests", type: 1, want: "sum", word: "counter" },
    { name: "requests_created", type: 1, want: "gauge", word: "counter" },
    { name: "sessions_total", type: 2, want: "gauge", word: "gauge" },
    { name: "latency_count", type: 3, want: "sum", word: "histogram" },
    { name: "latency", type: 5, want: "gauge", word: "summary" },
    { name: "latency_sum", type: 5, want: "sum", word: "summary" },
    { name: "build", type: 6, want: "gauge", word: "info" },
    { name: "state", type: 7, want: "gauge", word: "stateset" },
    { name: "x", type: 99, want: "gauge", word: "unknown" },
  ];
  for (const { name, type, want, word } of cases) {
    const metadata = { type, help: "Help.", unit: "seconds" };
    const samples = [{ value: 1, timestamp: T }];
    const { samples: otlp } = translate("v2", [{ labels: { __name__: name }, samples, metadata }]);
    const [{ metric } = assert.fail()] = metricsOf(otlp);
    assert.equal(metric.data?.$case, want, name);
    assert.deepEqual([metric.description, metric.unit], ["Help.", "seconds"]);
    assert.deepEqual(textsOf(metric.metadata), { "prometheus.type": word });
  }
  const alone = translate("v2", [{ labels: { __name__: "x" }, metadata: { type: 1, help: "H", unit: "" } }]);
  assert.deepEqual(
    metricsOf(alone.metadata).map(({ metric }) => [metric.name, metric.description]),
    [["x", "H"]],
  );
});

test("v2: since when a series counts is kept, by series or by sample", () => {
  const samples = [
    { value: 1, timestamp: T },
    { value: 2, timestamp: T, startTimestamp: T - 1000 },
  ];
  const { samples: otlp } = translate("v2", [{ labels: up, samples, createdTimestamp: T - 5000 }]);
  const starts = metricsOf(otlp).flatMap(({ metric }) => numbersOf(metric).map((point) => point.startTimeUnixNano));
  assert.deepEqual(starts, [NANOS - 5_000_000_000n, NANOS - 1_000_000_000n]);
});

test("v2: references that lead nowhere are refused where they stand", () => {
  const samples = [{ value: 1, timestamp: T }];
  const good = { labelsRefs: [1, 2], samples };
  const cases: { bad: object; says: RegExp }[] = [
    { bad: { labelsRefs: [1, 9], samples }, says: /reference to symbol 9 of 3/ },
    { bad: { labelsRefs: [1, 2, 1], samples }, says: /odd number of label references/ },
    { bad: { labelsRefs: [1, 2, 1, 2], samples }, says: /the label __name__ twice/ },
    { bad: { labelsRefs: [1, 2], samples, metadata: { type: 1, helpRef: 7 } }, says: /metadata with a reference/ },
    { bad: { labelsRefs: [1, 2], samples, histograms: [{ timestamp: T }] }, says: /samples and histograms in one/ },
  ];
  for (const { bad, says } of cases) {
    const request = encodeRawV2({ symbols: ["", "__name__", "x"], timeseries: [good, bad, good] });
    const translation = translateAll(request, { version: "v2", maxBytes });
    assert.match(translation.firstRefusal, says);
    assert.equal(translation.taken.samples, 2);
  }
  assert.throws(
    () => translateAll(encodeRawV2({ symbols: ["x"] }), { version: "v2", maxBytes }),
    /got a text as its first symbol, want none/,
  );
});

test("v2: a short request that says very much is refused rather than written out", () => {
  const labelsRefs = [1, 2, 3, 4];
  const timeseries = Array.from({ length: 1000 }, () => ({ labelsRefs, samples: [{ value: 1, timestamp: T }] }));
  const request = encodeRawV2({ symbols: ["", "__name__", "x", "y", "y".repeat(10_000)], timeseries });
  assert.throws(() => translateAll(request, { version: "v2", maxBytes: 1_000_000 }), { code: "too_large" });
});

test("a long request is translated step by step, with nothing lost between two", () => {
  const series = Array.from({ length: 5000 }, (_, i) => ({
    labels: { __name__: "x", i: String(i) },
    samples: [{ value: i, timestamp: T }],
  }));
  const steps = translateWrite(encodeV1(series), { version: "v1", maxBytes });
  assert.deepEqual([steps.next().done, steps.next().done], [false, false]);
  const last = steps.next();
  assert.ok(last.done === true && samplesOf(last.value).every(({ value }, i) => value === i));
  assert.equal(last.value.taken.samples, 5000);
});
