import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Reader } from "../query/reader.ts";
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

  async function instances(tenant = "default", asked = catalog): Promise<(string | undefined)[]> {
    const params = { ...seriesRange(nowMs - 60_000, nowMs), metrics: ["up"], ...matcherParams([]) };
    const context = { tenant, signal: AbortSignal.timeout(20_000) };
    const { series } = await asked.find({ matchers: [], params, maxSeries: 10, context });
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

  test("who asks the same all the time is not forgotten before those who asked longer ago", async () => {
    let statements = 0;
    const reader: Reader = {
      ...database.reader,
      readColumns(...asked) {
        statements++;
        return database.reader.readColumns(...asked);
      },
    };
    const counted = createSeriesCatalog({ reader, maxKnownSeries: 8 });
    const statementsOf = async (tenant: string) => {
      const before = statements;
      assert.deepEqual(await instances(tenant, counted), ["a", "b", "c"]);
      return statements - before;
    };
    for (const tenant of ["often", "once", "late"]) {
      for (const [at, instance] of ["a", "b", "c"].entries()) await store(at + 1, instance, tenant);
    }
    // Which series there are is asked every time, what they are only where it is not known.
    assert.deepEqual([await statementsOf("often"), await statementsOf("once")], [2, 2]);
    assert.equal(await statementsOf("often"), 1);
    assert.equal(await statementsOf("late"), 2);
    assert.equal(await statementsOf("often"), 1);
    assert.equal(await statementsOf("once"), 2);
  });
});
