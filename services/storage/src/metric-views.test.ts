import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { POINT_FLAGS } from "@sightline/otlp/point-flags";
import { z } from "zod";
import { startTestDatabase, type TestDatabase } from "./testing/database.ts";

let database: TestDatabase;

before(async () => {
  database = await startTestDatabase();
});
after(() => database[Symbol.asyncDispose]());

/** The bits of a double, as the column of an integer has them. */
function bitsOf(value: number): string {
  return String(new BigUint64Array(Float64Array.of(value).buffer)[0]);
}

const whole = z.coerce.number();
const row = z.object({
  count: whole,
  zeroCount: whole,
  positive: z.array(whole),
  negative: z.array(whole),
  flags: whole,
});

test("histograms that count in doubles have rounded counts in the view, others their own", async () => {
  const now = String(Date.now() / 1000);
  const common = { Tenant: "default", MetricName: "payload", Timestamp: now };
  const series = { MetricName: "payload", Type: "exponential_histogram", FirstSeen: now, LastSeen: now };
  await database.insert("metrics_series", [
    { Tenant: "default", Fingerprint: 1, ...series },
    { Tenant: "default", Fingerprint: 2, ...series },
  ]);
  await database.insert("metrics_exponential_histograms", [
    {
      ...common,
      Fingerprint: 1,
      Flags: POINT_FLAGS.floatCounts + POINT_FLAGS.gauge,
      Count: bitsOf(4.6),
      ZeroCount: bitsOf(0.4),
      PositiveBucketCounts: [bitsOf(3.2), bitsOf(0)],
      NegativeBucketCounts: [bitsOf(1)],
    },
    {
      ...common,
      Fingerprint: 2,
      Flags: 1,
      Count: 7,
      ZeroCount: 1,
      PositiveBucketCounts: [6],
      NegativeBucketCounts: [],
    },
  ]);
  const sql =
    "SELECT Count AS count, ZeroCount AS zeroCount, PositiveBucketCounts AS positive, NegativeBucketCounts AS negative, " +
    "Flags AS flags FROM otel_metrics_exp_histogram ORDER BY count";
  assert.deepEqual(await database.clickhouse.query(sql, {}, { schema: row }), [
    { count: 5, zeroCount: 0, positive: [3, 0], negative: [1], flags: 0 },
    { count: 7, zeroCount: 1, positive: [6], negative: [], flags: 1 },
  ]);
});
