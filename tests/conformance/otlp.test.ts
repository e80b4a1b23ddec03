// The examples of open-telemetry/opentelemetry-proto (examples/*.json) in OTLP's JSON: read, validated and made rows of.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { test } from "node:test";
import { readRows, type Value } from "@sightline/columns/testing/native-reader";
import { requestFromJson } from "@sightline/otlp/json";
import { createLogTranscoder } from "@sightline/otlp/logs";
import { createMetricTranscoder } from "@sightline/otlp/metrics";
import type { OtlpSignal } from "@sightline/otlp/shapes";
import { createTraceTranscoder } from "@sightline/otlp/traces";
import type { Transcoder } from "@sightline/otlp/transcoder";
import { createValidate } from "@sightline/otlp/validate";

const examples = resolve(import.meta.dirname, "../../../shared/data/otlp");
const skip = existsSync(examples) ? false : `no OTLP examples at ${examples}`;

type Rows = Readonly<Record<string, readonly Readonly<Record<string, Value>>[]>>;

/** The rows of an example, without fingerprints, which only have to agree with each other. */
function rowsOf(file: string, signal: OtlpSignal, transcoder: Transcoder): Rows {
  const request = requestFromJson(signal, readFileSync(resolve(examples, file)));
  const { payload, refused } = createValidate(signal)(request);
  assert.deepEqual(refused.message, "");
  assert.ok(transcoder.append(payload, { tenant: "acme", receivedUnixNano: 0n }).ok);
  return Object.fromEntries(
    transcoder.blocks().map(({ table, pieces }) => [table, readRows(pieces).map(({ Fingerprint: _, ...row }) => row)]),
  );
}

const scope = { ScopeName: "my.library", ScopeVersion: "1.0.0" };
const scopeAttributes = { ScopeAttributes: [["my.scope.attribute", "some scope attribute"]] };
const resource = { ServiceName: "my.service", ResourceAttributes: [["service.name", "my.service"]] };
const ids = { TraceId: "5b8efff798038103d269b633813fc60c", SpanId: "eee19b7ec3c1b174" };

test("trace.json", { skip }, () => {
  const none = { "Events.Timestamp": [], "Events.Name": [], "Events.Attributes": [] };
  const noLinks = { "Links.TraceId": [], "Links.SpanId": [], "Links.TraceState": [], "Links.Attributes": [] };
  const span = {
    ...{ Tenant: "acme", ...ids, ...resource, ...scope, ...none, ...noLinks },
    Timestamp: 1544712660000000000n,
    ParentSpanId: "eee19b7ec3c1b173",
    TraceState: "",
    SpanName: "I'm a server span",
    SpanKind: "Server",
    SpanAttributes: [["my.span.attr", "some value"]],
    Duration: 1000000000n,
    StatusCode: "Unset",
    StatusMessage: "",
  };
  assert.deepEqual(rowsOf("trace.json", "traces", createTraceTranscoder()), { otel_traces: [span] });
});

test("logs.json", { skip }, () => {
  const log = {
    ...{ Tenant: "acme", ...ids, ...resource, ...scope, ...scopeAttributes },
    Timestamp: 1544712660300000000n,
    TraceFlags: 0,
    SeverityText: "Information",
    SeverityNumber: 10,
    Body: "Example log record",
    ResourceSchemaUrl: "",
    ScopeSchemaUrl: "",
    LogAttributes: [
      ["string.attribute", "some string"],
      ["boolean.attribute", "true"],
      ["int.attribute", "10"],
      ["double.attribute", "637.704"],
      ["array.attribute", '["many","values"]'],
      ["map.attribute", '{"some.map.key":"some value"}'],
    ],
    EventName: "",
  };
  assert.deepEqual(rowsOf("logs.json", "logs", createLogTranscoder()), { otel_logs: [log] });
});

test("events.json", { skip }, () => {
  const [event] = rowsOf("events.json", "logs", createLogTranscoder())["otel_logs"] ?? [];
  assert.equal(event?.["EventName"], "browser.page_view");
  assert.equal(event?.["SeverityText"], "test severity text");
  assert.deepEqual(JSON.parse(String(event?.["Body"])), {
    type: 0,
    url: "https://www.guidgenerator.com/online-guid-generator.aspx",
    referrer: "https://wwww.google.com",
    title: "Free Online GUID Generator",
  });
});

test("metrics.json", { skip }, () => {
  const rows = rowsOf("metrics.json", "metrics", createMetricTranscoder());
  const time = 1544712660300n;
  const point = { Tenant: "acme", Timestamp: time };
  assert.deepEqual(rows["metrics_samples"], [
    { ...point, MetricName: "my.counter", StartTimestamp: time, Value: 5 },
    { ...point, MetricName: "my.gauge", StartTimestamp: 0n, Value: 10 },
  ]);
  const distribution = { ...point, StartTimestamp: time, Flags: 0 };
  assert.deepEqual(rows["metrics_histograms"], [
    {
      ...{ ...distribution, MetricName: "my.histogram", Count: 2n, Sum: 2, Min: 0, Max: 2 },
      ...{ BucketCounts: [1n, 1n], ExplicitBounds: [1] },
    },
  ]);
  assert.deepEqual(rows["metrics_exponential_histograms"], [
    {
      ...{ ...distribution, MetricName: "my.exponential.histogram", Count: 3n, Sum: 10, Min: 0, Max: 5 },
      ...{ Scale: 0, ZeroCount: 1n, ZeroThreshold: 0, PositiveOffset: 1, PositiveBucketCounts: [0n, 2n] },
      ...{ NegativeOffset: 0, NegativeBucketCounts: [] },
    },
  ]);
  const series = rows["metrics_series"] ?? [];
  assert.deepEqual(
    series.map((row) => [row["MetricName"], row["Type"], row["Temporality"], row["IsMonotonic"], row["Unit"]]),
    [
      ["my.counter", "sum", "delta", true, "1"],
      ["my.gauge", "gauge", "unspecified", false, "1"],
      ["my.histogram", "histogram", "delta", false, "1"],
      ["my.exponential.histogram", "exponential_histogram", "delta", false, "1"],
    ],
  );
  assert.deepEqual(series[0]?.["Attributes"], [["my.counter.attr", "some value"]]);
});
