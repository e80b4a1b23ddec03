import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import type { LabelMatcher } from "@sightline/query/promql/ast";
import { createEngine, readQuery } from "@sightline/query/promql/engine";
import { formatLabels } from "@sightline/query/promql/labels";
import { createStaleTest, type SampledSeries } from "@sightline/query/promql/samples";
import { startTestDatabase, type TestDatabase } from "../testing/database.ts";
import { createSampleSource } from "./sample-source.ts";
import { createSeriesCatalog, type SeriesCatalog } from "./series-catalog.ts";

const second = 1000;
const nowMs = Math.floor(Date.now() / 60_000) * 60_000;
const limits = { maxMetrics: 100, maxSeries: 100, maxSamples: 1000 };
const hints = { stepMs: 0, rangeMs: 0, windowMs: null, function: "", grouping: null, by: false };
const known = { fiveMinutes: undefined, hours: undefined };
const rollups = {
  keptFrom: () => ({ samplesFromMs: 0, rollupsFromMs: 0 }),
  progress: async () => ({ numbers: known, distributions: known }),
};
const notes = { inform: () => undefined, warn: () => undefined };

describe("samples for PromQL", () => {
  let database: TestDatabase;
  let catalog: SeriesCatalog;
  let fingerprints = 0;

  before(async () => {
    database = await startTestDatabase();
    catalog = createSeriesCatalog({ reader: database.reader, maxKnownSeries: 8 });
    await store("up", { attributes: { job: "api", instance: "a:1" } }, [
      { value: 0 },
      { value: 0 },
      { value: 1, at: 30 },
    ]);
    await store("up", { attributes: { job: "db", instance: "b:1" } }, [{ value: 1 }]);
    await store("up", { tenant: "other", attributes: { job: "secret" } }, [{ value: 1 }]);
    await store("http.server.requests", { attributes: { "http.route": "/a\nb" }, resource: shop, type: "sum" }, [
      { value: 5 },
    ]);
    await store("grown", { type: "sum", temporality: "delta" }, [{ value: 5 }, { value: 7, at: 15 }]);
    await store("latency", { type: "histogram" }, [
      { table: "metrics_histograms", Count: 6, Sum: 3.5, BucketCounts: [1, 2, 3], ExplicitBounds: [0.1, 0.5] },
      { table: "metrics_histograms", at: 15, Flags: 1, Count: 0, Sum: 0, BucketCounts: [], ExplicitBounds: [0.1, 0.5] },
    ]);
    await store("sizes", { type: "exponential_histogram" }, [
      {
        table: "metrics_exponential_histograms",
        Count: 7,
        Sum: 9,
        Scale: 1,
        ZeroCount: 1,
        ZeroThreshold: 0.001,
        PositiveOffset: -1,
        PositiveBucketCounts: [2, 0, 4],
      },
    ]);
    await store("waiting", { type: "summary" }, [
      { table: "metrics_summaries", Count: 4, Sum: 8, Quantiles: [0.5, 0.99], Values: [1.5, 4] },
    ]);
  });

  after(() => database[Symbol.asyncDispose]());

  const shop = { "service.namespace": "shop", "service.name": "cart", "service.instance.id": "pod-1" };

  interface Stored {
    readonly tenant?: string;
    readonly attributes?: Readonly<Record<string, string>>;
    readonly resource?: Readonly<Record<string, string>>;
    readonly type?: string;
    readonly temporality?: string;
  }

  interface StoredPoint extends Readonly<Record<string, unknown>> {
    readonly table?: string;
    /** Seconds after the first. */
    readonly at?: number;
    readonly value?: number;
  }

  async function store(name: string, series: Stored, points: readonly StoredPoint[]): Promise<void> {
    const { tenant = "default", attributes = {}, resource = {}, type = "gauge", temporality = "cumulative" } = series;
    fingerprints += 1;
    const key = { Tenant: tenant, MetricName: name, Fingerprint: fingerprints };
    const seen = (nowMs - 60 * second) / second;
    const timeOf = (unixSeconds: number) => new Date(unixSeconds * second).toISOString();
    await database.insert("metrics_series", [
      {
        ...key,
        Type: type,
        Temporality: temporality,
        Attributes: attributes,
        ResourceAttributes: resource,
        FirstSeen: timeOf(seen),
        LastSeen: timeOf(seen),
      },
    ]);
    for (const { table = "metrics_samples", at = 0, value, ...columns } of points) {
      const number = value === undefined ? {} : { Value: value };
      await database.insert(table, [{ ...key, Timestamp: timeOf(seen + at), ...number, ...columns }]);
    }
  }

  async function select(
    matchers: readonly LabelMatcher[],
    { tenant = "default", given = limits } = {},
  ): Promise<readonly SampledSeries[]> {
    const source = createSampleSource({ reader: database.reader, tenant, limits: given, catalog, rollups });
    const range = { startMs: nowMs - 300 * second, endMs: nowMs };
    const whenReleased = () => undefined;
    return await source.select({ matchers, ...range, hints, notes, whenReleased }, AbortSignal.timeout(20_000));
  }

  const named = (value: string): LabelMatcher => ({ name: "__name__", operator: "=", value });
  const texts = (series: readonly SampledSeries[]) =>
    series.map(({ labels, values }) => `${formatLabels(labels)} ${values.join(" ")}`);

  test("of a metric's series those that fulfil every condition, in the order of their labels", async () => {
    const job = (operator: LabelMatcher["operator"], value: string): LabelMatcher => ({ name: "job", operator, value });
    const both = ['{__name__="up", instance="a:1", job="api"} 0 1', '{__name__="up", instance="b:1", job="db"} 1'];
    const cases: [LabelMatcher[], string[]][] = [
      [[named("up")], both],
      [[named("up"), job("=", "db")], both.slice(1)],
      [[named("up"), job("!=", "db")], both.slice(0, 1)],
      [[named("up"), job("=~", "a.*|x")], both.slice(0, 1)],
      [[named("up"), job("!~", "a.+")], both.slice(1)],
      [[named("up"), { name: "zone", operator: "=", value: "" }], both],
      [[named("up"), { name: "zone", operator: "=~", value: ".+" }], []],
      [[{ name: "__name__", operator: "=~", value: "u." }], both],
      [[{ name: "instance", operator: "=", value: "b:1" }], both.slice(1)],
      [[named("nothing")], []],
    ];
    for (const [matchers, want] of cases) assert.deepEqual(texts(await select(matchers)), want);
    assert.deepEqual(texts(await select([named("up")], { tenant: "other" })), ['{__name__="up", job="secret"} 1']);
  });

  test("a sample that was sent twice is one", async () => {
    const [series] = await select([named("up"), { name: "job", operator: "=", value: "api" }]);
    assert.deepEqual(
      Array.from(series?.times ?? [], (time) => time - nowMs),
      [-60 * second, -30 * second],
    );
  });

  test("job and instance come from the resource; a pattern's dot is any character", async () => {
    const route: LabelMatcher = { name: "http.route", operator: "=~", value: "/a.b" };
    assert.deepEqual(texts(await select([named("http.server.requests"), route])), [
      '{__name__="http.server.requests", "http.route"="/a\\nb", instance="pod-1", job="shop/cart"} 5',
    ]);
  });

  test("deltas are told from totals", async () => {
    const [series] = await select([named("grown")]);
    assert.equal(series?.isDelta, true);
    assert.deepEqual(Array.from(series?.values ?? []), [5, 7]);
  });

  test("an explicit histogram is classic series and a native one", async () => {
    assert.deepEqual(texts(await select([named("latency_bucket"), { name: "le", operator: "!=", value: "0.1" }])), [
      '{__name__="latency_bucket", le="+Inf"} 6 NaN',
      '{__name__="latency_bucket", le="0.5"} 3 NaN',
    ]);
    assert.deepEqual(texts(await select([named("latency_count")])), ['{__name__="latency_count"} 6 NaN']);
    assert.deepEqual(texts(await select([named("latency_sum")])), ['{__name__="latency_sum"} 3.5 NaN']);
    const [native] = await select([named("latency")]);
    assert.deepEqual(native?.histograms?.[0]?.bounds, [0.1, 0.5]);
    assert.deepEqual(native?.histograms?.[0]?.positive, { indexes: [0, 1, 2], counts: [1, 2, 3] });
    assert.ok(native !== undefined && createStaleTest(native.values)(1), "nothing recorded is the end of the series");
  });

  test("an exponential histogram is a native one", async () => {
    const [native] = await select([named("sizes")]);
    const histogram = native?.histograms?.[0];
    assert.equal(histogram?.schema, 1);
    assert.equal(histogram?.zeroCount, 1);
    assert.deepEqual(histogram?.positive, { indexes: [0, 2], counts: [2, 4] });
  });

  test("a summary is its quantiles, its count and its sum", async () => {
    const any: LabelMatcher = { name: "__name__", operator: "=~", value: "waiting.*" };
    assert.deepEqual(texts(await select([any])), [
      '{__name__="waiting", quantile="0.5"} 1.5',
      '{__name__="waiting", quantile="0.99"} 4',
      '{__name__="waiting_count"} 4',
      '{__name__="waiting_sum"} 8',
    ]);
  });

  test("the selectors of a query may hold so many samples together", async () => {
    const given = { ...limits, maxSamples: 5 };
    const options = { reader: database.reader, tenant: "default", limits: given, catalog, rollups };
    const signal = AbortSignal.timeout(20_000);
    const source = createSampleSource(options);
    const range = { startMs: nowMs - 300 * second, endMs: nowMs, hints, notes };
    const releases: (() => void)[] = [];
    const whenReleased = (call: () => void) => {
      releases.push(call);
    };
    const selectThree = () => source.select({ matchers: [named("up")], ...range, whenReleased }, signal);
    await selectThree();
    await assert.rejects(selectThree(), /too many samples into memory/);
    for (const release of releases) release();
    assert.equal((await selectThree()).length, 2);
    // The one has its answer before the other one is asked for.
    const query = readQuery("topk(scalar(count(count_over_time(up[5m]))), max_over_time(up[5m]))");
    const { value } = await createEngine().instant(query, nowMs, { source: createSampleSource(options), signal });
    assert.equal(value.kind === "vector" && value.samples.length, 2);
  });

  test("too much is refused before it is held", async () => {
    const everything: LabelMatcher[] = [{ name: "__name__", operator: "=~", value: ".+" }];
    for (const [given, message] of [
      [{ ...limits, maxMetrics: 2 }, /more than 2, want at most that many; give a name/],
      [{ ...limits, maxSeries: 3 }, /more than 3, want at most that many; add label matchers/],
      [{ ...limits, maxSamples: 4 }, /too many samples into memory/],
    ] as const) {
      await assert.rejects(select(everything, { given }), (thrown) => {
        const error = AppError.from(thrown);
        return error.code === "resource_exhausted" && message.test(error.message);
      });
    }
  });
});
