import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "@sightline/testkit/random";
import { plan } from "../plan.ts";
import { columnsOfSpans, EPOCH_MS, type SpanLiteral } from "../testing/traces.ts";
import { parseTraceQl } from "../traceql.ts";
import type { Value } from "../value.ts";
import { alignRange, defaultStepNanos, intervalsOf } from "./intervals.ts";
import type { MetricsLimits } from "./limits.ts";
import { log2Bucket, log2Quantile } from "./log2.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import { applyStages } from "./second-stage.ts";
import type { TimeSeries } from "./time-series.ts";

const SECOND = 1_000_000_000n;
/** When the hand-made traces begin, which is on a whole 10 s. */
const START = BigInt(EPOCH_MS) * 1_000_000n;

interface Asked {
  readonly seconds?: number;
  readonly step?: number;
  readonly isInstant?: boolean;
  readonly limits?: Partial<MetricsLimits>;
}

function metricsOf(source: string, { seconds = 40, step = 10, isInstant = false, limits = {} }: Asked = {}) {
  const planned = plan(parseTraceQl(source).query);
  if (planned.type !== "metrics") throw new Error(`want metrics, got ${source}`);
  const range = {
    startUnixNano: START,
    endUnixNano: START + BigInt(seconds) * SECOND,
    stepNanos: BigInt(step) * SECOND,
    isInstant,
  };
  return { planned, metrics: createMetrics(planned, { range, limits }) };
}

function show(value: Value): string {
  if (typeof value !== "object" || value === null || !("type" in value)) return String(value);
  return String(value.value);
}

function points({ values }: TimeSeries): string {
  return [...values].map((value) => (Number.isNaN(value) ? "-" : Number(value.toPrecision(6)))).join(" ");
}

function seriesOf(metrics: Metrics): string[] {
  return metrics
    .results()
    .series.map((series) => {
      const labels = series.labels.map(({ name, value }) => `${name}=${show(value)}`).join(",");
      return `{${labels}} ${points(series)}`;
    })
    .sort();
}

function run(source: string, traces: readonly (readonly SpanLiteral[])[], asked: Asked = {}): string[] {
  const { planned, metrics } = metricsOf(source, asked);
  planned.leaves.forEach((leaf, at) => {
    traces.forEach((spans, of) => {
      metrics.leaves[at]?.observeTrace(columnsOfSpans(spans, leaf.fields, { id: `${of}` }));
    });
  });
  return seriesOf(metrics);
}

// Spans at 0 s (which belongs to the interval before), 1 s, 10 s (the first interval's end), 11 s, 25 s and 39 s.
const web: readonly SpanLiteral[] = [
  { id: "a", at: 0, ms: 1, service: "web", name: "x" },
  { id: "b", at: 1000, ms: 100, service: "web", name: "x", span: { n: "4" } },
  { id: "c", at: 10_000, ms: 300, service: "web", name: "y", status: "error", span: { n: "6" } },
  { id: "d", at: 11_000, ms: 200, service: "db", name: "x", span: { n: "2.5" } },
  { id: "e", at: 25_000, ms: 400, service: "db", name: "y", status: "error", span: { n: "no number" } },
  { id: "f", at: 39_000, ms: 800, name: "x" },
];

test("counts spans by interval, and by what they are grouped by", () => {
  const f = (source: string, want: string[], asked?: Asked) =>
    assert.deepEqual(run(source, [web], asked), want, source);
  f("{ true } | count_over_time()", ["{__name__=count_over_time} 2 1 1 1"]);
  f("{ true } | rate()", ["{__name__=rate} 0.2 0.1 0.1 0.1"]);
  f("{ true } | rate()", ["{__name__=rate} 0.15"], { isInstant: true });
  f("{ false } | rate()", ["{__name__=rate} 0 0 0 0"]);
  f("{ true } | count_over_time() by (resource.service.name)", [
    "{resource.service.name=db} 0 1 1 0",
    "{resource.service.name=null} 0 0 0 1",
    "{resource.service.name=web} 2 0 0 0",
  ]);
  f("{ true } | count_over_time() by (resource.service.name, status)", [
    "{resource.service.name=db,status=error} 0 0 1 0",
    "{resource.service.name=db,status=unset} 0 1 0 0",
    "{resource.service.name=web,status=error} 1 0 0 0",
    "{resource.service.name=web,status=unset} 1 0 0 0",
    "{status=unset} 0 0 0 1",
  ]);
  f("{ status = error } | count_over_time() by (rootName)", ["{rootName=x} 1 0 1 0"]);
  f("{ true } >> { true } | count_over_time()", ["{__name__=count_over_time} 0 0 0 0"]);
  f("{ true } | by(name) | count() > 3 | count_over_time() by (name)", ["{name=x} 1 1 0 1"]);
});

