import assert from "node:assert/strict";
import { test } from "node:test";
import { ExportLogsServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/logs/v1/logs_service";
import { ExportMetricsServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/metrics/v1/metrics_service";
import { ExportTraceServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/trace/v1/trace_service";
import { requestFromJson } from "./json.ts";
import { createValidate } from "./validate.ts";

const bytes = (value: unknown) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value));

const traces = (span: object) =>
  ExportTraceServiceRequest.decode(
    requestFromJson("traces", bytes({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] })),
  ).resourceSpans[0]?.scopeSpans[0]?.spans[0];

test("ids are hex in any case, other bytes base64, 64-bit integers text or number", () => {
  const span = traces({
    traceId: "5B8EFFF798038103D269B633813FC60C",
    spanId: "eee19b7ec3c1b174",
    kind: 2,
    startTimeUnixNano: "1544712660300000001",
    endTimeUnixNano: 5,
    attributes: [
      { key: "b", value: { bytesValue: "AQI=" } },
      { key: "i", value: { intValue: "-3" } },
      { key: "d", value: { doubleValue: "NaN" } },
      { key: "n", value: { kvlistValue: { values: [{ key: "x", value: { boolValue: false } }] } } },
    ],
    status: { code: 2 },
  });
  assert.equal(span?.traceId.toString("hex"), "5b8efff798038103d269b633813fc60c");
  assert.equal(span?.startTimeUnixNano, 1544712660300000001n);
  assert.equal(span?.endTimeUnixNano, 5n);
  assert.deepEqual(
    span?.attributes.map(({ value }) => value?.value),
    [
      { $case: "bytesValue", value: Buffer.from([1, 2]) },
      { $case: "intValue", value: -3n },
      { $case: "doubleValue", value: Number.NaN },
      {
        $case: "kvlistValue",
        value: { values: [{ key: "x", value: { value: { $case: "boolValue", value: false } }, keyStrindex: 0 }] },
      },
    ],
  );
  assert.equal(span?.status?.code, 2);
});

test("an integer beyond a double's precision, written as a number, keeps every digit", () => {
  const request = `{"resourceSpans":[{"scopeSpans":[{"spans":[{"startTimeUnixNano":1544712660300000001}]}]}]}`;
  const { resourceSpans } = ExportTraceServiceRequest.decode(requestFromJson("traces", bytes(request)));
  assert.equal(resourceSpans[0]?.scopeSpans[0]?.spans[0]?.startTimeUnixNano, 1544712660300000001n);
});

test("unknown fields, snake_case names and nulls are passed over", () => {
  const span = traces({ name: "a", trace_id: "00", color: "red", links: null, toString: 1 });
  assert.deepEqual([span?.name, span?.traceId.length, span?.links], ["a", 0, []]);
});

test("metrics of all kinds and logs are read", () => {
  const request = {
    resourceMetrics: [
      {
        scopeMetrics: [
          {
            metrics: [
              { name: "g", gauge: { dataPoints: [{ asDouble: 1.5 }] } },
              { name: "s", sum: { isMonotonic: true, aggregationTemporality: 2, dataPoints: [{ asInt: "7" }] } },
              { name: "h", histogram: { dataPoints: [{ count: "3", bucketCounts: ["1", 2], explicitBounds: [0.5] }] } },
              {
                name: "e",
                exponentialHistogram: { dataPoints: [{ scale: -2, positive: { offset: -1, bucketCounts: [4] } }] },
              },
              { name: "q", summary: { dataPoints: [{ quantileValues: [{ quantile: 0.5, value: 2 }] }] } },
            ],
          },
        ],
      },
    ],
  };
  const metrics = ExportMetricsServiceRequest.decode(requestFromJson("metrics", bytes(request))).resourceMetrics[0]
    ?.scopeMetrics[0]?.metrics;
  assert.deepEqual(
    metrics?.map(({ data }) => data?.$case),
    ["gauge", "sum", "histogram", "exponentialHistogram", "summary"],
  );
  const histogram = metrics?.[2]?.data;
  assert.ok(histogram?.$case === "histogram");
  assert.deepEqual(histogram.value.dataPoints[0]?.bucketCounts, [1n, 2n]);
  const exponential = metrics?.[3]?.data;
  assert.ok(exponential?.$case === "exponentialHistogram");
  assert.deepEqual(
    [exponential.value.dataPoints[0]?.scale, exponential.value.dataPoints[0]?.positive?.offset],
    [-2, -1],
  );

  const logs = {
    resourceLogs: [{ scopeLogs: [{ logRecords: [{ severityNumber: 9, body: { stringValue: "hi" } }] }] }],
  };
  const [record] =
    ExportLogsServiceRequest.decode(requestFromJson("logs", bytes(logs))).resourceLogs[0]?.scopeLogs[0]?.logRecords ??
    [];
  assert.deepEqual([record?.severityNumber, record?.body?.value], [9, { $case: "stringValue", value: "hi" }]);
});

