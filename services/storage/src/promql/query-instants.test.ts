import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { codeFromGrpc } from "@sightline/errors/wire-codes";
import type { PromqlInstantAnswer, PromqlInstantSample } from "@sightline/proto/sightline/query/v1/promql_service";
import { PromqlNativeHistogram, PromqlRecordedSample } from "@sightline/proto/sightline/query/v1/promql_service";
import { createEngine, readQuery } from "@sightline/query/promql/engine";
import { formatLabels, labelsOf } from "@sightline/query/promql/labels";
import type { ResultValue } from "@sightline/query/promql/result";
import type { Reader } from "../query/reader.ts";
import { contextOf, startTestDatabase, type TestDatabase } from "../testing/database.ts";
import { createMetricSeries } from "./metric-series.ts";
import { type QueryInstantsOptions, queryPromqlInstants } from "./query-instants.ts";
import { createQueryTexts } from "./query-texts.ts";
import { createSampleSource } from "./sample-source.ts";
import { createSeriesCatalog } from "./series-catalog.ts";

const MINUTE = 60_000;
const nowMs = Math.floor(Date.now() / MINUTE) * MINUTE;
const limits = { maxMetrics: 100, maxSeries: 1000, maxSamples: 200_000 };
const notRolledUp = { fiveMinutes: undefined, hours: undefined };
const rollups = {
  keptFrom: () => ({ samplesFromMs: 0, rollupsFromMs: 0 }),
  progress: async () => ({ numbers: notRolledUp, distributions: notRolledUp }),
};

/** Every 15 s for two hours; values as expressions of `step`. */
const stored = [
  ...Array.from({ length: 12 }, (_, at) => ({
    table: "metrics_samples",
    name: "requests_total",
    type: "sum",
    labels: { job: at % 2 === 0 ? "api" : "db", code: String(200 + (at % 3) * 100), instance: `i${at}` },
    columns: { Value: `(step % 331) * ${at + 1}` },
  })),
  ...Array.from({ length: 4 }, (_, at) => ({
    table: "metrics_samples",
    name: "level",
    type: "gauge",
    labels: { zone: String(at) },
    // One ends now and then, and says so; one comes with gaps.
    columns: {
      Value: at === 1 ? "if(step % 40 = 30, reinterpretAsFloat64(0x7ff0000000000002), step)" : `sin(step) * ${at}`,
    },
    where: at === 2 ? "intDiv(step, 30) % 2 = 0" : "1",
  })),
  { table: "metrics_samples", name: "grown", type: "sum", isDelta: true, labels: {}, columns: { Value: "step % 7" } },
  {
    table: "metrics_histograms",
    name: "latency",
    type: "histogram",
    labels: { path: "/a" },
    columns: {
      BucketCounts: "[step % 53, (step % 800) * 100, 3]",
      ExplicitBounds: "[0.1, 0.5]",
      Count: "step % 53 + (step % 800) * 100 + 3",
      Sum: "(step % 800) * 0.7",
    },
  },
  {
    table: "metrics_exponential_histograms",
    name: "sizes",
    type: "exponential_histogram",
    labels: { path: "/b" },
    columns: {
      Scale: "1",
      ZeroThreshold: "0.001",
      ZeroCount: "step % 600",
      PositiveOffset: "-1",
      PositiveBucketCounts: "[step % 600, (step % 600) * 2, 4]",
      Count: "(step % 600) * 4 + 4",
      Sum: "(step % 600) * 2.5",
    },
  },
  {
    table: "metrics_summaries",
    name: "waiting",
    type: "summary",
    labels: {},
    columns: { Quantiles: "[0.5, 0.99]", Values: "[step % 20, step]", Count: "step", Sum: "step * 0.3" },
  },
];

