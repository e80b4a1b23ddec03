import assert from "node:assert/strict";
import { test } from "node:test";
import { readRows, type Value } from "@sightline/columns/testing/native-reader";
import { ExportMetricsServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/metrics/v1/metrics_service";
import type { AnyValue } from "@sightline/proto/opentelemetry/proto/common/v1/common";
import { createRandom } from "@sightline/testkit/random";
import { createMetricTranscoder } from "./metrics.ts";
import { createSeriesMemory } from "./series-memory.ts";
import type { TableName } from "./tables.ts";
import { arbitraryRequest } from "./testing/arbitrary.ts";
import { type ExpectedRow, expectedMetrics, seriesIdentity } from "./testing/expected-metrics.ts";
import { generateMetrics } from "./testing/generate.ts";
import type { MessageContext, Transcoder } from "./transcoder.ts";

const context: MessageContext = { tenant: "acme", receivedUnixNano: 1_700_000_000_000_000_001n };
const now = 1_700_000_000_000_000_000n;

type Row = Record<string, Value>;

function rowsOf(transcoder: Transcoder): Map<TableName, Row[]> {
  return new Map(transcoder.blocks().map(({ table, pieces }) => [table, readRows(pieces)]));
}

function append(transcoder: Transcoder, request: Uint8Array, of = context): void {
  const appended = transcoder.append(request, of);
  assert.ok(appended.ok, appended.ok ? "" : appended.error.message);
}

function withoutFingerprint({ Fingerprint: _, ...row }: Row): Row {
  return row;
}

/** Rows of `metrics_series` as ClickHouse merges them, in the order in which the series were first seen. */
function mergedSeries(rows: readonly Row[]): Row[] {
  return [...Map.groupBy(rows, seriesIdentity).values()].map((same) => {
    const times = same.flatMap(({ FirstSeen, LastSeen }) => [BigInt(String(FirstSeen)), BigInt(String(LastSeen))]);
    times.sort((a, b) => (a < b ? -1 : 1));
    return { ...withoutFingerprint(same[0] ?? {}), FirstSeen: times[0] ?? 0n, LastSeen: times.at(-1) ?? 0n };
  });
}

function assertRows(transcoder: Transcoder, expected: readonly ExpectedRow[], message: string): void {
  const rows = rowsOf(transcoder);
  for (const table of new Set([...rows.keys(), ...expected.map((row) => row.table)])) {
    const got = rows.get(table) ?? [];
    const want = expected.filter((row) => row.table === table).map(({ row }) => row);
    if (table === "metrics_series") assert.deepEqual(mergedSeries(got), mergedSeries(want), message);
    else assert.deepEqual(got.map(withoutFingerprint), want, `${message}: ${table}`);
  }
  assertFingerprints(rows, expected, message);
}

/** No two series share a fingerprint, and every row has that of its series. */
function assertFingerprints(rows: Map<TableName, Row[]>, expected: readonly ExpectedRow[], message: string): void {
  const seriesOf = new Map((rows.get("metrics_series") ?? []).map((row) => [row["Fingerprint"], seriesIdentity(row)]));
  for (const [table, got] of rows) {
    const want = expected.filter((row) => row.table === table);
    if (table === "metrics_series") assert.equal(seriesOf.size, got.length, `${message}: a fingerprint of two series`);
    else if (table !== "metrics_metadata")
      got.forEach(
        ({ Fingerprint }, i) =>
          void assert.equal(seriesOf.get(Fingerprint), want[i]?.series, `${message}: ${table} row ${i}`),
      );
  }
}

test("what SDKs send becomes the rows that decoding it would give", () => {
  const transcoder = createMetricTranscoder();
  const requests = generateMetrics({ seed: 3, requests: 5, records: 200, nowUnixNano: now });
  for (const request of requests) append(transcoder, request);
  assert.equal(transcoder.records(), 1000);
  assertRows(
    transcoder,
    requests.flatMap((request) => expectedMetrics(request, context)),
    "generated",
  );
});

test("so does any valid request, however odd", () => {
  const transcoder = createMetricTranscoder();
  for (let seed = 1; seed <= 120; seed++) {
    const request = arbitraryRequest("metrics", createRandom(seed));
    transcoder.reset();
    append(transcoder, request);
    assertRows(transcoder, expectedMetrics(request, context), `seed ${seed}`);
  }
});

const text = (value: string): AnyValue => ({ value: { $case: "stringValue", value } });

interface Gauge {
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly service?: string;
  readonly unit?: string;
  readonly description?: string;
  readonly timeUnixNano?: bigint;
}

function gauge({
  name = "m",
  labels = {},
  service = "s",
  unit = "1",
  description = "",
  timeUnixNano = now,
}: Gauge): Uint8Array {
  const attributes = (of: Readonly<Record<string, string>>) =>
    Object.entries(of).map(([key, value]) => ({ key, value: text(value) }));
  const dataPoints = [
    { attributes: attributes(labels), timeUnixNano, value: { $case: "asDouble" as const, value: 1 } },
  ];
  const metrics = [{ name, unit, description, data: { $case: "gauge" as const, value: { dataPoints } } }];
  const resource = { attributes: attributes({ "service.name": service }) };
  return ExportMetricsServiceRequest.encode(
    ExportMetricsServiceRequest.fromPartial({ resourceMetrics: [{ resource, scopeMetrics: [{ metrics }] }] }),
  ).finish();
}

function fingerprintOf(request: Uint8Array): Value {
  const transcoder = createMetricTranscoder();
  append(transcoder, request);
  return rowsOf(transcoder).get("metrics_samples")?.[0]?.["Fingerprint"] ?? null;
}

test("a series is what its attributes are, not their order", () => {
  const one = fingerprintOf(gauge({ labels: { a: "1", b: "2", c: "3" } }));
  assert.equal(fingerprintOf(gauge({ labels: { c: "3", a: "1", b: "2" } })), one);
  assert.equal(
    fingerprintOf(gauge({ labels: { a: "1", b: "2", c: "3" }, description: "other", timeUnixNano: 5n })),
    one,
  );
  const others: Gauge[] = [
    { labels: { a: "2", b: "1", c: "3" } },
    { labels: { a: "1", b: "2" } },
    { labels: { a: "1", b: "2", c: "3" }, name: "n" },
    { labels: { a: "1", b: "2", c: "3" }, unit: "s" },
    { labels: { a: "1", b: "2", c: "3" }, service: "t" },
    { labels: { a: "1", b: "2", c: "3" }, name: "1", unit: "m" },
  ];
  const fingerprints = others.map((other) => fingerprintOf(gauge(other)));
  assert.equal(new Set([one, ...fingerprints]).size, others.length + 1);
});

test("equal series of two tenants are two", () => {
  const transcoder = createMetricTranscoder();
  for (const tenant of ["acme", "umbrella", "acme"]) append(transcoder, gauge({}), { ...context, tenant });
  const series = rowsOf(transcoder).get("metrics_series") ?? [];
  assert.deepEqual(
    series.map(({ Tenant }) => Tenant),
    ["acme", "umbrella"],
  );
});

test("a point that holds no value is the stale marker, bit by bit", () => {
  const transcoder = createMetricTranscoder();
  const flagged = { flags: 1, value: { $case: "asDouble" as const, value: 5 } };
  const data = { $case: "gauge" as const, value: { dataPoints: [flagged, {}] } };
  const metrics = [{ name: "m", data }];
  const request = ExportMetricsServiceRequest.fromPartial({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] });
  append(transcoder, ExportMetricsServiceRequest.encode(request).finish());
  const samples = transcoder.blocks().find(({ table }) => table === "metrics_samples");
  const values = Buffer.concat(samples?.pieces ?? []).subarray(-16);
  assert.equal(values.toString("hex"), "020000000000f07f".repeat(2));
});

