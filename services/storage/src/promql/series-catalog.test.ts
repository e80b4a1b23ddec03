import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startTestDatabase, type TestDatabase } from "../testing/database.ts";
import { matcherParams } from "./matchers.ts";
import { createSeriesCatalog, type SeriesCatalog } from "./series-catalog.ts";
import { seriesRange } from "./series-range.ts";

const nowMs = Math.floor(Date.now() / 1000) * 1000;

describe("what series are, remembered", () => {
  let database: TestDatabase;
  let catalog: SeriesCatalog;

  before(async () => {
    database = await startTestDatabase();
    catalog = createSeriesCatalog({ reader: database.reader, maxKnownSeries: 3 });
  });

  after(() => database[Symbol.asyncDispose]());

  async function store(fingerprint: number, instance: string, tenant = "default"): Promise<void> {
    await database.insert("metrics_series", [
      {
        Tenant: tenant,
        MetricName: "up",
        Fingerprint: fingerprint,
        Type: "gauge",
        Attributes: { instance },
        FirstSeen: new Date(nowMs).toISOString(),
        LastSeen: new Date(nowMs).toISOString(),
      },
    ]);
  }

  async function instances(tenant = "default"): Promise<(string | undefined)[]> {
    const params = { ...seriesRange(nowMs - 60_000, nowMs), metrics: ["up"], ...matcherParams([]) };
    const context = { tenant, signal: AbortSignal.timeout(20_000) };
    const { series } = await catalog.find({ matchers: [], params, maxSeries: 10, context });
    return Array.from(series, ({ attributes }) => attributes.get("instance")).sort();
  }

  test("a new one is found beside those that are known, those of a tenant by nobody else", async () => {
    await store(1, "a");
    assert.deepEqual(await instances(), ["a"]);
    await store(2, "b");
    assert.deepEqual(await instances(), ["a", "b"]);
    assert.deepEqual(await instances(), ["a", "b"]);
    assert.deepEqual(await instances("other"), []);
  });

  test("more than are remembered are found as well", async () => {
    for (const fingerprint of [3, 4, 5]) await store(fingerprint, `c${fingerprint}`);
    for (const round of [1, 2]) assert.equal((await instances()).length, 5, `round ${round}`);
  });
});
