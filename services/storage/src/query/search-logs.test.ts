import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { SearchLogsRequest, type SearchLogsResponse } from "@sightline/proto/sightline/query/v1/query_service";
import { contextOf, startTestDatabase, type TestDatabase } from "../testing/database.ts";
import { searchLogs } from "./search-logs.ts";

// Recent: older rows than the tables keep are gone at once.
const startMs = Math.floor(Date.now() / 60_000) * 60_000 - 3_600_000;
const startNano = BigInt(startMs) * 1_000_000n;
const clock = () => startMs + 60_000;
const traceId = "0af7651916cd43dd8448eb211c80319c";
let database: TestDatabase;

/** A record so many nanoseconds after the start. */
function record(nanos: bigint, body: string, more: object = {}) {
  const time = startNano + nanos;
  return {
    Tenant: "default",
    Timestamp: `${time / 1_000_000_000n}.${String(time % 1_000_000_000n).padStart(9, "0")}`,
    ServiceName: "web",
    SeverityNumber: 9,
    Body: body,
    ...more,
  };
}

before(async () => {
  database = await startTestDatabase();
  await database.insert("otel_logs", [
    record(1n, "GET /users/42 took 12 ms", { LogAttributes: { "http.method": "GET", status: "200" } }),
    record(2n, "Connection reset by peer", { SeverityNumber: 17, TraceId: traceId, ServiceName: "db" }),
    record(2n, "connection to db-1 refused", { SeverityNumber: 21, ResourceAttributes: { "host.name": "a" } }),
    record(2n, "user_id=77 logged in", {
      LogAttributes: { "host.name": "b" },
      ResourceAttributes: { "host.name": "a" },
    }),
    record(3_000_000_000n, "done"),
  ]);
  // Other inserts, with the same time as records of the first.
  await database.insert("otel_logs", [record(2n, "late twin"), record(2n, "late twin")]);
  await database.insert("otel_logs", [record(4n, "secret connection", { Tenant: "other" })]);
});
after(() => database[Symbol.asyncDispose]());

function search(request: Partial<SearchLogsRequest> = {}, tenant = "default") {
  return searchLogs(database.reader, clock)({ ...SearchLogsRequest.create(), ...request }, contextOf(tenant));
}

function bodies({ records }: SearchLogsResponse): string[] {
  return records.map(({ body }) => body).sort();
}

test("records are given newest first and to the nanosecond", async () => {
  const { records, totalCount, nextCursor } = await search();
  assert.equal(records.length, 7);
  assert.equal(totalCount, 7n);
  assert.equal(nextCursor, "");
  assert.deepEqual(
    records.map(({ timeUnixNano }) => timeUnixNano - startNano),
    [3_000_000_000n, 2n, 2n, 2n, 2n, 2n, 1n],
  );
});

const cases: { name: string; request: Partial<SearchLogsRequest>; want: string[] }[] = [
  { name: "a word in any case", request: { searchText: "CONNECTION reset" }, want: ["Connection reset by peer"] },
  { name: "all words", request: { searchText: "connection refused db" }, want: ["connection to db-1 refused"] },
  { name: "a word with signs", request: { searchText: "user_id=77" }, want: ["user_id=77 logged in"] },
  { name: "a word with other signs", request: { searchText: "user-id=77" }, want: [] },
  { name: "a phrase", request: { searchText: '"reset by"' }, want: ["Connection reset by peer"] },
  { name: "a phrase in another order", request: { searchText: '"by reset"' }, want: [] },
  { name: "an unwanted word", request: { searchText: "connection -reset" }, want: ["connection to db-1 refused"] },
  { name: "an unwanted phrase", request: { searchText: 'connection -"to db-1"' }, want: ["Connection reset by peer"] },
  {
    name: "a minimum severity",
    request: { minSeverityNumber: 17, searchText: "reset" },
    want: ["Connection reset by peer"],
  },
  { name: "a greater severity", request: { minSeverityNumber: 18 }, want: ["connection to db-1 refused"] },
  { name: "a service", request: { services: ["db", "none"] }, want: ["Connection reset by peer"] },
  { name: "a trace in upper case", request: { traceId: traceId.toUpperCase() }, want: ["Connection reset by peer"] },
  {
    name: "an attribute",
    request: { attributes: { "http.method": "GET", status: "200" } },
    want: ["GET /users/42 took 12 ms"],
  },
  { name: "an attribute of another value", request: { attributes: { "http.method": "GET", status: "500" } }, want: [] },
  { name: "a resource attribute", request: { attributes: { "host.name": "a" } }, want: ["connection to db-1 refused"] },
  {
    name: "a log attribute before a resource's",
    request: { attributes: { "host.name": "b" } },
    want: ["user_id=77 logged in"],
  },
  { name: "the value of another key", request: { attributes: { status: "GET" } }, want: [] },
  { name: "an injected attribute", request: { attributes: { "x'] = 1 OR 1=1 --": "'" } }, want: [] },
  { name: "an injected service", request: { services: ["') OR ('1'='1", "\\') OR 1 --"] }, want: [] },
  { name: "an injected word", request: { searchText: "x') OR 1=1--" }, want: [] },
];
for (const { name, request, want } of cases) {
  test(`logs are searched: ${name}`, async () => {
    const answer = await search(request);
    assert.deepEqual(bodies(answer), want);
    assert.equal(answer.totalCount, BigInt(want.length));
  });
}