test("series that are stored are not written again until their time has moved on", () => {
  const memory = createSeriesMemory({ maxSeries: 1000, rewriteAfterMs: 60_000 });
  const transcoder = createMetricTranscoder(memory);
  const batch = (timeUnixNano: bigint, tenant = "acme") => {
    transcoder.reset();
    for (const name of ["a", "b"]) append(transcoder, gauge({ name, timeUnixNano }), { ...context, tenant });
    assert.equal(rowsOf(transcoder).get("metrics_samples")?.length, 2);
    return rowsOf(transcoder).get("metrics_series")?.length ?? 0;
  };
  assert.equal(batch(now), 2);
  assert.equal(batch(now), 2, "not stored yet");
  transcoder.stored();
  assert.equal(batch(now), 0);
  assert.equal(batch(now + 59_000_000_000n), 0);
  assert.equal(batch(now, "umbrella"), 2, "another tenant's");
  assert.equal(batch(now + 61_000_000_000n), 2, "LastSeen has to follow");
  assert.equal(batch(now - 61_000_000_000n), 2, "FirstSeen too");
});

test("a point with exemplars and nothing else leaves only these", () => {
  const transcoder = createMetricTranscoder();
  const exemplars = [{ timeUnixNano: now, value: { $case: "asDouble" as const, value: 0.3 } }];
  const gauges = { $case: "gauge" as const, value: { dataPoints: [{ exemplars }] } };
  const histograms = { $case: "exponentialHistogram" as const, value: { dataPoints: [{ exemplars }] } };
  const metrics = [
    { name: "m", data: gauges },
    { name: "h", data: histograms },
  ];
  const request = ExportMetricsServiceRequest.fromPartial({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] });
  append(transcoder, ExportMetricsServiceRequest.encode(request).finish());
  assert.deepEqual([...rowsOf(transcoder).keys()], ["metrics_series", "metrics_exemplars"]);
});

test("http_requests_total has its label by both of its names, and no other metric has", () => {
  const cases = [
    { name: "http_requests_total", labels: { status: "200" }, want: { status: "200", status_code: "200" } },
    { name: "http_requests_total", labels: { status_code: "200" }, want: { status_code: "200", status: "200" } },
    {
      name: "http_requests_total",
      labels: { status: "2xx", status_code: "200" },
      want: { status: "2xx", status_code: "200" },
    },
    { name: "http_requests_total", labels: { method: "GET" }, want: { method: "GET" } },
    { name: "grpc_requests_total", labels: { status: "OK" }, want: { status: "OK" } },
  ];
  for (const { name, labels, want } of cases) {
    const transcoder = createMetricTranscoder();
    append(transcoder, gauge({ name, labels }));
    const [series] = rowsOf(transcoder).get("metrics_series") ?? [];
    assert.deepEqual(series?.["Attributes"], Object.entries(want), `${name} ${JSON.stringify(labels)}`);
  }
});