const inSpan = (span: unknown) => ({ resourceSpans: [{ scopeSpans: [{ spans: [{}, span] }] }] });
const wrong: [body: unknown, message: RegExp][] = [
  ["{", /cannot read the JSON request: /],
  ["[]", /cannot read the request: got an array, want an object/],
  [{ resourceSpans: {} }, /cannot read resourceSpans: got an object, want an array/],
  [
    inSpan({ traceId: "xyz" }),
    /cannot read resourceSpans\[0\]\.scopeSpans\[0\]\.spans\[1\]\.traceId: got "xyz", want hex digits/,
  ],
  [inSpan({ kind: "SPAN_KIND_SERVER" }), /spans\[1\]\.kind: got "SPAN_KIND_SERVER", want the number of an enum/],
  [inSpan({ startTimeUnixNano: -1 }), /startTimeUnixNano: got -1, want an integer from 0 to 18446744073709551615/],
  [inSpan({ startTimeUnixNano: "18446744073709551616" }), /want an integer from 0 to/],
  [inSpan({ name: 7 }), /name: got 7, want a string/],
  [inSpan(3), /spans\[1\]: got 3, want an object/],
  [inSpan({ attributes: [{ key: "k", value: { bytesValue: "%" } }] }), /bytesValue: got "%", want base64/],
];
for (const [body, message] of wrong) {
  test(`${JSON.stringify(body).slice(0, 70)} is refused with its path`, () => {
    assert.throws(() => requestFromJson("traces", bytes(body)), { code: "invalid_argument", message });
  });
}

/** Two records, and between them one with a value of so many levels. */
function logsAround(value: string): Uint8Array {
  const record = (body: string) => `{"timeUnixNano":1544712660300000001,"body":${body}}`;
  const records = [record('{"stringValue":"before"}'), record(value), record('{"stringValue":"behind"}')];
  return bytes(`{"resourceLogs":[{"scopeLogs":[{"logRecords":[${records.join(",")}]}]}]}`);
}

const levels: readonly [open: string, close: string][] = [
  ['{"arrayValue":{"values":[', "]}}"],
  ['{"kvlistValue":{"values":[{"key":"k","value":', "}]}}"],
];
for (const [open, close] of levels) {
  for (const depth of [33, 100, 1000, 200_000]) {
    test(`of records one of which has ${depth} times ${open} only that one is refused`, () => {
      const value = `${open.repeat(depth)}{"stringValue":"x"}${close.repeat(depth)}`;
      const { payload, records, refused } = createValidate("logs")(requestFromJson("logs", logsAround(value)));
      assert.deepEqual([records, refused.records, [...refused.reasons]], [2, 1, [["value_depth", 1]]]);
      const [first, second] = ExportLogsServiceRequest.decode(payload).resourceLogs[0]?.scopeLogs[0]?.logRecords ?? [];
      assert.deepEqual(first?.body?.value, { $case: "stringValue", value: "before" });
      assert.deepEqual(second?.body?.value, { $case: "stringValue", value: "behind" });
      assert.equal(second?.timeUnixNano, 1544712660300000001n);
    });
  }
}

test("what is nested without end where no value is, is refused in words", () => {
  const deep = `{"resourceLogs":[${"[".repeat(1_000_000)}${"]".repeat(1_000_000)}]}`;
  for (const request of [deep, deep.replace("[[", "[1234567890123456789,[")]) {
    assert.throws(() => requestFromJson("logs", bytes(request)), { code: "invalid_argument" });
  }
});
