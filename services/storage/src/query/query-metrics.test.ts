import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { POINT_FLAGS } from "@sightline/otlp/point-flags";
import {
  Aggregation,
  type LabelMatcher,
  ListMetricsRequest,
  MatchOperator,
  QueryMetricsRequest,
  SeriesFunction,
} from "@sightline/proto/sightline/query/v1/query_service";
import { contextOf, startTestDatabase, type TestDatabase } from "../testing/database.ts";
import { listMetrics } from "./list-metrics.ts";
import { queryMetrics } from "./query-metrics.ts";

const MINUTE = 60_000;
const startMs = Math.floor(Date.now() / MINUTE) * MINUTE - 3_600_000;
const clock = () => startMs + 10 * MINUTE;
const range = nanos(startMs, startMs + 5 * MINUTE);
/** The stale marker of Prometheus; JSON knows no NaN, so it is written in SQL. */
const STALE = "reinterpretAsFloat64(toUInt64(0x7ff0000000000002))";
let database: TestDatabase;

function nanos(fromMs: number, toMs: number) {
  return { startUnixNano: BigInt(fromMs) * 1_000_000n, endUnixNano: BigInt(toMs) * 1_000_000n };
}

/** A time as the server reads it. */
function at(unixMs: number): string {
  return (unixMs / 1000).toFixed(3);
}

function series(metric: string, fingerprint: number, more: object = {}) {
  return {
    Tenant: "default",
    MetricName: metric,
    Fingerprint: fingerprint,
    Type: "gauge",
    FirstSeen: at(startMs),
    LastSeen: at(startMs + 5 * MINUTE),
    ...more,
  };
}

/** Samples a quarter of a minute apart, from the start on. */
function samples(metric: string, fingerprint: number, values: readonly number[], tenant = "default") {
  return values.map((value, step) => ({
    Tenant: tenant,
    MetricName: metric,
    Fingerprint: fingerprint,
    Timestamp: at(startMs + step * 15_000),
    Value: value,
  }));
}

function bitsOf(value: number): bigint {
  return new BigUint64Array(Float64Array.of(value).buffer)[0] ?? 0n;
}

function rising(count: number, step: number, from = 0): number[] {
  return Array.from({ length: count }, (_, at) => from + at * step);
}

before(async () => {
  database = await startTestDatabase();
  const counter = { Type: "sum", Temporality: "cumulative", IsMonotonic: true };
  await database.insert("metrics_series", [
    series("load", 1, {
      Attributes: { cpu: "0", mode: "user" },
      ResourceAttributes: { host: "a", cpu: "hidden" },
      Unit: "1",
      Description: "Load.",
    }),
    series("load", 2, { Attributes: { cpu: "1", mode: "user" }, ResourceAttributes: { host: "a" } }),
    series("load", 3, { Attributes: { cpu: "0", mode: "idle" }, ResourceAttributes: { host: "b" } }),
    // The same series in another batch.
    series("load", 3, { Attributes: { cpu: "0", mode: "idle" }, ResourceAttributes: { host: "b" } }),
    series("requests", 10, counter),
    series("deltas", 11, { ...counter, Temporality: "delta" }),
    series("mixed", 12, counter),
    series("mixed", 13, { ...counter, Temporality: "delta" }),
    series("latency", 14, { Type: "histogram", Temporality: "cumulative", Unit: "s" }),
    series("stale", 15),
    series("native", 17, { Type: "exponential_histogram", Temporality: "cumulative" }),
    series("gone", 16, { LastSeen: at(startMs - 30 * MINUTE), FirstSeen: at(startMs - 40 * MINUTE) }),
    series("load", 1, { Tenant: "other", Attributes: { cpu: "secret" } }),
  ]);
  await database.insert("metrics_samples", [
    ...samples("load", 1, rising(21, 1)),
    ...samples("load", 2, rising(21, 0, 10)),
    ...samples("load", 3, rising(21, 0, 5)),
    // 10 a second, restarted after two minutes.
    ...samples("requests", 10, [...rising(8, 150), ...rising(13, 150, 150)]),
    ...samples("deltas", 11, rising(21, 0, 30)),
    ...samples("mixed", 12, rising(21, 30)),
    ...samples("mixed", 13, rising(21, 0, 30)),
    ...samples("stale", 15, rising(5, 0, 7)),
    ...samples("load", 1, rising(21, 0, 666), "other"),
  ]);
  await database.clickhouse.command(
    `INSERT INTO metrics_samples SELECT 'default', 'stale', 15, 0, fromUnixTimestamp64Milli(${startMs + 75_000}), ${STALE}`,
  );
  await database.insert(
    "metrics_histograms",
    rising(21, 1).map((step) => ({
      Tenant: "default",
      MetricName: "latency",
      Fingerprint: 14,
      Timestamp: at(startMs + step * 15_000),
      Count: step * 30,
      Sum: step * 6,
    })),
  );
  // Counts in doubles for two minutes, then the marker of the end.
  await database.insert(
    "metrics_exponential_histograms",
    rising(9, 1).map((step) => ({
      Tenant: "default",
      MetricName: "native",
      Fingerprint: 17,
      Timestamp: at(startMs + step * 15_000),
      Flags: step < 8 ? POINT_FLAGS.floatCounts : POINT_FLAGS.noRecordedValue,
      Count: step < 8 ? String(bitsOf(step * 1.5)) : 0,
      Sum: step,
    })),
  );
});
after(() => database[Symbol.asyncDispose]());