test("aggregates a number of each span", () => {
  const f = (source: string, want: string[]) => assert.deepEqual(run(source, [web]), want, source);
  f("{ true } | min_over_time(duration)", ["{__name__=min_over_time} 0.1 0.2 0.4 0.8"]);
  f("{ true } | max_over_time(duration)", ["{__name__=max_over_time} 0.3 0.2 0.4 0.8"]);
  f("{ true } | avg_over_time(duration)", ["{__name__=avg_over_time} 0.2 0.2 0.4 0.8"]);
  f("{ true } | sum_over_time(span.n)", ["{__name__=sum_over_time} 10 2.5 - -"]);
  f("{ true } | avg_over_time(span.n) by (name)", ["{name=x} 4 2.5 - -", "{name=y} 6 - - -"]);
  f("{ true } | max_over_time(span.missing)", []);
  f("{ true } | histogram_over_time(duration)", [
    "{__bucket=0.134217728} 1 0 0 0",
    "{__bucket=0.268435456} 0 1 0 0",
    "{__bucket=0.536870912} 1 0 1 0",
    "{__bucket=1.073741824} 0 0 0 1",
  ]);
  f("{ true } | histogram_over_time(span.n) by (name)", ["{name=x,__bucket=4} 1 1 0 0", "{name=y,__bucket=8} 1 0 0 0"]);
  // Two values in the buckets that end at 2^27 and 2^29 ns: the median is the end of the first.
  f("{ true } | quantile_over_time(duration, 0.5, 1)", [
    "{p=0.5} 0.134218 0.268435 0.536871 1.07374",
    "{p=1} 0.536871 0.268435 0.536871 1.07374",
  ]);
  f("{ true } | quantile_over_time(span.missing, 0.5)", []);
});

test("interpolates quantiles between powers of two", () => {
  assert.deepEqual([0.5, 1, 1.5, 2, 3, 4, 5, 2 ** 52 - 1, 2 ** 52 + 1].map(log2Bucket), [-1, 0, 1, 1, 2, 2, 3, 52, 53]);
  for (let exponent = -60; exponent < 63; exponent++) {
    assert.deepEqual([log2Bucket(2 ** exponent), log2Bucket(2 ** exponent * 1.001)], [exponent, exponent + 1]);
  }
  const counts = [
    { exponent: 3, count: 4 },
    { exponent: 5, count: 4 },
    { exponent: 6, count: 2 },
  ];
  assert.equal(log2Quantile(0.4, counts), 8);
  assert.equal(log2Quantile(0.2, counts), 2 ** 2.5);
  assert.equal(log2Quantile(0.6, counts), 16);
  assert.equal(log2Quantile(1, counts), 64);
  assert.equal(log2Quantile(0, counts), 2 ** 2.25);
  assert.equal(log2Quantile(0.9, []), 0);
});

test("ranks, compares and computes with series", () => {
  const f = (source: string, want: string[]) => assert.deepEqual(run(source, [web]), want, source);
  const by = "by (resource.service.name)";
  f(`{ true } | count_over_time() ${by} | topk(1)`, [
    "{resource.service.name=db} - 1 1 -",
    "{resource.service.name=null} - - - 1",
    "{resource.service.name=web} 2 - - -",
  ]);
  f(`{ true } | count_over_time() ${by} | bottomk(1)`, [
    "{resource.service.name=db} - - - 0",
    "{resource.service.name=null} 0 0 0 -",
  ]);
  f(`{ true } | count_over_time() ${by} > 1`, ["{resource.service.name=web} 2 - - -"]);
  f(`{ true } | count_over_time() ${by} != 0 | topk(5) < 2`, [
    "{resource.service.name=db} - 1 1 -",
    "{resource.service.name=null} - - - 1",
  ]);
  f("({ status = error } | count_over_time()) / ({ true } | count_over_time()) * 100", [
    "{__name__=((count_over_time / count_over_time) * 100)} 50 0 100 0",
  ]);
  f(`({ status = error } | count_over_time() ${by}) / ({ true } | count_over_time() ${by})`, [
    "{resource.service.name=db} - 0 1 -",
    "{resource.service.name=web} 0.5 - - -",
  ]);
  f(`({ true } | count_over_time() ${by}) / ({ true } | count_over_time())`, [
    "{resource.service.name=db} 0 1 1 0",
    "{resource.service.name=null} 0 0 0 1",
    "{resource.service.name=web} 1 0 0 0",
  ]);
  f(`(({ true } | count_over_time() ${by} > 1) - ({ true } | count_over_time() ${by})) > -1`, [
    "{resource.service.name=web} 0 0 0 0",
  ]);
  f("10 - ({ true } | count_over_time()) | topk(1)", ["{__name__=(10 - count_over_time)} 8 9 9 9"]);
  f("({ false } | rate()) / ({ false } | rate())", []);
  f("({ true } | count_over_time() by (name)) + ({ true } | count_over_time() by (status))", []);
});