const expressions = [
  "requests_total",
  'requests_total{job="api"} > 100',
  'requests_total{job!="api", code=~"2..|5.."}',
  'requests_total{instance!~"i[0-5]"}',
  'sum by (job) (rate(requests_total{code="300"}[5m])) / sum by (job) (rate(requests_total[5m]))',
  "sum(increase(requests_total[1h]))",
  "rate(requests_total[1m]) > rate(requests_total[10m])",
  "requests_total offset 30m",
  "sum(requests_total) - sum(requests_total offset 7m)",
  "topk(3, requests_total)",
  "absent(nothing_such)",
  'absent(requests_total{job="web"})',
  "level",
  "level unless on () level > 1e9",
  "timestamp(level)",
  "max_over_time(level[10m])",
  "changes(level[7m])",
  "quantile_over_time(0.9, level[20m])",
  "max_over_time(rate(requests_total[2m])[20m:1m])",
  "level @ end() + level @ start()",
  `level @ ${nowMs / 1000 - 600}`,
  "predict_linear(level[10m], 3600)",
  "rate(grown[5m])",
  "histogram_quantile(0.9, rate(latency_bucket[5m]))",
  'latency_bucket{le="+Inf"}',
  "latency_count / latency_sum",
  "latency",
  "rate(latency[5m])",
  "sizes",
  "rate(sizes[5m])",
  "histogram_quantile(0.5, sum(rate(sizes[10m])))",
  "waiting",
  'waiting{quantile="0.99"}',
  "rate(waiting_count[5m])",
  "count_over_time(requests_total[13h])",
  '{__name__=~"level|grown"}',
  '{zone="3"}',
  "scalar(grown) + 1",
  "time()",
  "vector(1)",
  // What has no answer.
  "sum(",
  "requests_total[5m]",
  '"a text"',
  "requests_total + on (job) requests_total",
  'label_replace(level, "zone", "x", "zone", ".*")',
];

type RecordedSample = Partial<PromqlRecordedSample> & { readonly labels: string[] };

interface Asked {
  readonly query: string;
  readonly atMs: number;
}