function query(metric: string, request: Partial<QueryMetricsRequest> = {}, tenant = "default") {
  const defaults = { ...QueryMetricsRequest.create(), range, stepSeconds: 60 };
  return queryMetrics(database.reader, clock, () => 30)({ ...defaults, ...request, metric }, contextOf(tenant));
}

/** The only series' values by the minute they are of. */
async function valuesOf(metric: string, request: Partial<QueryMetricsRequest> = {}) {
  const answer = await query(metric, request);
  assert.equal(answer.series.length, 1);
  const [only] = answer.series;
  return Object.fromEntries(
    (only?.values ?? []).map((value, at) => [Number((only?.timesUnixMs[at] ?? 0n) - BigInt(startMs)) / MINUTE, value]),
  );
}

function near(got: Readonly<Record<string, number>>, want: Readonly<Record<string, number>>) {
  assert.deepEqual(Object.keys(got), Object.keys(want));
  for (const [minute, value] of Object.entries(want)) {
    assert.ok(
      Math.abs((got[minute] ?? Number.NaN) - value) < 1e-9,
      `at minute ${minute}: ${got[minute]}, not ${value}`,
    );
  }
}

test("native histograms that count in doubles are read so, and end where they are said to", async () => {
  near(await valuesOf("native"), { 0: 0, 1: 6 });
});

test("each series is given with its labels and its last values", async () => {
  const { series: found, totalSeries, stepSeconds } = await query("load");
  assert.equal(totalSeries, 3);
  assert.equal(stepSeconds, 60);
  assert.deepEqual(
    found.map(({ labels }) => labels),
    [
      { cpu: "0", mode: "user", host: "a" },
      { cpu: "1", mode: "user", host: "a" },
      { cpu: "0", mode: "idle", host: "b" },
    ],
  );
  assert.deepEqual(found[0]?.values, [0, 4, 8, 12, 16, 20]);
  assert.deepEqual(found[0]?.timesUnixMs, rising(6, MINUTE, startMs).map(BigInt));
});

test("a limit keeps the highest series and tells how many there are", async () => {
  const { series: found, totalSeries } = await query("load", { limit: 1 });
  assert.deepEqual([found.length, totalSeries, found[0]?.values.at(-1)], [1, 3, 20]);
});

const aggregations = [
  { name: "sum", aggregation: Aggregation.SUM, want: 35 },
  { name: "avg", aggregation: Aggregation.AVG, want: 35 / 3 },
  { name: "min", aggregation: Aggregation.MIN, want: 5 },
  { name: "max", aggregation: Aggregation.MAX, want: 20 },
  { name: "count", aggregation: Aggregation.COUNT, want: 3 },
];
for (const { name, aggregation, want } of aggregations) {
  test(`series are put together: ${name}`, async () => {
    const { series: found } = await query("load", { aggregation });
    assert.deepEqual(
      found.map(({ labels }) => labels),
      [{}],
    );
    assert.equal(found[0]?.values.at(-1), want);
  });
}

