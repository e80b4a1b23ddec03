import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { createEngine, readQuery } from "@sightline/query/promql/engine";
import type { Histogram } from "@sightline/query/promql/histogram/histogram";
import { formatLabels } from "@sightline/query/promql/labels";
import type { QueryResult } from "@sightline/query/promql/result";
import { quietLog } from "@sightline/testkit/quiet-log";
import { createRollup } from "../rollup/rollup.ts";
import { startTestDatabase, type TestDatabase } from "../testing/database.ts";
import { createKnownRollups, type KnownRollups } from "./known-rollups.ts";
import { createSampleSource } from "./sample-source.ts";
import { createSeriesCatalog } from "./series-catalog.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const start = Math.floor(Date.now() / DAY) * DAY - 3 * DAY;
const end = start + 16 * HOUR;
/** Some hours are rolled up, some five minutes more, and the rest not yet. */
const now = end + 35 * MINUTE;
const limits = { maxMetrics: 100, maxSeries: 1000, maxSamples: 1_000_000 };
const engine = createEngine();
let database: TestDatabase;

/** Every half minute for sixteen hours, 7 s off: gauges, counters, distributions, as expressions of `step`, from 0 on. */
const numbers = [
  { name: "level", type: "gauge", value: "sin(step / 50) * 100" },
  // There now and then, and once for a single sample.
  { name: "level", type: "gauge", value: "intHash32(step) % 1000", where: "intDiv(step, 400) % 2 = 0 OR step = 500" },
  // On the very ends of buckets.
  { name: "level", type: "gauge", value: "step", offsetMs: 0 },
  // Ends, says so, and comes back.
  {
    name: "level",
    type: "gauge",
    value: "if(step % 700 = 690, reinterpretAsFloat64(0x7ff0000000000002), step)",
    where: "step % 700 <= 690",
  },
  // Starts again within buckets, within samples of one, and at their ends.
  { name: "requests_total", type: "sum", value: "(step % 347) * 3.7" },
  { name: "requests_total", type: "sum", value: "(step % 3) * 2 + 1" },
  { name: "requests_total", type: "sum", value: "step % 10" },
  { name: "requests_total", type: "sum", value: "5", where: "step % 1000 = 3" },
  { name: "requests_total", type: "sum", value: "1e9 + step * 0.1", where: "step < 1000" },
  { name: "grown_total", type: "sum", temporality: "delta", value: "step % 7", where: "intHash32(step) % 4 != 0" },
];

/** The columns of rows in other tables, as expressions of `step`. */
const distributions = [
  {
    table: "metrics_histograms",
    name: "latency",
    type: "histogram",
    columns: {
      // The first bucket starts again by itself, all of them every 800 steps; the bounds change once.
      BucketCounts: "[step % 53, (step % 800) * 100, 3]",
      ExplicitBounds: "if(step < 900, [0.1, 0.5], [0.1, 0.6])",
      Count: "step % 53 + (step % 800) * 100 + 3",
      Sum: "(step % 800) * 0.7",
      Flags: "step % 1100 = 999",
    },
  },
  {
    table: "metrics_histograms",
    name: "spread",
    type: "histogram",
    temporality: "delta",
    columns: {
      BucketCounts: "[step % 3, 2, 1]",
      ExplicitBounds: "[0.1, 0.5]",
      Count: "step % 3 + 3",
      Sum: "step * 0.1",
    },
  },
  {
    table: "metrics_exponential_histograms",
    name: "sizes",
    type: "exponential_histogram",
    columns: {
      Scale: "step < 1000 ? 1 : 0",
      ZeroThreshold: "0.001",
      ZeroCount: "step % 600",
      PositiveOffset: "step % 600 < 100 ? 0 : -1",
      PositiveBucketCounts: "[step % 600, (step % 600) * 2, 4]",
      NegativeOffset: "2",
      NegativeBucketCounts: "[step % 600]",
      Count: "(step % 600) * 5 + 4",
      Sum: "(step % 600) * 2.5",
    },
  },
  {
    table: "metrics_exponential_histograms",
    name: "jumps",
    type: "exponential_histogram",
    temporality: "delta",
    columns: {
      Scale: "step % 500 = 0 ? 2 : 3",
      PositiveOffset: "step % 7 - 3",
      PositiveBucketCounts: "[1, 0, step % 4]",
      Count: "1 + step % 4",
      Sum: "step % 11",
    },
  },
  {
    table: "metrics_summaries",
    name: "waiting",
    type: "summary",
    columns: { Quantiles: "[0.5, 0.99]", Values: "[step % 20, step]", Count: "step % 900", Sum: "(step % 900) * 0.3" },
  },
];

