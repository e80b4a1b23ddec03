import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Aggregation, QueryMetricsRequest, SeriesFunction } from "@sightline/proto/sightline/query/v1/query_service";
import { quietLog } from "@sightline/testkit/quiet-log";
import { createRollup } from "../rollup/rollup.ts";
import { contextOf, startTestDatabase, type TestDatabase } from "../testing/database.ts";
import { queryMetrics } from "./query-metrics.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const start = Math.floor(Date.now() / DAY_MS) * DAY_MS - DAY_MS;
const end = start + 12 * HOUR_MS;
/** Some hours are rolled up, some five minutes more, and the rest not yet. */
const now = end - 20 * 60_000;
let database: TestDatabase;

before(async () => {
  database = await startTestDatabase();
  const series = { Tenant: "default", FirstSeen: (start / 1000).toFixed(3), LastSeen: (end / 1000).toFixed(3) };
  const counter = { ...series, Type: "sum", IsMonotonic: true };
  await database.insert("metrics_series", [
    { ...series, MetricName: "level", Fingerprint: 1, Type: "gauge", Attributes: { id: "a" } },
    { ...series, MetricName: "level", Fingerprint: 2, Type: "gauge", Attributes: { id: "b" } },
    { ...counter, MetricName: "requests", Fingerprint: 3, Temporality: "cumulative" },
    { ...counter, MetricName: "requests", Fingerprint: 4, Temporality: "delta" },
  ]);
  // Off the ends of buckets by 7 s; the counter starts again every 100 minutes, the second level is there now and then.
  await database.clickhouse.command(
    `INSERT INTO metrics_samples (Tenant, MetricName, Fingerprint, Timestamp, Value)
     SELECT 'default', ['level', 'level', 'requests', 'requests'][id], id, fromUnixTimestamp64Milli(${start} + 7000 + step * 20000),
       [sin(step / 50) * 100, intHash32(step) % 1000, (step % 300) * 3, step % 7][id]
     FROM (SELECT arrayJoin([1, 2, 3, 4]) AS id, arrayJoin(range(${(12 * 3600) / 20})) AS step)
     WHERE id != 2 OR intDiv(step, 400) % 2 = 0`,
  );
  const rollUp = createRollup({
    clickhouse: database.clickhouse,
    clock: () => now,
    delayMs: 60_000,
    backfillDays: 3,
    sampleDaysOf: () => 30,
    log: quietLog,
  });
  await rollUp(new AbortController().signal);
});
after(() => database[Symbol.asyncDispose]());

type Asked = Partial<QueryMetricsRequest> & { metric: string };

async function answer(request: Asked, { rollups }: { rollups: boolean }) {
  const { reader } = database;
  const readSystem: typeof reader.readSystem = async () => [];
  const query = queryMetrics(
    rollups ? reader : { ...reader, readSystem },
    () => end,
    () => 30,
  );
  const range = { startUnixNano: BigInt(start) * 1_000_000n, endUnixNano: BigInt(end) * 1_000_000n };
  const { series } = await query({ ...QueryMetricsRequest.create(), range, ...request }, contextOf("default"));
  return series
    .map(({ labels, timesUnixMs, values }) => ({
      labels,
      timesUnixMs,
      values: values.map((v) => Number(v.toFixed(6))),
    }))
    .toSorted((a, b) => JSON.stringify(a.labels).localeCompare(JSON.stringify(b.labels)));
}

type Answer = Awaited<ReturnType<typeof answer>>;

function assertAlike(got: Answer, want: Answer, tolerance: number): void {
  const places = (series: Answer) => series.map(({ labels, timesUnixMs }) => ({ labels, timesUnixMs }));
  assert.deepEqual(places(got), places(want));
  for (const [at, { values }] of want.entries()) {
    for (const [point, value] of values.entries()) {
      const given = got[at]?.values[point] ?? Number.NaN;
      assert.ok(Math.abs(given - value) <= tolerance * Math.abs(value), `point ${point}: got ${given}, want ${value}`);
    }
  }
}

// The rate of samples is guessed up to the ends of its window, that of buckets is what was counted: of the
// very first bucket that is one interval in fifteen less.
const functions = [
  { name: "last", metric: "level", tolerance: 0, function: SeriesFunction.UNSPECIFIED },
  { name: "average", metric: "level", tolerance: 0, function: SeriesFunction.AVG_OVER_TIME },
  { name: "minimum", metric: "level", tolerance: 0, function: SeriesFunction.MIN_OVER_TIME },
  { name: "maximum", metric: "level", tolerance: 0, function: SeriesFunction.MAX_OVER_TIME },
  { name: "rate", metric: "requests", tolerance: 0.07, function: SeriesFunction.RATE },
  { name: "increase", metric: "requests", tolerance: 0.07, function: SeriesFunction.INCREASE },
];
for (const { name, tolerance, ...request } of functions) {
  for (const [stepSeconds, windowSeconds] of [
    [600, 2400],
    [300, 300],
    [3600, 7200],
  ] as const) {
    test(`buckets give what samples give: ${name}, every ${stepSeconds} s over ${windowSeconds} s`, async () => {
      const asked = { ...request, stepSeconds, windowSeconds };
      const want = await answer(asked, { rollups: false });
      assert.ok(want.some(({ values }) => values.length > 5));
      assertAlike(await answer(asked, { rollups: true }), want, tolerance);
    });
  }
}

test("when the samples are gone the buckets still answer, a finer step and an aggregation included", async () => {
  const cut = now - 2 * HOUR_MS;
  await database.clickhouse.command(
    `DELETE FROM metrics_samples WHERE Timestamp < fromUnixTimestamp64Milli(${cut}) SETTINGS lightweight_deletes_sync = 2`,
  );
  const range = {
    startUnixNano: BigInt(start + HOUR_MS) * 1_000_000n,
    endUnixNano: BigInt(start + 2 * HOUR_MS) * 1_000_000n,
  };
  const query = queryMetrics(
    database.reader,
    () => end + 40 * DAY_MS,
    () => 30,
  );
  const request = { ...QueryMetricsRequest.create(), metric: "requests", range, stepSeconds: 60 };
  const { series } = await query(
    { ...request, function: SeriesFunction.RATE, aggregation: Aggregation.SUM },
    contextOf("default"),
  );
  assert.equal(series[0]?.values.length, 61);
  // 3 every 20 s, and 0 to 6 every 20 s.
  for (const value of series[0]?.values ?? []) assert.ok(Math.abs(value - (3 + 3) / 20) < 0.05, String(value));
});
