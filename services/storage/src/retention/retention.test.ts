import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { quietLog } from "@sightline/testkit/quiet-log";
import { z } from "zod";
import { getStorageStatistics } from "../query/storage-statistics.ts";
import { contextOf, startTestDatabase, type TestDatabase } from "../testing/database.ts";
import { applyRetention, retentionConfig } from "./retention.ts";

let database: TestDatabase;
const day = 86_400n;

before(async () => {
  database = await startTestDatabase();
});
after(() => database[Symbol.asyncDispose]());

async function retentions(): Promise<Record<string, bigint>> {
  const statistics = getStorageStatistics(database.reader, async () => []);
  const { tables } = await statistics({}, contextOf("default"));
  return Object.fromEntries(tables.map((table) => [table.table, table.retentionSeconds]));
}

test("the schema keeps what the defaults say", async () => {
  const log = { ...quietLog, info: (fields: object) => assert.fail(`changed ${JSON.stringify(fields)}`) };
  await applyRetention(database.clickhouse, retentionConfig.parse({}), log);
  const { otel_logs, otel_traces, metrics_samples, events } = await retentions();
  assert.deepEqual([otel_logs, otel_traces, metrics_samples, events], [90n * day, 7n * day, 30n * day, 90n * day]);
});

test("a configured retention is applied and read back", async () => {
  const config = retentionConfig.parse({ logsDays: 3, tracesDays: 2, metricsDays: 1, eventsDays: 400 });
  await applyRetention(database.clickhouse, config, quietLog);
  const { otel_logs, otel_traces, metrics_exemplars, events } = await retentions();
  assert.deepEqual([otel_logs, otel_traces, metrics_exemplars, events], [3n * day, 2n * day, day, 400n * day]);
});

test("rows that are older than that go", async () => {
  const config = retentionConfig.parse({ logsDays: 1 });
  await applyRetention(database.clickhouse, config, quietLog);
  const at = (daysAgo: number) => String(Date.now() / 1000 - daysAgo * 86_400);
  await database.insert("otel_logs", [{ Timestamp: at(5), Body: "old" }]);
  await database.insert("otel_logs", [{ Timestamp: at(0), Body: "new" }]);
  await database.clickhouse.command("OPTIMIZE TABLE otel_logs FINAL");
  const rows = await database.clickhouse.query(
    "SELECT Body AS body FROM otel_logs",
    {},
    {
      schema: z.object({ body: z.string() }),
    },
  );
  assert.deepEqual(rows, [{ body: "new" }]);
});