before(async () => {
  database = await startTestDatabase();
  const lastSeen = (end / 1000).toFixed(3);
  const rows = [
    ...numbers.map((series) => ({
      table: "metrics_samples",
      offsetMs: 7000,
      where: "1",
      ...series,
      columns: { Value: series.value },
    })),
    ...distributions.map((series) => ({ offsetMs: 7000, where: "1", ...series })),
  ];
  for (const [at, { table, name, type, columns, offsetMs, where, ...series }] of rows.entries()) {
    const temporality = "temporality" in series ? series.temporality : "cumulative";
    await database.insert("metrics_series", [
      {
        Tenant: "default",
        MetricName: name,
        Fingerprint: at + 1,
        Type: type,
        Temporality: temporality,
        Attributes: { id: String(at) },
        FirstSeen: (start / 1000).toFixed(3),
        LastSeen: lastSeen,
      },
    ]);
    const [names, values] = [Object.keys(columns).join(), Object.values(columns).join()];
    await database.clickhouse.command(
      `INSERT INTO ${table} (Tenant, MetricName, Fingerprint, Timestamp, ${names})
       SELECT 'default', '${name}', ${at + 1}, fromUnixTimestamp64Milli(toInt64(${start + offsetMs} + step * 30000)), ${values}
       FROM (SELECT number AS step FROM numbers(${16 * 120 + 60})) WHERE ${where}`,
    );
  }
  // All of it is days old: that it came late is another test's.
  await database.clickhouse.command("TRUNCATE TABLE metrics_rollup_late");
  await rollUp();
});
after(() => database[Symbol.asyncDispose]());

function rollUp(nowMs = now): Promise<void> {
  const { clickhouse } = database;
  const sampleDaysOf = () => 30;
  const options = { clickhouse, clock: () => nowMs, delayMs: 60_000, backfillDays: 4, sampleDaysOf, log: quietLog };
  return createRollup(options)(new AbortController().signal);
}

function known(kept: { metrics: number; metric_rollups: number }): KnownRollups {
  return createKnownRollups({ reader: database.reader, keptDays: () => kept, clock: () => now });
}

const notRolledUp = { fiveMinutes: undefined, hours: undefined };
const nothingKnown: KnownRollups = {
  keptFrom: () => ({ samplesFromMs: 0, rollupsFromMs: 0 }),
  progress: async () => ({ numbers: notRolledUp, distributions: notRolledUp }),
};

interface Times {
  readonly from: number;
  readonly to: number;
  readonly stepMs: number;
}

function ask(query: string, { from, to, stepMs }: Times, rollups: KnownRollups): Promise<QueryResult> {
  const { reader } = database;
  const catalog = createSeriesCatalog({ reader, maxKnownSeries: 1000 });
  const source = createSampleSource({ reader, tenant: "default", limits, catalog, rollups });
  const run = { source, signal: AbortSignal.timeout(60_000) };
  if (from === to) return engine.instant(readQuery(query), to, run);
  return engine.range(readQuery(query), { startMs: from, endMs: to, stepMs }, run);
}

type Answered = Map<string, number | Histogram>;