test("labels that are grouped by stay apart", async () => {
  const { series: found } = await query("load", { aggregation: Aggregation.SUM, groupBy: ["host", "nothing"] });
  assert.deepEqual(
    found.map(({ labels, values }) => [labels, values.at(-1)]),
    [
      [{ host: "a" }, 30],
      [{ host: "b" }, 5],
    ],
  );
});

function matcher(name: string, operator: MatchOperator, value: string): LabelMatcher {
  return { name, operator, value };
}
const { UNSPECIFIED: EQUAL, NOT_EQUAL, REGEX, NOT_REGEX } = MatchOperator;
const matchings: { name: string; matchers: LabelMatcher[]; want: number }[] = [
  { name: "=", matchers: [matcher("cpu", EQUAL, "0")], want: 2 },
  { name: "= and =", matchers: [matcher("cpu", EQUAL, "0"), matcher("mode", EQUAL, "idle")], want: 1 },
  { name: "= of a label that is missing", matchers: [matcher("zone", EQUAL, "")], want: 3 },
  { name: "!=", matchers: [matcher("mode", NOT_EQUAL, "idle")], want: 2 },
  { name: "=~", matchers: [matcher("host", REGEX, "a|c")], want: 2 },
  { name: "=~ is anchored", matchers: [matcher("mode", REGEX, "us|dle")], want: 0 },
  { name: "!~", matchers: [matcher("host", NOT_REGEX, "a.*")], want: 1 },
  { name: "!~ of a label that is missing", matchers: [matcher("zone", NOT_REGEX, ".+")], want: 3 },
  { name: "a pattern as an equal text", matchers: [matcher("host", EQUAL, "a(")], want: 0 },
  { name: "an injection", matchers: [matcher("host'] OR 1=1 --", EQUAL, "' OR 1=1 --")], want: 0 },
];
for (const { name, matchers, want } of matchings) {
  test(`series are matched: ${name}`, async () => {
    assert.equal((await query("load", { matchers })).totalSeries, want);
  });
}

test("the rate of a counter takes its restart out, as Prometheus does", async () => {
  // By promql/functions.go, extrapolatedRate: 7 steps of 150 in a window of 8 samples, extrapolated to its edge; in the
  // window of the first minute not beyond where the counter was zero.
  const want = { 1: 5, 2: 10, 3: 10, 4: 10, 5: 10 };
  near(await valuesOf("requests", { function: SeriesFunction.RATE, windowSeconds: 120 }), want);
  const increase = { 1: 600, 2: 1200, 3: 1200, 4: 1200, 5: 1200 };
  near(await valuesOf("requests", { function: SeriesFunction.INCREASE, windowSeconds: 120 }), increase);
});

test("a counter of deltas is added up", async () => {
  const window = { windowSeconds: 60 };
  const rate = await valuesOf("deltas", { function: SeriesFunction.RATE, ...window });
  near(rate, { 0: 0.5, 1: 2, 2: 2, 3: 2, 4: 2, 5: 2 });
  const increase = await valuesOf("deltas", { function: SeriesFunction.INCREASE, ...window });
  near(increase, { 0: 30, 1: 120, 2: 120, 3: 120, 4: 120, 5: 120 });
});

test("counters of both kinds are put together", async () => {
  const request = { function: SeriesFunction.RATE, windowSeconds: 60, aggregation: Aggregation.SUM };
  const got = await valuesOf("mixed", request);
  near({ 5: got[5] ?? 0 }, { 5: 4 });
});

const overTime = [
  { name: "avg", function: SeriesFunction.AVG_OVER_TIME, want: { 0: 0, 1: 2.5, 2: 6.5, 3: 10.5, 4: 14.5, 5: 18.5 } },
  { name: "min", function: SeriesFunction.MIN_OVER_TIME, want: { 0: 0, 1: 1, 2: 5, 3: 9, 4: 13, 5: 17 } },
  { name: "max", function: SeriesFunction.MAX_OVER_TIME, want: { 0: 0, 1: 4, 2: 8, 3: 12, 4: 16, 5: 20 } },
];
for (const { name, want, ...request } of overTime) {
  test(`${name} over time looks at a window that is open on the left`, async () => {
    const matchers = [matcher("cpu", EQUAL, "0"), matcher("mode", EQUAL, "user")];
    near(await valuesOf("load", { ...request, windowSeconds: 60, matchers }), want);
  });
}

