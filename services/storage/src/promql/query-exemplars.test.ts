import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { QueryExemplarsResponse } from "@sightline/proto/sightline/query/v1/promql_service";
import { contextOf, startTestDatabase, type TestDatabase } from "../testing/database.ts";
import { queryExemplars } from "./query-exemplars.ts";
import { createSeriesCatalog } from "./series-catalog.ts";

const endMs = Math.floor(Date.now() / 60_000) * 60_000;
const startMs = endMs - 600_000;
const limits = { maxMetrics: 100, maxSeries: 10_000, maxSamples: 1000 };

describe("exemplars of the series that a query selects", () => {
  let database: TestDatabase;
  let fingerprints = 0;

  before(async () => {
    database = await startTestDatabase();
    // Of each series one every millisecond, from some seconds after the start.
    await store("rare", { series: 1, each: 2, atMs: 0 });
    await store("many", { series: 2100, each: 1, atMs: 10_000 });
    await store("busy", { series: 1, each: 10_001, atMs: 100_000 });
  });

  after(() => database[Symbol.asyncDispose]());

  async function store(job: string, { series, each, atMs }: Record<"series" | "each" | "atMs", number>): Promise<void> {
    const numbers = Array.from({ length: series }, (_, at) => ({ Fingerprint: ++fingerprints, at }));
    const key = { Tenant: "default", MetricName: "latency" };
    const iso = (ms: number) => new Date(startMs + ms).toISOString();
    await database.insert(
      "metrics_series",
      numbers.map(({ Fingerprint, at }) => ({
        ...key,
        Fingerprint,
        Type: "gauge",
        Attributes: { number: `${at}` },
        ResourceAttributes: { "service.name": job },
        FirstSeen: iso(0),
        LastSeen: iso(0),
      })),
    );
    const exemplars = numbers.flatMap(({ Fingerprint, at }) =>
      Array.from({ length: each }, (_, place) => ({
        ...key,
        Fingerprint,
        Timestamp: iso(atMs + at + place),
        Value: 1,
      })),
    );
    await database.insert("metrics_exemplars", exemplars);
  }

  function ask(query: string): Promise<QueryExemplarsResponse> {
    const { reader } = database;
    const catalog = createSeriesCatalog({ reader, maxKnownSeries: 10_000 });
    const times = { startUnixMs: BigInt(startMs), endUnixMs: BigInt(endMs) };
    return queryExemplars({ reader, limits, catalog })({ query, ...times }, contextOf("default"));
  }

  async function found(query: string) {
    const { series, truncated } = await ask(query);
    const times = series.flatMap(({ exemplars }) => exemplars.map(({ unixMs }) => unixMs - startMs));
    return { series: series.length, count: times.length, oldest: Math.min(...times), truncated };
  }

  test("are found though others of the metric have more that are newer", async () => {
    assert.deepEqual(await found('latency{job="rare"}'), { series: 1, count: 2, oldest: 0, truncated: false });
    const ofTen = { series: 10, count: 10, oldest: 10_100, truncated: false };
    assert.deepEqual(await found('latency{job="many", number=~"10."}'), ofTen);
  });

  test("are found of more series than are told at a time", async () => {
    const all = { series: 2100, count: 2100, oldest: 10_000, truncated: false };
    assert.deepEqual(await found('latency{job="many"}'), all);
    assert.deepEqual(await found('latency{job!="busy"}'), { ...all, series: 2101, count: 2102, oldest: 0 });
  });

  test("are the newest where they are more than an answer has", async () => {
    const newest = { series: 1, count: 10_000, oldest: 100_001, truncated: true };
    assert.deepEqual(await found('latency{job="busy"}'), newest);
    assert.deepEqual(await found("latency"), newest);
    assert.deepEqual(await found('latency{job!="rare"}'), newest);
  });
});