for (const oldestFirst of [false, true]) {
  test(`pages follow one another over equal times, ${oldestFirst ? "oldest" : "newest"} first`, async () => {
    const seen: SearchLogsResponse[] = [];
    do seen.push(await search({ limit: 2, oldestFirst, cursor: seen.at(-1)?.nextCursor ?? "" }));
    while (seen.at(-1)?.nextCursor !== "");
    assert.deepEqual(
      seen.map(({ records }) => records.length),
      [2, 2, 2, 1],
    );
    const all = seen.flatMap(({ records }) => records);
    assert.deepEqual(all.map(({ body }) => body).sort(), bodies(await search()));
    const times = all.map(({ timeUnixNano }) => timeUnixNano);
    const rising = oldestFirst ? times : times.toReversed();
    assert.deepEqual(
      rising,
      times.toSorted((a, b) => Number(a - b)),
    );
    assert.deepEqual(
      seen.map(({ totalCount }) => totalCount),
      [7n, 0n, 0n, 0n],
      "only the first page counts",
    );
  });
}

test("the time line counts records and errors, with empty buckets", async () => {
  const range = { startUnixNano: startNano, endUnixNano: startNano + 60_000_000_000n };
  const { timeline } = await search({ range });
  assert.equal(timeline.length, 60);
  assert.deepEqual(timeline[0], { startUnixNano: startNano, count: 6n, errorCount: 2n });
  assert.deepEqual(timeline[3], { startUnixNano: startNano + 3_000_000_000n, count: 1n, errorCount: 0n });
});

test("a range is inclusive at its start and exclusive at its end", async () => {
  const range = { startUnixNano: startNano + 1n, endUnixNano: startNano + 2n };
  assert.deepEqual(bodies(await search({ range })), ["GET /users/42 took 12 ms"]);
  assert.deepEqual(bodies(await search({ range, oldestFirst: true })), ["GET /users/42 took 12 ms"]);
});

test("a range may end after the last second of a DateTime, and after the last of a DateTime64", async () => {
  for (const endUnixNano of [2n ** 32n * 1_000_000_000n + 1n, 2n ** 63n - 1n]) {
    const { records } = await search({ range: { startUnixNano: startNano, endUnixNano }, recordsOnly: true });
    assert.equal(records.length, 7);
  }
});

test("a tenant sees nothing of another", async () => {
  assert.deepEqual(bodies(await search({ searchText: "connection" }, "other")), ["secret connection"]);
  const first = await search({ limit: 1 });
  const stolen = await search({ cursor: first.nextCursor }, "nobody");
  assert.deepEqual(stolen.records, [], "a cursor opens no other tenant");
});

const refused: { field: string; request: Partial<SearchLogsRequest> }[] = [
  { field: "limit", request: { limit: 5001 } },
  { field: "min_severity_number", request: { minSeverityNumber: 25 } },
  { field: "search_text", request: { searchText: "a ".repeat(33) } },
  { field: "trace_id", request: { traceId: "xyz" } },
  { field: "cursor", request: { cursor: "?" } },
  {
    field: "attributes",
    request: { attributes: Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`k${i}`, "v"])) },
  },
  { field: "range.start_unix_nano", request: { range: { startUnixNano: 10n, endUnixNano: 9n } } },
];
for (const { field, request } of refused) {
  test(`a request that is wrong is told so: ${field}`, async () => {
    await assert.rejects(search(request), { code: "invalid_argument", message: new RegExp(field) });
  });
}
