import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ExportMetricsServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/metrics/v1/metrics_service";
import { encodeMetrics, type Point } from "./metrics-request.ts";

const point = (more: Partial<Point>): Point => ({
  name: "a",
  unit: "s",
  help: "An a",
  kind: "gauge",
  labels: [],
  value: 1,
  timeUnixNano: 5n,
  ...more,
});

function roundTrip(points: Point[]) {
  const request = ExportMetricsServiceRequest.decode(encodeMetrics({ resource: { "service.name": "x" }, points }));
  return {
    resource: request.resourceMetrics[0]?.resource,
    metrics: request.resourceMetrics[0]?.scopeMetrics[0]?.metrics,
  };
}

describe("an OTLP request", () => {
  it("has one metric for each name, with its points", () => {
    const { resource, metrics } = roundTrip([
      point({}),
      point({ name: "b" }),
      point({ labels: [["k", "v"]], value: 2 }),
    ]);
    assert.equal(resource?.attributes[0]?.key, "service.name");
    assert.deepEqual(
      metrics?.map(({ name, unit, description }) => [name, unit, description]),
      [
        ["a", "s", "An a"],
        ["b", "s", "An a"],
      ],
    );
    const data = metrics?.[0]?.data;
    assert.ok(data?.$case === "gauge");
    assert.deepEqual(
      data.value.dataPoints.map(({ value, timeUnixNano }) => [value?.value, timeUnixNano]),
      [
        [1, 5n],
        [2, 5n],
      ],
    );
    assert.deepEqual(data.value.dataPoints[1]?.attributes[0]?.value?.value, { $case: "stringValue", value: "v" });
  });

  it("makes a counter a monotonic cumulative sum from its start on", () => {
    const data = roundTrip([point({ kind: "counter", startUnixNano: 3n })]).metrics?.[0]?.data;
    assert.ok(data?.$case === "sum");
    assert.deepEqual([data.value.isMonotonic, data.value.aggregationTemporality], [true, 2]);
    assert.equal(data.value.dataPoints[0]?.startTimeUnixNano, 3n);
  });

  it("names an exemplar's trace by its ids, and leaves other labels as they are", () => {
    const trace_id = "0102030405060708090a0b0c0d0e0f10";
    const labels = [
      ["trace_id", trace_id],
      ["span_id", "short"],
      ["k", "v"],
    ] as const;
    const data = roundTrip([point({ exemplar: { labels, value: 2, timeUnixNano: 4n } })]).metrics?.[0]?.data;
    assert.ok(data?.$case === "gauge");
    const exemplar = data.value.dataPoints[0]?.exemplars[0];
    assert.equal(exemplar?.traceId.toString("hex"), trace_id);
    assert.equal(exemplar?.spanId.length, 0);
    assert.deepEqual(
      exemplar?.filteredAttributes.map(({ key }) => key),
      ["span_id", "k"],
    );
  });

  it("is merged with another by putting their bytes together", () => {
    const bytes = [point({ name: "a" }), point({ name: "b" })].map((each) =>
      encodeMetrics({ resource: {}, points: [each] }),
    );
    const merged = ExportMetricsServiceRequest.decode(Buffer.concat(bytes));
    assert.deepEqual(
      merged.resourceMetrics.map(({ scopeMetrics }) => scopeMetrics[0]?.metrics[0]?.name),
      ["a", "b"],
    );
  });
});
