import assert from "node:assert/strict";
import { test } from "node:test";
import { ExportMetricsServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/metrics/v1/metrics_service";
import { createFingerprintIndex } from "./fingerprint-index.ts";
import { createMetricTranscoder } from "./metrics.ts";
import { limitSeries } from "./series-limit.ts";
import { type SeriesGate, walkSeries } from "./series-walk.ts";
import { generateMetrics } from "./testing/generate.ts";
import { createValidate } from "./validate.ts";

type Attributes = Readonly<Record<string, string>>;

interface Point {
  readonly metric?: string;
  readonly attributes?: Attributes;
  readonly resource?: Attributes;
  readonly scope?: string;
}

const listOf = (attributes: Attributes) =>
  Object.entries(attributes).map(([key, value]) => ({
    key,
    value: { value: { $case: "stringValue", value } } as const,
  }));

function requestOf(...points: Point[]): Uint8Array {
  const request = ExportMetricsServiceRequest.fromPartial({
    resourceMetrics: points.map(({ metric = "m", attributes = {}, resource = {}, scope = "s" }) => ({
      resource: { attributes: listOf(resource) },
      scopeMetrics: [
        {
          scope: { name: scope },
          metrics: [
            {
              name: metric,
              data: { $case: "gauge" as const, value: { dataPoints: [{ attributes: listOf(attributes) }] } },
            },
          ],
        },
      ],
    })),
  });
  return ExportMetricsServiceRequest.encode(request).finish();
}

/** Lets that many series pass. */
function gateOf(max: number): SeriesGate & { size(): number } {
  const known = createFingerprintIndex(64);
  return {
    admit: (low, high) => {
      if (known.has(low, high)) return true;
      if (known.size() >= max) return false;
      known.findOrAdd(low, high);
      return true;
    },
    size: known.size,
  };
}

test("what tells series from others is what people would say", () => {
  const long = "x".repeat(300);
  const seriesIn = (...points: Point[]): number => {
    const gate = gateOf(1000);
    walkSeries(requestOf(...points), gate);
    return gate.size();
  };
  const cases: [name: string, points: Point[], want: number][] = [
    ["the same point twice", [{ attributes: { a: "1" } }, { attributes: { a: "1" } }], 1],
    ["attributes in another order", [{ attributes: { a: "1", b: "2" } }, { attributes: { b: "2", a: "1" } }], 1],
    ["resources in another order", [{ resource: { a: "1", b: "2" } }, { resource: { b: "2", a: "1" } }], 1],
    ["other metrics", [{ metric: "m" }, { metric: "n" }], 2],
    ["other values", [{ attributes: { a: "1" } }, { attributes: { a: "2" } }], 2],
    ["values changed between keys", [{ attributes: { a: "1", b: "2" } }, { attributes: { a: "2", b: "1" } }], 2],
    ["other resources", [{ resource: { a: "1" } }, { resource: { a: "2" } }], 2],
    ["other scopes", [{ scope: "s" }, { scope: "t" }], 2],
    ["long values", [{ attributes: { a: `${long}1` } }, { attributes: { a: `${long}2` } }], 2],
    ["empty ones", [{}, {}], 1],
  ];
  for (const [name, points, want] of cases) assert.equal(seriesIn(...points), want, name);
});

test("it finds as many series as storage does, of every kind of metric", () => {
  const gate = gateOf(1_000_000);
  const transcoder = createMetricTranscoder();
  for (const request of generateMetrics({ seed: 3, requests: 50, records: 200, nowUnixNano: 10n ** 18n })) {
    walkSeries(request, gate);
    assert.ok(transcoder.append(request, { tenant: "acme", receivedUnixNano: 1n }).ok);
  }
  const series = transcoder.blocks().find(({ table }) => table === "metrics_series");
  assert.ok(gate.size() > 1000);
  assert.equal(gate.size(), series?.rows);
});

test("points of series that may not pass are cut out; known ones beside them stay", () => {
  const gate = gateOf(2);
  const validate = createValidate("metrics");
  const values = (payload: Uint8Array) =>
    ExportMetricsServiceRequest.decode(payload).resourceMetrics.flatMap(({ scopeMetrics }) =>
      scopeMetrics.flatMap(({ metrics }) =>
        metrics.flatMap(({ data }) =>
          data?.$case === "gauge" ? data.value.dataPoints.map(({ attributes }) => attributes[0]?.value?.value) : [],
        ),
      ),
    );
  const of = (...numbers: number[]) => requestOf(...numbers.map((at) => ({ attributes: { a: `${at}` } })));
  const describe = (metric: string) => `no more series, the first is of ${metric}`;
  const first = of(1, 2);
  assert.equal(limitSeries(validate(first), gate, describe).payload, first, "the same bytes, not a copy");
  const { payload, records, refused } = limitSeries(validate(of(1, 3, 2, 4)), gate, describe);
  assert.deepEqual(
    values(payload),
    ["1", "2"].map((value) => ({ $case: "stringValue", value })),
  );
  assert.deepEqual([records, refused.records, refused.reasons], [2, 2, new Map([["series", 2]])]);
  assert.equal(refused.message, "2 data points are of new series: no more series, the first is of m");
  assert.equal(validate(payload).refused.records, 0, "what is left is in order");
});
