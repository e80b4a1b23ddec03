import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { contextOf, startTestDatabase, type TestDatabase } from "../testing/database.ts";
import { getStorageStatistics } from "./storage-statistics.ts";

let database: TestDatabase;
const disk = { usedPercent: () => 97, level: () => "full" as const };
const lags = [{ signal: "logs", pendingMessages: 3n }];

before(async () => {
  database = await startTestDatabase();
});
after(() => database[Symbol.asyncDispose]());

test("tables are told of with the tenant's rows, their ages and sizes", async () => {
  const now = Math.floor(Date.now() / 1000);
  await database.insert("otel_logs", [
    { Tenant: "default", Timestamp: `${now - 10}.000000001`, Body: "a" },
    { Tenant: "default", Timestamp: `${now}.5`, Body: "b" },
    { Tenant: "other", Timestamp: `${now - 100}`, Body: "c" },
  ]);
  const { reader, clickhouse } = database;
  const statistics = getStorageStatistics({ reader, clickhouse, lags: async () => lags, disk });
  const answer = await statistics({}, contextOf("default"));
  assert.deepEqual(answer.lags, lags);
  assert.deepEqual([answer.diskUsedRatio, answer.diskIsFull], [0.97, true]);
  const logs = answer.tables.find(({ table }) => table === "otel_logs");
  assert.equal(logs?.rows, 2n);
  assert.equal(logs?.oldestUnixNano, BigInt(now - 10) * 1_000_000_000n + 1n);
  assert.equal(logs?.newestUnixNano, BigInt(now) * 1_000_000_000n + 500_000_000n);
  const bytes = logs?.bytesOnDisk ?? 0n;
  assert.ok(bytes > 0n && (logs?.bytesUncompressed ?? 0n) > 0n);
  assert.equal(logs?.retentionSeconds, 90n * 86_400n);
  // Two of three rows, unless midnight came between them.
  const own = logs?.tenantBytesOnDisk ?? 0n;
  assert.ok(own > bytes / 2n && own < bytes, `${own} of ${bytes}`);
  const events = answer.tables.find(({ table }) => table === "events");
  assert.deepEqual([events?.rows, events?.oldestUnixNano, events?.newestUnixNano], [0n, 0n, 0n]);
});