test("ranks many series as sorting all of them would", () => {
  const random = createRandom(5);
  const series = Array.from(
    { length: 40 },
    (_, at): TimeSeries => ({
      labels: [{ name: "at", value: String(at).padStart(2, "0") }],
      values: Float64Array.from({ length: 20 }, () => (random.oneIn(5) ? Number.NaN : random.below(15))),
      exemplars: [],
    }),
  );
  for (const type of ["topk", "bottomk"] as const) {
    for (const limit of [1, 3, 39, 40, 100]) {
      const kept = applyStages(series, [{ type, limit, position: 0 }]);
      for (let point = 0; point < 20; point++) {
        const wanted = series
          .map(({ values }, at) => ({ value: values[point] ?? Number.NaN, at }))
          .filter(({ value }) => !Number.isNaN(value))
          .sort(
            (one, other) => (type === "topk" ? other.value - one.value : one.value - other.value) || one.at - other.at,
          )
          .slice(0, limit)
          .map(({ at }) => String(at).padStart(2, "0"));
        const got = kept.filter(({ values }) => !Number.isNaN(values[point])).map(({ labels }) => labels[0]?.value);
        assert.deepEqual(got.sort(), wanted.sort(), `${type}(${limit})`);
      }
    }
  }
});

test("compares what selected spans have with all others", () => {
  const f = (source: string, want: string[], asked?: Asked) =>
    assert.deepEqual(run(source, [web], asked), want, source);
  const got = run("{ true } | compare({ status = error }, 1)", [web], { step: 20 });
  for (const want of [
    "{__meta_type=selection,name=y} 1 1",
    "{__meta_type=baseline,name=x} 2 1",
    "{__meta_type=selection_total,name=null} 1 1",
    "{__meta_type=baseline_total,name=null} 2 1",
    "{__meta_type=baseline,span.n=4} 1 0",
    "{__meta_error=__too_many_values__,span.n=null} ",
    "{__meta_type=selection,status=error} 1 1",
  ]) {
    assert.ok(got.includes(want), `want ${want} among\n${got.join("\n")}`);
  }
  assert.ok(!got.some((series) => /duration|trace:id/.test(series)));
  const [from, to] = [START + 20n * SECOND, START + 30n * SECOND];
  const inWindow = run(`{ status = error } | compare({ true }, 5, ${from}, ${to})`, [web], { step: 20 });
  assert.ok(inWindow.includes("{__meta_type=selection_total,name=null} 0 1"));
  assert.ok(inWindow.includes("{__meta_type=baseline_total,name=null} 1 0"));
  f("{ false } | compare({ true })", []);
});

test("a database's groups come to the same as the spans", () => {
  const by = "by (resource.service.name)";
  for (const call of [
    "count_over_time()",
    "sum_over_time(duration)",
    "avg_over_time(duration)",
    "quantile_over_time(duration, .5)",
    "max_over_time(duration)",
  ]) {
    const source = `{ true } | ${call} ${by}`;
    const { planned, metrics } = metricsOf(source);
    assert.deepEqual(planned.leaves[0]?.pushdown?.by, [{ type: "attribute", scope: "resource", name: "service.name" }]);
    for (const { at = 0, ms = 0, service } of web) {
      const interval = metrics.intervals.indexOf(START + BigInt(at) * 1_000_000n);
      const seconds = ms / 1000;
      const group = { count: 1, min: seconds, max: seconds, sum: seconds, exponent: log2Bucket(ms * 1e6) };
      if (interval >= 0) metrics.leaves[0]?.observeGroup([service ?? null], interval, group);
    }
    assert.deepEqual(seriesOf(metrics), run(source, [web]), source);
  }
});