test("a stale marker ends a series at once, an old sample after five minutes", async () => {
  assert.deepEqual(await valuesOf("stale"), { 0: 7, 1: 7 });
  const late = nanos(startMs + 9 * MINUTE, startMs + 11 * MINUTE);
  assert.deepEqual(await valuesOf("deltas", { range: late }), { 9: 30 });
});

test("a distribution answers with its count and its sum", async () => {
  assert.deepEqual((await valuesOf("latency"))[5], 600);
  assert.deepEqual((await valuesOf("latency_count"))[5], 600);
  assert.deepEqual((await valuesOf("latency_sum"))[5], 120);
  const rate = await valuesOf("latency_count", { function: SeriesFunction.RATE, windowSeconds: 60 });
  near({ 5: rate[5] ?? 0 }, { 5: 2 });
});

test("one moment is one point", async () => {
  const moment = nanos(startMs + 5 * MINUTE, startMs + 5 * MINUTE);
  assert.deepEqual(await valuesOf("deltas", { range: moment }), { 5: 30 });
});

test("a step that is chosen gives the same points again and again", async () => {
  const first = await query("load", { stepSeconds: 0, range: nanos(startMs + 1, startMs + 5 * MINUTE) });
  const second = await query("load", { stepSeconds: 0, range: nanos(startMs + 700, startMs + 5 * MINUTE) });
  assert.equal(first.stepSeconds, 2);
  assert.deepEqual(first.series[0]?.timesUnixMs, second.series[0]?.timesUnixMs);
});

test("metrics are listed with what is known of them", async () => {
  const list = listMetrics(database.reader, clock);
  const { metrics } = await list({ ...ListMetricsRequest.create(), range }, contextOf("default"));
  assert.deepEqual(
    metrics.map(({ name }) => name),
    ["deltas", "latency", "load", "mixed", "native", "requests", "stale"],
  );
  const load = metrics[2];
  assert.deepEqual([load?.type, load?.seriesCount, load?.labelNames], ["gauge", 3n, ["cpu", "host", "mode"]]);
  const some = await list({ ...ListMetricsRequest.create(), nameContains: "LAT" }, contextOf("default"));
  assert.deepEqual(
    some.metrics.map(({ name, type, unit }) => [name, type, unit]),
    [["latency", "histogram", "s"]],
  );
});

test("a tenant sees nothing of another", async () => {
  const { series: found } = await query("load", {}, "other");
  assert.deepEqual(
    found.map(({ labels, values }) => [labels, values[0]]),
    [[{ cpu: "secret" }, 666]],
  );
  assert.deepEqual((await query("load", {}, "nobody")).series, []);
  const { metrics } = await listMetrics(database.reader, clock)(ListMetricsRequest.create(), contextOf("other"));
  assert.deepEqual(
    metrics.map(({ name }) => name),
    ["load"],
  );
});

const refused: { field: string; metric?: string; request?: Partial<QueryMetricsRequest> }[] = [
  { field: "metric", metric: "" },
  { field: "limit", request: { limit: 1001 } },
  { field: "limit", request: { limit: 1000, stepSeconds: 1, range: nanos(startMs, startMs + 3_000_000) } },
  { field: "step_seconds", request: { stepSeconds: 1, range: nanos(startMs - 20_000_000, startMs) } },
  { field: "group_by", request: { groupBy: ["host"] } },
  { field: "matchers.*missing \\)", request: { matchers: [matcher("host", REGEX, "a(")] } },
  { field: "matchers", request: { matchers: [matcher("", EQUAL, "a")] } },
  { field: "window_seconds", request: { function: SeriesFunction.RATE, windowSeconds: 1e9 } },
];
for (const { field, metric = "load", request } of refused) {
  test(`a request that is wrong is told so: ${field}`, async () => {
    await assert.rejects(query(metric, request), { code: "invalid_argument", message: new RegExp(field) });
  });
}
