import assert from "node:assert/strict";
import { test } from "node:test";
import { ExportLogsServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/logs/v1/logs_service";
import { ExportMetricsServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/metrics/v1/metrics_service";
import { ExportTraceServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/trace/v1/trace_service";
import type { AnyValue, KeyValue } from "@sightline/proto/opentelemetry/proto/common/v1/common";
import type { Span } from "@sightline/proto/opentelemetry/proto/trace/v1/trace";
import { NOTHING_REFUSED } from "./refused.ts";
import { createValidate, DEFAULT_LIMITS } from "./validate.ts";

const text = (value: string): AnyValue => ({ value: { $case: "stringValue", value } });
const attribute = (key: string, value: AnyValue = text("v")): KeyValue => ({ key, value, keyStrindex: 0 });
const span = (name: string, fields: object = {}) => ({
  traceId: Buffer.alloc(16, 1),
  spanId: Buffer.alloc(8, 2),
  name,
  ...fields,
});

/** Two resources of two scopes each, with the given spans in the first scope and one more in every other. */
function traces(...spans: object[]): Uint8Array {
  const scope = (inScope: object[]) => ({ scope: { name: "s" }, spans: inScope });
  const others = [span("other")];
  return ExportTraceServiceRequest.encode(
    ExportTraceServiceRequest.fromPartial({
      resourceSpans: [
        { resource: { attributes: [attribute("service.name")] }, scopeSpans: [scope(spans), scope(others)] },
        { scopeSpans: [scope(others)] },
      ],
    }),
  ).finish();
}

function namesOf(payload: Uint8Array): string[] {
  const { resourceSpans } = ExportTraceServiceRequest.decode(payload);
  return resourceSpans.flatMap(({ scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) => spans.map(({ name }: Span) => name)),
  );
}

const validateTraces = createValidate("traces");

test("a request in order is passed on as it is, its records counted", () => {
  const request = traces(span("a"), span("b"));
  const { payload, records, refused } = validateTraces(request);
  assert.equal(payload, request, "the same bytes, not a copy");
  assert.deepEqual([records, refused], [4, NOTHING_REFUSED]);
  assert.deepEqual(validateTraces(new Uint8Array()).records, 0);
});

const deep = (levels: number): AnyValue =>
  levels === 0 ? text("end") : { value: { $case: "arrayValue", value: { values: [deep(levels - 1)] } } };

const bad: [name: string, fields: object, message: RegExp][] = [
  ["a short trace id", { traceId: Buffer.alloc(15) }, /trace_id has 15 bytes, want 16/],
  ["no span id", { spanId: Buffer.alloc(0) }, /no trace_id or span_id/],
  [
    "too many attributes",
    { attributes: Array.from({ length: 1025 }, (_, at) => attribute(`k${at}`)) },
    /1025 attributes/,
  ],
  ["a long key", { attributes: [attribute("k".repeat(1025))] }, /key has 1025 bytes, want at most 1024/],
  ["a long value", { attributes: [attribute("k", text("v".repeat(262_145)))] }, /value has 262145 bytes/],
  [
    "a long value in a list in an event",
    {
      events: [
        {
          attributes: [
            attribute("k", { value: { $case: "arrayValue", value: { values: [text("v".repeat(262_145))] } } }),
          ],
        },
      ],
    },
    /262145/,
  ],
  ["a deep value", { attributes: [attribute("k", deep(40))] }, /nested deeper than 32/],
  ["a long name", { name: "n".repeat(5000) }, /name has 5000 bytes, want at most 4096/],
  [
    "too many bytes",
    { attributes: Array.from({ length: 3 }, (_, at) => attribute(`k${at}`, text("v".repeat(200_000)))) },
    /a span has \d+ bytes, want at most 524288/,
  ],
];
for (const [name, fields, message] of bad) {
  test(`${name} refuses that span and none beside it`, () => {
    const { payload, records, refused } = validateTraces(traces(span("a"), span("bad", fields), span("b")));
    assert.equal(records, 4);
    assert.equal(refused.records, 1);
    assert.match(refused.message, message);
    assert.deepEqual(namesOf(payload), ["a", "b", "other", "other"]);
    assert.equal(validateTraces(payload).refused.records, 0, "what is left is in order");
  });
}

test("several bad spans are cut out at once, and the first is told", () => {
  const short = { spanId: Buffer.alloc(3) };
  const { payload, refused } = validateTraces(traces(span("x", short), span("a"), span("y", short), span("z", short)));
  assert.deepEqual(namesOf(payload), ["a", "other", "other"]);
  assert.match(refused.message, /^3 records were refused, the first because: a span's span_id has 3 bytes/);
});

test("refusals are counted by reason, and told by place", () => {
  const short = span("x", { spanId: Buffer.alloc(3) });
  const { refused } = validateTraces(traces(short, span("n".repeat(5000)), span("a"), short));
  assert.deepEqual(
    refused.reasons,
    new Map([
      ["ids", 2],
      ["name", 1],
    ]),
  );
  assert.match(refused.message, /^3 records were refused \(ids 2, name 1\), the first because: a span's span_id/);
  assert.deepEqual(
    refused.which.map(({ first, records, reason }) => [first, records, reason]),
    [
      [0, 1, "ids"],
      [1, 1, "name"],
      [3, 1, "ids"],
    ],
  );
});

test("something wrong with a resource takes its records, and only those", () => {
  const attributes = Array.from({ length: 2000 }, (_, at) => attribute(`k${at}`));
  const request = ExportTraceServiceRequest.encode(
    ExportTraceServiceRequest.fromPartial({
      resourceSpans: [
        { resource: { attributes }, scopeSpans: [{ spans: [span("a"), span("b", { spanId: Buffer.alloc(1) })] }] },
        { scopeSpans: [{ spans: [span("c")] }] },
      ],
    }),
  ).finish();
  const { payload, records, refused } = validateTraces(request);
  assert.deepEqual([records, refused.records, namesOf(payload)], [1, 2, ["c"]]);
  assert.deepEqual(
    refused.which.map(({ first, records: within }) => [first, within]),
    [[0, 2]],
  );
});

test("of a metric without a name all points are refused; others stay", () => {
  const point = { value: { $case: "asInt" as const, value: 1n } };
  const gauge = { $case: "gauge" as const, value: { dataPoints: [point, point] } };
  const request = ExportMetricsServiceRequest.encode(
    ExportMetricsServiceRequest.fromPartial({
      resourceMetrics: [
        {
          scopeMetrics: [
            {
              metrics: [
                { name: "", data: gauge },
                { name: "m", data: gauge },
              ],
            },
          ],
        },
      ],
    }),
  ).finish();
  const { payload, records, refused } = createValidate("metrics")(request);
  const message = "2 records were refused, the first because: a metric has no name";
  assert.deepEqual([records, refused.records, refused.message], [2, 2, message]);
  assert.deepEqual(refused.reasons, new Map([["name", 2]]));
  assert.equal(ExportMetricsServiceRequest.decode(payload).resourceMetrics[0]?.scopeMetrics[0]?.metrics[0]?.name, "m");
});

test("the records of every kind of metric, and of logs, are counted", () => {
  const metrics = ExportMetricsServiceRequest.encode(
    ExportMetricsServiceRequest.fromPartial({
      resourceMetrics: [
        {
          scopeMetrics: [
            {
              metrics: [
                { name: "a", data: { $case: "gauge", value: { dataPoints: [{}] } } },
                { name: "b", data: { $case: "sum", value: { dataPoints: [{}, {}] } } },
                { name: "c", data: { $case: "histogram", value: { dataPoints: [{}, {}, {}] } } },
                { name: "d", data: { $case: "exponentialHistogram", value: { dataPoints: [{}] } } },
                { name: "e", data: { $case: "summary", value: { dataPoints: [{}, {}] } } },
              ],
            },
          ],
        },
      ],
    }),
  ).finish();
  assert.equal(createValidate("metrics")(metrics).records, 9);
  const logs = ExportLogsServiceRequest.encode(
    ExportLogsServiceRequest.fromPartial({
      resourceLogs: [{ scopeLogs: [{ logRecords: [{}, { body: text("x") }] }] }],
    }),
  ).finish();
  assert.equal(createValidate("logs")(logs).records, 2);
});

test("bytes cut off or changed anywhere are refused or read, never anything else", () => {
  const request = traces(span("a", { attributes: [attribute("k", deep(3))] }), span("b", { spanId: Buffer.alloc(2) }));
  let state = 7;
  const random = (below: number) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state % below;
  };
  const check = (bytes: Uint8Array) => {
    try {
      const { payload } = validateTraces(bytes);
      assert.equal(validateTraces(payload).refused.records, 0);
    } catch (thrown) {
      assert.ok(thrown instanceof Error && "code" in thrown && thrown.code === "invalid_argument", String(thrown));
    }
  };
  for (let length = 0; length <= request.length; length++) check(request.subarray(0, length));
  for (let round = 0; round < 20_000; round++) {
    const changed = Uint8Array.from(request);
    for (let times = 0; times <= random(3); times++) changed[random(changed.length)] = random(256);
    check(changed);
  }
});

test("fields that are not known pass", () => {
  const request = Buffer.concat([traces(span("a")), Buffer.from([0xa2, 0x06, 2, 1, 2])]);
  assert.equal(validateTraces(request).payload, request);
  assert.equal(DEFAULT_LIMITS.maxAttributes, 1024);
});

test("two hundred thousand bad records between as many good ones are cut out", () => {
  const [good, bad] = [span("a"), span("x", { spanId: Buffer.alloc(3) })];
  const spans = Array.from({ length: 400_000 }, (_, at) => (at % 2 === 0 ? good : bad));
  const request = ExportTraceServiceRequest.fromPartial({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
  const { payload, records, refused } = validateTraces(ExportTraceServiceRequest.encode(request).finish());
  assert.equal(refused.records, 200_000);
  assert.equal(refused.which.length, 200_000);
  assert.equal(validateTraces(payload).records, records);
  assert.equal(validateTraces(payload).refused.records, 0, "what is left is in order");
});

test("refused records beside each other are told together", () => {
  const short = span("x", { spanId: Buffer.alloc(3) });
  const { payload, refused } = validateTraces(traces(short, short, span("n".repeat(5000)), span("a"), short, short));
  assert.deepEqual(namesOf(payload), ["a", "other", "other"]);
  assert.deepEqual(
    refused.which.map(({ first, records, reason }) => [first, records, reason]),
    [
      [0, 2, "ids"],
      [2, 1, "name"],
      [4, 2, "ids"],
    ],
  );
});