/** Each value by its series and time. */
function answered({ value }: QueryResult): Answered {
  const all: Answered = new Map();
  if (value.kind === "vector") for (const one of value.samples) all.set(formatLabels(one.labels), one.value);
  if (value.kind !== "matrix") return all;
  for (const { labels, floats, histograms } of value.series) {
    for (const [at, ms] of floats.times.entries()) {
      all.set(`${formatLabels(labels)} ${(ms - start) / MINUTE}`, floats.values[at] ?? 0);
    }
    for (const { ms, value: one } of histograms) all.set(`${formatLabels(labels)} ${(ms - start) / MINUTE}`, one);
  }
  return all;
}

/** Numbers that differ by errors of rounding are alike. */
function assertAlike(got: unknown, want: unknown, place: string): void {
  if (typeof want === "number" && typeof got === "number") {
    const tolerance = 1e-9 * Math.max(1, Math.abs(want));
    assert.ok(Object.is(got, want) || Math.abs(got - want) <= tolerance, `${place}: got ${got}, want ${want}`);
  } else if (Array.isArray(want) && Array.isArray(got)) {
    assert.equal(got.length, want.length, place);
    for (const [at, item] of want.entries()) assertAlike(got[at], item, `${place}[${at}]`);
  } else if (typeof want === "object" && want !== null && typeof got === "object" && got !== null) {
    assertAlike(Object.entries(got).flat(), Object.entries(want).flat(), place);
  } else assert.deepEqual(got, want, place);
}

/** `%` is the range. */
const queries = [
  "level",
  "level offset 1h",
  "timestamp(level)",
  "sum by (id) (level)",
  "last_over_time(level[%])",
  "first_over_time(level[%])",
  "min_over_time(level[%])",
  "max_over_time(level[%])",
  "sum_over_time(level[%])",
  "avg_over_time(level[%])",
  "count_over_time(level[%])",
  "present_over_time(level[%])",
  "delta(level[%])",
  'absent_over_time(level{id="1"}[%])',
  "rate(requests_total[%])",
  "increase(requests_total[%])",
  "increase(requests_total[%] offset 2h)",
  "rate(grown_total[%])",
  "sum_over_time(grown_total[%])",
  "rate(latency_bucket[%])",
  "histogram_quantile(0.9, sum by (le) (rate(latency_bucket[%])))",
  "increase(latency_count[%])",
  "latency_sum",
  "latency",
  "resets(latency_bucket[%])",
  "count_over_time(latency_count[%])",
  "rate(latency[%])",
  "rate(spread_bucket[%])",
  "increase(spread[%])",
  "sum_over_time(spread_count[%])",
  "sizes",
  "rate(sizes[%])",
  "histogram_sum(increase(sizes[%]))",
  "rate(jumps[%])",
  "waiting",
  "rate(waiting_count[%])",
  "last_over_time(waiting_sum[%])",
  "max_over_time(rate(requests_total[%])[6h:1h])",
];

const sparse = [
  "level",
  "max_over_time(level[%])",
  "rate(requests_total[%])",
  "rate(latency_bucket[%])",
  "latency",
  "rate(jumps[%])",
];

const grids = [
  { stepMs: HOUR, range: "2h", from: start + 2 * HOUR, to: end, width: "1h", queries },
  { stepMs: 10 * MINUTE, range: "30m", from: start + 3 * HOUR, to: end + 30 * MINUTE, width: "5m", queries },
  // Of each half hour only the last bucket is looked at.
  { stepMs: 30 * MINUTE, range: "5m", from: start + 2 * HOUR, to: end + 30 * MINUTE, width: "5m", queries: sparse },
];