describe("many expressions at once", () => {
  let database: TestDatabase;
  before(async () => {
    database = await startTestDatabase();
    for (const [at, { table, name, type, labels, columns, ...series }] of stored.entries()) {
      const key = { Tenant: "default", MetricName: name, Fingerprint: at + 1 };
      const seen = { FirstSeen: timeText(nowMs - 120 * MINUTE), LastSeen: timeText(nowMs) };
      const temporality = "isDelta" in series ? "delta" : "cumulative";
      const row = { ...key, ...seen, Type: type, Temporality: temporality, Attributes: labels };
      await database.insert("metrics_series", [row]);
      const [names, values] = [Object.keys(columns).join(), Object.values(columns).join()];
      await database.clickhouse.command(
        `INSERT INTO ${table} (Tenant, MetricName, Fingerprint, Timestamp, ${names})
         SELECT 'default', '${name}', ${at + 1}, fromUnixTimestamp64Milli(toInt64(${nowMs - 120 * MINUTE + at * 777} + step * 15000)), ${values}
         FROM (SELECT number AS step FROM numbers(480)) WHERE ${"where" in series ? series.where : "1"}`,
      );
    }
  });
  after(() => database[Symbol.asyncDispose]());

  function optionsOf({ reader = database.reader, given = limits, clock = () => nowMs } = {}): QueryInstantsOptions {
    const catalog = createSeriesCatalog({ reader, maxKnownSeries: 1000 });
    return {
      ...{ reader, limits: given, catalog, rollups },
      engine: createEngine({ maxSamples: given.maxSamples }),
      texts: createQueryTexts({ maxQueries: 100, maxCharacters: 100_000 }),
      series: createMetricSeries({ catalog, clock, maxSeries: given.maxSeries, maxKnownSeries: 1000 }),
    };
  }

  async function ask(
    options: QueryInstantsOptions,
    asked: readonly Asked[],
    { timeoutMs = 0, recorded = [] }: { timeoutMs?: number; recorded?: readonly RecordedSample[] } = {},
  ) {
    const instants = asked.map(({ query, atMs }) => ({ query, unixMs: BigInt(atMs) }));
    const answers: (PromqlInstantAnswer | undefined)[] = asked.map(() => undefined);
    const messages: number[] = [];
    const request = { instants, timeoutMs, recorded: recorded.map((one) => PromqlRecordedSample.fromPartial(one)) };
    for await (const message of queryPromqlInstants(options)(request, contextOf("default"))) {
      messages.push(message.answers.length);
      for (const answer of message.answers) {
        assert.equal(answers[answer.index], undefined, "an answer comes once");
        answers[answer.index] = answer;
      }
    }
    return { answers, messages };
  }

  const codeOf = (answer: PromqlInstantAnswer | undefined) =>
    answer?.problem === undefined ? undefined : codeFromGrpc(answer.problem.code);

  test("the answers are those of each by itself", async () => {
    const times = [0, 17_333, 3_600_000].map((ago) => nowMs - ago);
    const asked = times.flatMap((atMs) => expressions.map((query) => ({ query, atMs })));
    const options = optionsOf();
    const { answers } = await ask(options, asked);
    let values = 0;
    for (const [at, { query, atMs }] of asked.entries()) {
      const [want, answer] = [await alone(options, query, atMs), answers[at]];
      const place = `${query} at ${atMs}`;
      if (want instanceof AppError) {
        assert.deepEqual([codeOf(answer), answer?.problem?.message], [want.code, want.message], place);
        continue;
      }
      assert.equal(answer?.problem, undefined, place);
      assert.deepEqual(answer?.samples.map(sampleText), want, place);
      values += want.length;
    }
    assert.ok(values > 300, `${values} values`);
  });

  async function alone(options: QueryInstantsOptions, query: string, atMs: number): Promise<string[] | AppError> {
    try {
      const source = createSampleSource({ ...options, tenant: "default" });
      const { signal } = contextOf("default");
      const { value } = await options.engine.instant(readQuery(query), atMs, { source, signal });
      return wantedTexts(value);
    } catch (thrown) {
      return AppError.from(thrown);
    }
  }

  test("what is asked of the same metrics is read together", async () => {
    const reads: string[] = [];
    const reader: Reader = {
      ...database.reader,
      readColumns(sql, params, context) {
        reads.push(sql);
        return database.reader.readColumns(sql, params, context);
      },
    };
    const options = optionsOf({ reader });
    const names = ["requests_total", "level", "grown", "absent_metric"];
    const asked = Array.from({ length: 200 }, (_, at) => ({
      query: `sum(rate(${names[at % 4]}{x!="${at}"}[${at % 2 === 0 ? "5m" : "6m"}])) > ${names[(at + 1) % 4]}`,
      atMs: nowMs - at * 3,
    }));
    const { answers } = await ask(options, asked);
    assert.deepEqual(new Set(answers.map(codeOf)), new Set([undefined]));
    // Which series there are, once what they are, and their samples.
    assert.equal(reads.length, 3, reads.join("\n---\n"));
    await ask(options, asked);
    assert.equal(reads.length, 4, "for a moment it is known which series there are");
  });

  test("a series that is new is seen a second later", async () => {
    let clockMs = nowMs;
    const options = optionsOf({ clock: () => clockMs });
    const query = { query: "count(fresh_metric)", atMs: nowMs };
    assert.deepEqual((await ask(options, [query])).answers[0]?.samples, []);
    const key = { Tenant: "default", MetricName: "fresh_metric", Fingerprint: 9999 };
    const seen = { FirstSeen: timeText(nowMs), LastSeen: timeText(nowMs) };
    await database.insert("metrics_series", [{ ...key, ...seen, Type: "gauge" }]);
    await database.insert("metrics_samples", [{ ...key, Timestamp: timeText(nowMs - 1000), Value: 5 }]);
    clockMs += 1000;
    assert.equal((await ask(options, [query])).answers[0]?.samples[0]?.value, 1);
  });

  test("one that needs too much fails, those read with it do not", async () => {
    const options = optionsOf({ given: { ...limits, maxSamples: 2000 } });
    const { answers } = await ask(options, [
      { query: "count_over_time(requests_total[1h])", atMs: nowMs },
      { query: "count_over_time(grown[1h])", atMs: nowMs },
      { query: "level", atMs: nowMs },
    ]);
    assert.deepEqual(answers.map(codeOf), ["resource_exhausted", undefined, undefined]);
  });

  test("one metric with too many series is left to the conditions of its selectors", async () => {
    const options = optionsOf({ given: { ...limits, maxSeries: 5 } });
    const { answers } = await ask(options, [
      { query: "requests_total", atMs: nowMs },
      { query: 'requests_total{code="300"}', atMs: nowMs },
      { query: "level", atMs: nowMs },
    ]);
    assert.deepEqual(answers.map(codeOf), ["resource_exhausted", undefined, undefined]);
    assert.deepEqual(
      answers.slice(1).map((answer) => (answer?.samples.length ?? 0) > 0),
      [true, true],
    );
  });

  test("samples that are on their way count as if they had arrived", async () => {
    const unixMs = BigInt(nowMs - 1000);
    const recorded: RecordedSample[] = [
      { labels: ["__name__", "job:fresh", "job", "a"], unixMs, value: 5 },
      { labels: ["__name__", "job:fresh", "job", "b"], unixMs, value: 7 },
      { labels: ["__name__", "job:fresh", "job", "b"], unixMs: unixMs + 500n, isStale: true },
      // One that continues a stored series, and one that ends another.
      { labels: ["__name__", "level", "zone", "0"], unixMs, value: 42 },
      { labels: ["zone", "3", "__name__", "level"], unixMs, isStale: true },
      {
        labels: ["__name__", "job:sizes"],
        unixMs,
        histogram: PromqlNativeHistogram.fromPartial({
          schema: 1,
          count: 4,
          positiveIndexes: [2],
          positiveCounts: [4],
        }),
      },
    ];
    const cases: readonly (readonly [query: string, want: readonly string[]])[] = [
      ["job:fresh", ['{__name__="job:fresh", job="a"} 5']],
      ['job:fresh{job!="a"}', []],
      ["sum by (job) (sum_over_time(job:fresh[1m]))", ['{job="a"} 5', '{job="b"} 7']],
      ["job:fresh offset 1m", []],
      ['level{zone="0"}', ['{__name__="level", zone="0"} 42']],
      ['level{zone="3"}', []],
      ['count_over_time(level{zone="0"}[40s]) - count_over_time(level{zone="3"}[40s])', []],
      ["count_over_time(level{zone='0'}[31s]) > 2", ['{zone="0"} 3']],
      ["histogram_count(job:sizes)", ["{} 4"]],
      ['{__name__=~"job:f.*"}', ['{__name__="job:fresh", job="a"} 5']],
    ];
    const asked = cases.map(([query]) => ({ query, atMs: nowMs }));
    const { answers } = await ask(optionsOf(), asked, { recorded });
    for (const [at, [query, want]] of cases.entries()) {
      assert.deepEqual(answers[at]?.samples.map(sampleText), want, query);
    }
  });

  /** A reader for which some statements never end. */
  function endless(isEndless: (sql: string, metrics: string) => boolean): Reader {
    return {
      ...database.reader,
      async *readColumns(sql, params, context) {
        if (isEndless(sql, JSON.stringify(params["metrics"] ?? ""))) {
          await new Promise((resolve) => context.signal.addEventListener("abort", resolve, { once: true }));
          throw AppError.from(context.signal.reason);
        }
        yield* database.reader.readColumns(sql, params, context);
      },
    };
  }

  test("a slow one holds up no other, and is told of when its time is over", async () => {
    const reader = endless((_, metrics) => metrics.includes("latency"));
    const asked = ["latency offset 3h", "level", "sum("].map((query) => ({ query, atMs: nowMs }));
    const { answers, messages } = await ask(optionsOf({ reader }), asked, { timeoutMs: 1000 });
    assert.deepEqual(answers.map(codeOf), ["deadline_exceeded", undefined, "invalid_argument"]);
    assert.ok(messages.length > 1, "the others came before");
  });

  test("the time of one begins when something is read for it, not while others are before it", async () => {
    const reader = endless((sql) => sql.includes("metrics_histograms"));
    // As many as are read at a time, and one that waits for them.
    const endlessly = ["a", "b", "c"].map((path) => `{__name__=~"latency", path=~"/a|${path}"}`);
    const asked = [...endlessly, '{zone="3"}'].map((query) => ({ query, atMs: nowMs }));
    const { answers } = await ask(optionsOf({ reader }), asked, { timeoutMs: 2000 });
    assert.deepEqual(answers.map(codeOf), ["deadline_exceeded", "deadline_exceeded", "deadline_exceeded", undefined]);
    assert.ok((answers[3]?.samples.length ?? 0) > 0);
  });

  test("who wants floats does not wait for the histograms that are read for others", async () => {
    const reader = endless((sql) => sql.includes("metrics_histograms"));
    const asked = ["latency_count", "level"].map((query) => ({ query, atMs: nowMs }));
    const { answers } = await ask(optionsOf({ reader }), asked, { timeoutMs: 2000 });
    assert.deepEqual(answers.map(codeOf), ["deadline_exceeded", undefined]);
    assert.ok((answers[1]?.samples.length ?? 0) > 0);
  });

  test("how many may be asked at once is bounded", async () => {
    const query = { query: "vector(1)", atMs: nowMs };
    const refused = (thrown: unknown) => AppError.from(thrown).code === "invalid_argument";
    for (const asked of [[], new Array<Asked>(1001).fill(query), [{ ...query, query: "1 ".repeat(600_000) }]]) {
      await assert.rejects(ask(optionsOf(), asked), refused);
    }
    assert.equal((await ask(optionsOf(), new Array<Asked>(1000).fill(query))).answers.length, 1000);
  });
});

