import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import type { ClickHouse } from "@sightline/clickhouse/client";
import { quietLog } from "@sightline/testkit/quiet-log";
import { z } from "zod";
import { startTestDatabase, type TestDatabase } from "../testing/database.ts";
import { createRollup } from "./rollup.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Midnight of yesterday (UTC), so that tests end the day when they want. */
const start = Math.floor(Date.now() / DAY_MS) * DAY_MS - DAY_MS;
const { signal } = new AbortController();
let database: TestDatabase;
let now: number;
let sampleDays: number;
const written = ["metrics_rollup_5m", "metrics_rollup_1h", "metrics_rollup_progress"];

before(async () => {
  database = await startTestDatabase();
});
after(() => database[Symbol.asyncDispose]());

beforeEach(async () => {
  for (const table of ["metrics_samples", "metrics_rollup_late", ...written]) {
    await database.clickhouse.command(`TRUNCATE TABLE ${table}`);
  }
  now = start;
  sampleDays = 30;
});

function rollUp(clickhouse: ClickHouse = database.clickhouse): Promise<void> {
  const sampleDaysOf = () => sampleDays;
  const options = { clickhouse, clock: () => now, delayMs: 60_000, backfillDays: 3, sampleDaysOf, log: quietLog };
  return createRollup(options)(signal);
}

/** Samples so many seconds after the start. */
async function insert(values: Readonly<Record<number, number>>, metric = "requests", tenant = "default") {
  const rows = Object.entries(values).map(([seconds, value]) => ({
    Tenant: tenant,
    MetricName: metric,
    Fingerprint: 1,
    Timestamp: (start / 1000 + Number(seconds)).toFixed(3),
    Value: value,
  }));
  await database.insert("metrics_samples", rows);
}

const rolledRow = z.object({
  minute: z.number(),
  samples: z.number(),
  min: z.number(),
  max: z.number(),
  sum: z.number(),
  first: z.number(),
  last: z.number(),
  increase: z.number(),
});

async function rolled(width: "5m" | "1h", metric = "requests") {
  const sql = `SELECT toInt32((toUnixTimestamp(Bucket) - ${start / 1000}) / 60) AS minute, Samples AS samples, Min AS min,
      Max AS max, Sum AS sum, First AS first, Last AS last, Increase AS increase
    FROM metrics_rollup_${width} FINAL WHERE MetricName = {metric:String} ORDER BY Tenant, minute`;
  return await database.clickhouse.query(sql, { metric }, { schema: rolledRow });
}

/** 10 more every minute for two hours; started again from nothing after 62 minutes. */
const counter = Object.fromEntries(
  Array.from({ length: 120 }, (_, minute) => [minute * 60 + 5, (minute < 62 ? minute : minute - 62) * 10]),
);

test("samples become buckets of five minutes, and those hours", async () => {
  await insert(counter);
  now = start + 2 * HOUR_MS + 61_000;
  await rollUp();
  const fives = await rolled("5m");
  assert.equal(fives.length, 24);
  assert.deepEqual(fives[1], {
    minute: 5,
    samples: 5,
    min: 50,
    max: 90,
    sum: 350,
    first: 50,
    last: 90,
    increase: 40,
  });
  // 60 and 61 minutes after the start, then from nothing: 600, 610, 0, 10, 20.
  assert.deepEqual(fives[12], {
    minute: 60,
    samples: 5,
    min: 0,
    max: 610,
    sum: 1240,
    first: 600,
    last: 20,
    increase: 30,
  });
  const hours = await rolled("1h");
  assert.deepEqual(hours, [
    { minute: 0, samples: 60, min: 0, max: 590, sum: 17_700, first: 0, last: 590, increase: 590 },
    { minute: 60, samples: 60, min: 0, max: 610, sum: 17_740, first: 600, last: 570, increase: 580 },
  ]);
});

