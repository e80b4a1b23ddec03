import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { SearchLogsRequest } from "@sightline/proto/sightline/query/v1/query_service";
import { contextOf, startTestDatabase, type TestDatabase } from "../testing/database.ts";
import { readTimeline } from "./log-timeline.ts";
import { searchLogs } from "./search-logs.ts";
import { parseSearchText } from "./search-text.ts";

const DAY = 86_400;
const start = Math.floor(Date.now() / 1000 / DAY) * DAY - DAY;
const range = { startUnixNano: BigInt(start) * 1_000_000_000n, endUnixNano: BigInt(start + DAY) * 1_000_000_000n };
let database: TestDatabase;

before(async () => {
  database = await startTestDatabase();
  // Ten a minute, half of them of the phrase, a tenth of those errors.
  await database.clickhouse.command(
    `INSERT INTO otel_logs (Tenant, Timestamp, Body, SeverityNumber)
     SELECT 'default', toDateTime64(${start} + number * 6, 9), if(number % 2, 'connection reset by peer', 'peer reset by connection'),
       if(number % 20 = 1, 17, 9)
     FROM numbers(14400)`,
  );
});
after(() => database[Symbol.asyncDispose]());

async function timeline(text: string, maxBodies: number) {
  const params = {
    ...{ start: range.startUnixNano, end: range.endUnixNano, minSeverity: 0, services: [], traceId: "" },
    ...{ attributeKeys: [], attributeValues: [] },
    ...parseSearchText(text),
  };
  return await readTimeline({ reader: database.reader, range, params, context: contextOf("default"), maxBodies });
}

test("a phrase is counted exactly where its bodies can be read", async () => {
  const { totalCount, isEstimate, timeline: buckets } = await timeline('"connection reset"', 1_000_000);
  assert.deepEqual([totalCount, isEstimate, buckets.length], [7200n, false, 48]);
});

test("beyond that it is guessed from steps all over the range, and said so", async () => {
  const { totalCount, isEstimate, timeline: buckets } = await timeline('"connection reset"', 2000);
  assert.equal(isEstimate, true);
  assert.equal(totalCount, 7200n);
  assert.deepEqual([...new Set(buckets.map(({ count }) => count))], [150n]);
  const errors = buckets.reduce((sum, { errorCount }) => sum + errorCount, 0n);
  assert.ok(errors > 500n && errors < 1000n, `${errors} errors`);
});

test("words alone are counted by the index, all of them", async () => {
  const { totalCount, isEstimate } = await timeline("connection reset", 10);
  assert.deepEqual([totalCount, isEstimate], [14_400n, false]);
});

test("a search may do without", async () => {
  const search = searchLogs(database.reader, () => (start + DAY) * 1000);
  const request = { ...SearchLogsRequest.create(), range, searchText: "peer", limit: 3, recordsOnly: true };
  const found = await search(request, contextOf("default"));
  assert.deepEqual([found.records.length, found.timeline.length, found.totalCount], [3, 0, 0n]);
});