test("divides time as Tempo does", () => {
  const range = {
    startUnixNano: START + 3n * SECOND,
    endUnixNano: START + 31n * SECOND,
    stepNanos: 10n * SECOND,
    isInstant: false,
  };
  const intervals = intervalsOf(range, 100);
  assert.equal(intervals.count, 4);
  const indexes = [0n, 1n, 10n * SECOND, 10n * SECOND + 1n, 40n * SECOND, 40n * SECOND + 1n].map((nanos) =>
    intervals.indexOf(START + nanos),
  );
  assert.deepEqual(indexes, [-1, 0, 0, 1, 3, -1]);
  assert.deepEqual([0, 3].map(intervals.timestampMs), [EPOCH_MS + 10_000, EPOCH_MS + 40_000]);
  assert.equal(alignRange(range).startUnixNano, START - 10n * SECOND);
  assert.equal(alignRange(range).endUnixNano, START + 40n * SECOND);

  const instant = intervalsOf({ ...range, isInstant: true }, 100);
  assert.deepEqual([instant.count, instant.stepSeconds, instant.indexOf(range.startUnixNano)], [1, 28, 0]);
  assert.equal(instant.timestampMs(0), EPOCH_MS + 31_000);

  const step = (seconds: number) => Number(defaultStepNanos(START, START + BigInt(Math.round(seconds * 1e9)))) / 1e9;
  assert.deepEqual([1, 30, 60, 600, 3600, 86_400, 30 * 86_400].map(step), [0.05, 0.1, 1, 2, 15, 300, 10_800]);

  assert.throws(() => intervalsOf({ ...range, endUnixNano: range.startUnixNano }, 10), /want one after the start/);
  assert.throws(() => intervalsOf({ ...range, stepNanos: 0n }, 10), /got the step 0, want more than 0/);
  assert.throws(
    () => intervalsOf({ ...range, stepNanos: SECOND }, 10),
    /got 28 points for each series, want at most 10/,
  );
});

test("holds no more than it may", () => {
  const many = Array.from({ length: 50 }, (_, at) => ({ id: `${at}`, at: 1000 + at, name: `n${at}` }));
  const { planned, metrics } = metricsOf("{ true } | rate() by (name)", { limits: { maxSeries: 10 } });
  metrics.leaves[0]?.observeTrace(columnsOfSpans(many, planned.leaves[0]?.fields ?? []));
  const { series, isLimited } = metrics.results();
  assert.deepEqual([series.length, isLimited], [10, true]);
  assert.throws(
    () => run("{ true } | rate() by (name)", [many], { limits: { maxCells: 100 } }),
    /got more than 100 numbers of series and intervals, want fewer series, a shorter range or a longer step/,
  );
  assert.throws(
    () => run("{ true } | compare({ false })", [many], { limits: { maxCells: 20 } }),
    /more than 20 numbers/,
  );
});

test("gives a few exemplars, spread over the range and one of a trace", () => {
  const traces = Array.from({ length: 40 }, (_, at) => [
    { id: "a", at: 500 + at * 1000, ms: 100 + at },
    { id: "b", parent: "a", at: 600 + at * 1000 },
  ]);
  const { planned, metrics } = metricsOf("{ true } | quantile_over_time(duration, 0.1, 1)", {
    limits: { maxExemplars: 8 },
  });
  for (const [at, spans] of traces.entries()) {
    metrics.leaves[0]?.observeTrace(columnsOfSpans(spans, planned.leaves[0]?.fields ?? [], { id: `t${at}` }));
  }
  const { series } = metrics.results();
  const exemplars = series.flatMap((each) => each.exemplars);
  assert.equal(exemplars.length, 8);
  assert.equal(new Set(exemplars.map(({ traceId }) => traceId)).size, 8);
  assert.deepEqual(
    [0, 1, 2, 3].map(
      (part) => exemplars.filter(({ timestampMs }) => Math.floor((timestampMs - EPOCH_MS) / 10_000) === part).length,
    ),
    [2, 2, 2, 2],
  );
  assert.ok(series[1]?.exemplars.every(({ value }) => value >= 0.1));

  const counted = metricsOf("{ true } | count_over_time()");
  counted.metrics.leaves[0]?.observeTrace(columnsOfSpans(web, counted.planned.leaves[0]?.fields ?? []));
  assert.deepEqual(
    counted.metrics.results().series[0]?.exemplars.map(({ value }) => value),
    [2],
  );
});

test("puts series together operator by operator, between which others may run", () => {
  const { planned, metrics } = metricsOf(`({ true } | rate() by (name))${" + 1".repeat(100)}`);
  metrics.leaves[0]?.observeTrace(columnsOfSpans(web, planned.leaves[0]?.fields ?? []));
  const pieces = metrics.resultsInPieces();
  let count = 0;
  let last = pieces.next();
  for (; last.done !== true; last = pieces.next()) count++;
  assert.ok(count >= 100, `${count} pieces`);
  assert.deepEqual(last.value, metrics.results());
});
