import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createMetrics } from "@sightline/query/traceql/metrics/metrics";
import type { TimeSeries } from "@sightline/query/traceql/metrics/time-series";
import { type MetricsPlan, plan } from "@sightline/query/traceql/plan";
import { columnsOfSpans, type SpanLiteral } from "@sightline/query/traceql/testing/traces";
import { parseTraceQl } from "@sightline/query/traceql/traceql";
import { keyOf } from "@sightline/query/traceql/value";
import { contextOf, startTestDatabase, type TestDatabase } from "../testing/database.ts";
import { queryTraceQlMetrics } from "./query-traceql-metrics.ts";
import { manyTraces } from "./testing/many-traces.ts";
import { spanRow } from "./testing/span-rows.ts";

/** Recent, or the table would not keep it. Each trace begins two seconds after the one before, the first on a minute. */
const beganMs = Math.floor(Date.now() / 60_000) * 60_000 - 3_600_000;
const numbers = ["1", "2", "3.5", "1e3", "-4", "0", "NaN", "Infinity", "none", "9007199254740993", "[5]"];

const traces = Array.from({ length: 60 }, (_, at) => {
  const spans: readonly SpanLiteral[] = [
    {
      id: "01",
      name: `root ${at % 2}`,
      service: "web",
      ms: 2 ** (at % 9),
      kind: "server",
      resource: { region: at % 3 === 0 ? "eu" : "us" },
    },
    {
      id: "02",
      parent: "01",
      name: "pay",
      ...(at % 4 === 0 ? {} : { service: "pay" }),
      at: at % 5,
      ms: at * 3,
      status: at % 6 === 0 ? "error" : "ok",
      span: { n: numbers[at % numbers.length] ?? "" },
    },
    {
      id: "03",
      parent: "02",
      name: "db",
      service: "db",
      at: 1000,
      ms: 1,
      events: at % 3 === 0 ? [{ name: "e", at: at + 1 }] : [],
    },
  ];
  return { id: at.toString(16).padStart(32, "0"), beganMs: beganMs + at * 2000, spans };
});

let database: TestDatabase;

before(async () => {
  database = await startTestDatabase();
  const rows = traces.flatMap(({ spans, ...trace }) => spans.map((span) => spanRow(span, trace)));
  await database.insert("otel_traces", [...rows, ...rows.map((row) => ({ ...row, Tenant: "other" }))]);
});

after(async () => await database[Symbol.asyncDispose]());

function metricsPlan(source: string): MetricsPlan {
  const planned = plan(parseTraceQl(source).query);
  if (planned.type !== "metrics") throw new Error(`want metrics, got ${source}`);
  return planned;
}

function show(series: readonly TimeSeries[]): string[] {
  return series
    .map(
      ({ labels, values }) =>
        `${labels.map(({ name, value }) => `${name}=${keyOf(value)}`)} ${[...values].map((value) => Number(value.toPrecision(9)))}`,
    )
    .toSorted();
}

const range = {
  startUnixNano: BigInt(beganMs + 4000) * 1_000_000n,
  endUnixNano: BigInt(beganMs + 95_000) * 1_000_000n,
  stepNanos: 10_000_000_000n,
  isInstant: false,
};

/** What the engine makes of all traces. */
function wanted(planned: MetricsPlan, isInstant: boolean): string[] {
  const metrics = createMetrics(planned, { range: { ...range, isInstant } });
  planned.leaves.forEach((leaf, at) => {
    for (const { spans, ...trace } of traces) {
      metrics.leaves[at]?.observeTrace(columnsOfSpans(spans, leaf.fields, trace));
    }
  });
  return show(metrics.results().series);
}

const queries = [
  "{} | rate()",
  "{ status = error } | count_over_time() by (resource.service.name)",
  "{ nestedSetParent < 0 } | rate() by (.region, name, kind)",
  "{ name = `pay` } | count_over_time() by (span.n)",
  "{ name = `db` } | count_over_time() by (event:name, event:timeSinceStart)",
  "{} | min_over_time(duration) by (name)",
  "{} | max_over_time(span.n) by (status)",
  "{} | avg_over_time(duration) by (resource.service.name)",
  "{ span.n != `Infinity` } | sum_over_time(span.n)",
  "{} | quantile_over_time(duration, 0, .5, .9, 1) by (name)",
  "{} | quantile_over_time(span.n, .5) by (name)",
  "{} | histogram_over_time(duration)",
  "{} | histogram_over_time(event:timeSinceStart) by (name)",
  "{ name = `pay` } || { kind = server } | count_over_time() by (name) | topk(1)",
  "({ status = error } | rate()) / ({} | rate()) * 100 > 5",
  // What the engine has to look at.
  "{ span.n * 2 > 3 } | rate() by (name)",
  "{ kind = server } >> { status = error } | count_over_time()",
  "{} | count_over_time() by (rootName)",
  "{ name = `pay` } | by(status) | max(duration) > 60ms | avg_over_time(duration)",
  "{} | compare({ status = error }, 2)",
];

test("the series are those that the engine makes of all spans", async () => {
  for (const source of queries) {
    const planned = metricsPlan(source);
    for (const isInstant of [false, true]) {
      const options = { range: { ...range, isInstant }, context: contextOf("default"), limits: manyTraces };
      const { series, isLimited } = await queryTraceQlMetrics(database.reader, planned, options);
      assert.deepEqual(show(series), wanted(planned, isInstant), source);
      assert.equal(isLimited, false, source);
    }
  }
});

test("refuses too many groups, and says when it did not look at everything", async () => {
  const options = { range, context: contextOf("default") };
  const limits = { ...manyTraces, maxCandidates: 5, maxSpansAtOnce: 20 };
  const many = queryTraceQlMetrics(database.reader, metricsPlan("{} | rate() by (name, span.n)"), {
    ...options,
    limits,
  });
  await assert.rejects(many, /got more than 20 groups of spans, want fewer groups/);
  const cut = await queryTraceQlMetrics(database.reader, metricsPlan("{} >> {} | rate()"), { ...options, limits });
  assert.equal(cut.isLimited, true);
});

test("a metric that the database computes has examples too, of their own values", async () => {
  const options = { range, context: contextOf("default"), limits: { ...manyTraces, maxExemplars: 10 } };
  const { series } = await queryTraceQlMetrics(
    database.reader,
    metricsPlan("{} | max_over_time(duration) by (name)"),
    options,
  );
  const exemplars = series.flatMap((each) => each.exemplars);
  assert.equal(exemplars.length, 10);
  assert.ok(
    exemplars.every(({ value }) => value > 0 && value < 1),
    "in seconds",
  );
  assert.equal(new Set(exemplars.map(({ traceId }) => traceId)).size, 10);
  const counted = await queryTraceQlMetrics(database.reader, metricsPlan("{} | count_over_time()"), options);
  const [count] = counted.series;
  assert.ok((count?.exemplars.length ?? 0) > 0);
  assert.ok(
    count?.exemplars.every(({ value }) => count.values.includes(value)),
    "on the line",
  );
});