test("a bucket waits for its end and a while longer; the next call goes on from there", async () => {
  await insert(counter);
  now = start + 300_000 + 59_000;
  await rollUp();
  assert.equal((await rolled("5m")).length, 0);
  now = start + 600_000 + 60_000;
  await rollUp();
  assert.deepEqual(
    (await rolled("5m")).map(({ minute }) => minute),
    [0, 5],
  );
  now += 300_000;
  await rollUp();
  assert.equal((await rolled("5m")).length, 3);
  assert.equal((await rolled("1h")).length, 0);
});

test("markers of an end are counted and not calculated with", async () => {
  await insert({ 1: 5, 2: 7 });
  await database.clickhouse.command(
    `INSERT INTO metrics_samples SELECT 'default', 'requests', 1, 0, fromUnixTimestamp64Milli(${start + 3000}), nan`,
  );
  now = start + HOUR_MS + 60_000;
  await rollUp();
  const want = { minute: 0, samples: 3, min: 5, max: 7, sum: 12, first: 5, last: 7, increase: 2 };
  assert.deepEqual(await rolled("5m"), [want]);
  assert.deepEqual(await rolled("1h"), [want]);
});

test("a bucket is open at its start: a sample at its end is the last in it", async () => {
  await insert({ 0: 1, 300: 2, 301: 3, 3600: 4, 3601: 5 });
  now = start + 2 * HOUR_MS + 60_000;
  await rollUp();
  const places = (rows: Awaited<ReturnType<typeof rolled>>) => rows.map(({ minute, last }) => [minute, last]);
  assert.deepEqual(places(await rolled("5m")), [
    [-5, 1],
    [0, 2],
    [5, 3],
    [55, 4],
    [60, 5],
  ]);
  assert.deepEqual(places(await rolled("1h")), [
    [-60, 1],
    [0, 4],
    [60, 5],
  ]);
});

test("samples that come late are in it when they have been quiet for a minute, if the others are all still there", async () => {
  await insert(counter);
  now = start + 2 * HOUR_MS + 60_000;
  await rollUp();
  await insert({ 400: 10_000 });
  await insert({ 401: 20_000 }, "requests", "other");
  now = Date.now() + 30_000;
  await rollUp();
  assert.equal((await rolled("5m"))[1]?.max, 90);
  now = Date.now() + 70_000;
  await rollUp();
  const maxima = (rows: Awaited<ReturnType<typeof rolled>>) =>
    rows.map(({ max }) => max).filter((max) => max >= 10_000);
  assert.deepEqual(maxima(await rolled("5m")), [10_000, 20_000]);
  assert.deepEqual(maxima(await rolled("1h")), [10_000, 20_000]);
  assert.equal((await rolled("1h"))[0]?.samples, 61);

  await insert({ 402: 30_000 });
  sampleDays = 0;
  now = Date.now() + 70_000;
  await rollUp();
  assert.deepEqual(maxima(await rolled("1h")), [10_000, 20_000]);
});

test("wherever it was broken off, and however often it is repeated, the result is the same", async () => {
  await insert(counter);
  now = start + 2 * HOUR_MS + 60_000;
  await rollUp();
  const want = [await rolled("5m"), await rolled("1h")];
  let broken = 0;
  for (let survives = 0; ; survives++) {
    for (const table of written) {
      await database.clickhouse.command(`TRUNCATE TABLE ${table}`);
    }
    let left = survives;
    const command: ClickHouse["command"] = async (...args) => {
      if (left === 0) throw new Error("the process ends here");
      left -= 1;
      await database.clickhouse.command(...args);
    };
    const whole = await rollUp({ ...database.clickhouse, command }).then(
      () => true,
      () => false,
    );
    now += 1;
    await Promise.all([rollUp(), rollUp()]);
    assert.deepEqual([await rolled("5m"), await rolled("1h")], want, `broken off after ${survives} writes`);
    if (whole) break;
    broken += 1;
  }
  assert.ok(broken >= 8, `broken off ${broken} times`);
});