describe("buckets give what samples give", () => {
  for (const { stepMs, range, from, to, width, queries: templates } of grids) {
    for (const template of templates) {
      const query = template.replaceAll("%", range);
      test(`${query}, every ${stepMs / MINUTE} minutes`, async () => {
        const times = { from, to, stepMs };
        const want = await ask(query, times, nothingKnown);
        const got = await ask(query, times, known({ metrics: 30, metric_rollups: 365 }));
        const wanted = answered(want);
        assert.ok(wanted.size > 10 || query.startsWith("absent"), `${wanted.size} values`);
        const answers = answered(got);
        assert.deepEqual([...answers.keys()], [...wanted.keys()]);
        for (const [place, value] of wanted) assertAlike(answers.get(place), value, place);
        assert.deepEqual([want.infos.filter((text) => text.includes("rollups")), want.warnings], [[], got.warnings]);
        // Of the subquery the inner steps are of an hour.
        const widths = query.includes("[6h:1h]") ? /rollups of (1h|5m)/ : new RegExp(`rollups of ${width} up to `);
        assert.ok(
          got.infos.some((text) => widths.test(text)),
          JSON.stringify(got.infos),
        );
      });
    }
  }

  for (const query of [
    "increase(requests_total[15h])",
    "avg_over_time(level[15h])",
    "rate(latency_bucket[15h])",
    "rate(jumps[15h])",
  ]) {
    test(`${query} at one time`, async () => {
      const times = { from: end + 3.3 * MINUTE, to: end + 3.3 * MINUTE, stepMs: 0 };
      const wanted = answered(await ask(query, times, nothingKnown));
      const got = await ask(query, times, known({ metrics: 30, metric_rollups: 365 }));
      assert.match(got.infos.join(), /rollups of 1h/);
      const answers = answered(got);
      assert.ok(wanted.size > 0);
      for (const [place, value] of wanted) assertAlike(answers.get(place), value, place);
    });
  }
});

describe("where samples are no longer kept", () => {
  const kept = { metrics: 0.25, metric_rollups: 365 };
  const goneUntil = now - DAY / 4;
  /** What was answered while there were samples, by the query. */
  const before: Record<string, Answered> = {};
  const cases = [
    { query: "increase(requests_total[2h])", from: start + 2 * HOUR, to: end, stepMs: HOUR, within: 0 },
    { query: "rate(latency_bucket[2h])", from: start + 2 * HOUR, to: end, stepMs: HOUR, within: 0 },
    // Ranges that begin and end within buckets, by up to one of five minutes at either end.
    {
      query: 'increase(requests_total{id="8"}[33m])',
      from: start + HOUR,
      to: start + 8 * HOUR,
      stepMs: 11 * MINUTE,
      within: 2,
    },
    { query: 'count_over_time(level{id="2"}[33m])', from: start + HOUR, to: end, stepMs: 11 * MINUTE, within: 20 },
    { query: 'level{id="2"}', from: start + HOUR, to: end, stepMs: 7 * MINUTE, within: 21 },
  ];

  test("what buckets tell exactly stays exact; the rest is near, of all steps, and said to be", async () => {
    for (const { query, ...times } of cases) before[query] = answered(await ask(query, times, nothingKnown));
    for (const table of ["metrics_samples", "metrics_histograms"]) {
      const sql = `ALTER TABLE ${table} DELETE WHERE toUnixTimestamp64Milli(Timestamp) < ${goneUntil}`;
      await database.clickhouse.command(sql, {}, { settings: { mutations_sync: 1 } });
    }
    for (const { query, within, ...times } of cases) {
      const got = await ask(query, times, known(kept));
      const [answers, wanted] = [answered(got), before[query] ?? new Map()];
      assert.ok(wanted.size > 10, `${wanted.size} values of ${query}`);
      assert.deepEqual([...answers.keys()], [...wanted.keys()], query);
      for (const [place, value] of wanted) {
        if (within === 0) assertAlike(answers.get(place), value, `${query} ${place}`);
        else {
          const off = Math.abs(Number(answers.get(place)) - Number(value));
          assert.ok(off <= within, `${query} ${place}: got ${answers.get(place)}, want ${value} within ${within}`);
        }
      }
      const isSaid = got.warnings.some((text) => /no longer kept: answered from rollups of 5m/.test(text));
      assert.equal(isSaid, within > 0, `${query}: ${JSON.stringify(got.warnings)}`);
    }
  });
});