function timeText(unixMs: number): string {
  return new Date(unixMs).toISOString();
}

function wantedTexts(value: ResultValue): string[] {
  if (value.kind === "scalar") return [`{} ${value.value}`];
  if (value.kind !== "vector") {
    const got = value.kind === "matrix" ? "a range vector" : "a string";
    throw new AppError(
      "invalid_argument",
      `cannot evaluate at one time: got ${got}, want an instant vector or a scalar`,
    );
  }
  return value.samples.map((sample) => {
    const { value: number } = sample;
    if (typeof number === "number") return `${formatLabels(sample.labels)} ${number}`;
    const { positive, negative, bounds, hint, ...numbers } = number;
    const buckets = [positive.indexes, positive.counts, negative.indexes, negative.counts, bounds ?? []];
    return `${formatLabels(sample.labels)} ${JSON.stringify([numbers, buckets, ["unknown", "reset", "not_reset", "gauge"].indexOf(hint)])}`;
  });
}

function sampleText({ labels, value, histogram }: PromqlInstantSample): string {
  const pairs = labels.flatMap((name, at): [string, string][] => (at % 2 === 0 ? [[name, labels[at + 1] ?? ""]] : []));
  const text = formatLabels(labelsOf(pairs));
  if (histogram === undefined) return `${text} ${value}`;
  const { positiveIndexes, positiveCounts, negativeIndexes, negativeCounts, bounds, hint, ...numbers } = histogram;
  return `${text} ${JSON.stringify([numbers, [positiveIndexes, positiveCounts, negativeIndexes, negativeCounts, bounds], hint])}`;
}
