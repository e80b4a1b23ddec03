import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { EventFilters, Severity } from "@sightline/proto/sightline/event/v1/event";
import type { SearchEventsResponse } from "@sightline/proto/sightline/query/v1/query_service";
import { contextOf, startTestDatabase, type TestDatabase } from "../testing/database.ts";
import { getEventStatistics } from "./event-statistics.ts";
import { getEvent } from "./get-event.ts";
import { searchEvents } from "./search-events.ts";

// Recent: older rows than the tables keep are gone at once.
const startMs = Math.floor(Date.now() / 60_000) * 60_000 - 3_600_000;
const startNano = BigInt(startMs) * 1_000_000n;
const clock = () => startMs + 60_000;
let database: TestDatabase;

/** An event `at` seconds after the start. */
function event(id: number, at: number, more: object = {}) {
  return {
    Tenant: "default",
    Timestamp: new Date(startMs + at * 1000).toISOString(),
    EventId: idOf(id),
    EventType: "HEALTH_CHECK",
    Severity: "info",
    Source: "collector",
    Title: `event ${id}`,
    Details: "{}",
    ...more,
  };
}

function idOf(id: number): string {
  return `019b0000-0000-7000-8000-${String(id).padStart(12, "0")}`;
}

before(async () => {
  database = await startTestDatabase();
  await database.insert("events", [
    event(1, 1, { Severity: "critical", Target: "db-1", Category: "health", HealthScore: 12.5 }),
    event(2, 2, { EventType: "anomaly", Source: "analyzer", Details: '{"metric":"cpu.load","value":97}' }),
    event(3, 3, { Title: "Login failed for Ärger", UserId: "u1", SourceIp: "10.0.0.1", Labels: { team: "red" } }),
    event(4, 3, { Description: "disk is full" }),
    event(5, 3),
    event(6, 3, { Tenant: "other", Title: "secret of another tenant" }),
  ]);
  // The same event, sent again.
  await database.insert("events", [event(5, 3)]);
});
after(() => database[Symbol.asyncDispose]());

interface Where {
  readonly cursor?: string;
  readonly tenant?: string;
}

function search(filters: Partial<EventFilters> = {}, { cursor = "", tenant = "default" }: Where = {}) {
  const request = { filters: { ...EventFilters.create(), ...filters }, cursor };
  return searchEvents(database.reader, clock)(request, contextOf(tenant));
}

function titles({ events }: SearchEventsResponse): string[] {
  return events.map((found) => found.title);
}

test("without filters the last hour is given, newest first, repeated events once", async () => {
  const answer = await search();
  assert.deepEqual(titles(answer), ["event 5", "event 4", "Login failed for Ärger", "event 2", "event 1"]);
  assert.equal(answer.totalCount, 5n);
  assert.equal(answer.nextCursor, "");
});

const cases: { name: string; filters: Partial<EventFilters>; want: string[] }[] = [
  { name: "type", filters: { eventTypes: ["anomaly"] }, want: ["event 2"] },
  { name: "severity", filters: { severities: [Severity.CRITICAL, Severity.ERROR] }, want: ["event 1"] },
  { name: "source", filters: { sources: ["analyzer", "nobody"] }, want: ["event 2"] },
  { name: "category", filters: { categories: ["health"] }, want: ["event 1"] },
  { name: "target", filters: { targets: ["db-1"] }, want: ["event 1"] },
  {
    name: "a word of the title, whatever its case",
    filters: { searchText: "LOGIN" },
    want: ["Login failed for Ärger"],
  },
  { name: "a word beyond ASCII", filters: { searchText: "ärger" }, want: ["Login failed for Ärger"] },
  { name: "words of several fields", filters: { searchText: "full event" }, want: ["event 4"] },
  { name: "a word of the details", filters: { searchText: "cpu.load" }, want: ["event 2"] },
  { name: "signs between words count", filters: { searchText: "cpu-load" }, want: [] },
  { name: "part of a word is not the word", filters: { searchText: "eve" }, want: [] },
  { name: "only signs", filters: { searchText: '{"metric"' }, want: ["event 2"] },
  {
    name: "the start is inclusive",
    filters: { startTimeUnixNano: startNano + 3_000_000_000n, sources: ["collector"], searchText: "disk" },
    want: ["event 4"],
  },
  { name: "the end is exclusive", filters: { endTimeUnixNano: startNano + 2_000_000_000n }, want: ["event 1"] },
  { name: "an injection is a text", filters: { sources: ["x') OR 1=1 --", "\\'", "\0", "'"] }, want: [] },
  { name: "an injection into the search", filters: { searchText: "') OR 1=1 -- ' \\" }, want: [] },
];
for (const { name, filters, want } of cases) {
  test(`events are filtered: ${name}`, async () => {
    const answer = await search(filters);
    assert.deepEqual(titles(answer), want);
    assert.equal(answer.totalCount, BigInt(want.length));
  });
}

test("pages follow one another over equal times", async () => {
  const seen: string[] = [];
  let cursor = "";
  do {
    const page = await search({ limit: 2 }, { cursor });
    assert.equal(page.totalCount, 5n);
    seen.push(...titles(page));
    cursor = page.nextCursor;
  } while (cursor !== "");
  assert.deepEqual(seen, ["event 5", "event 4", "Login failed for Ärger", "event 2", "event 1"]);
  assert.deepEqual(titles(await search({ limit: 2, offset: 3 })), ["event 2", "event 1"]);
});

test("an event comes back as it was", async () => {
  const { event: found } = await getEvent(database.reader)({ eventId: idOf(3) }, contextOf("default"));
  assert.equal(found?.timeUnixNano, startNano + 3_000_000_000n);
  assert.equal(found?.severity, Severity.INFO);
  assert.deepEqual(found?.metadata, {
    correlationId: "",
    traceId: "",
    spanId: "",
    userId: "u1",
    sourceIp: "10.0.0.1",
    labels: { team: "red" },
  });
  assert.equal(found?.resourceUsage, undefined);
  const { event: scored } = await getEvent(database.reader)({ eventId: idOf(1) }, contextOf("default"));
  assert.equal(scored?.healthScore, 12.5);
  assert.equal(scored?.metadata, undefined);
});

test("statistics count by value and over time, with empty buckets", async () => {
  const filters = {
    ...EventFilters.create(),
    startTimeUnixNano: startNano,
    endTimeUnixNano: startNano + 5_000_000_000n,
  };
  const request = { filters, bucketSeconds: 1 };
  const answer = await getEventStatistics(database.reader, clock)(request, contextOf("default"));
  assert.equal(answer.totalCount, 5n);
  assert.deepEqual(answer.bySeverity, [
    { value: "info", count: 4n },
    { value: "critical", count: 1n },
  ]);
  assert.deepEqual(answer.byType[0], { value: "HEALTH_CHECK", count: 4n });
  assert.deepEqual(answer.byTarget, [{ value: "db-1", count: 1n }]);
  assert.deepEqual(
    answer.timeline.map((bucket) => bucket.bySeverity.reduce((total, { count }) => total + Number(count), 0)),
    [0, 1, 1, 3, 0],
  );
  assert.equal(answer.timeline[0]?.startUnixNano, startNano);
  assert.equal(answer.bucketSeconds, 1);
});

test("a tenant sees nothing of another", async () => {
  assert.deepEqual(titles(await search({}, { tenant: "other" })), ["secret of another tenant"]);
  assert.deepEqual(titles(await search({}, { tenant: "nobody" })), []);
  await assert.rejects(getEvent(database.reader)({ eventId: idOf(6) }, contextOf("default")), { code: "not_found" });
});

const refused: { field: string; filters?: Partial<EventFilters>; cursor?: string }[] = [
  { field: "limit", filters: { limit: 1001 } },
  { field: "offset", filters: { offset: 10_001 } },
  { field: "search_text", filters: { searchText: "x".repeat(1025) } },
  { field: "start_time_unix_nano", filters: { startTimeUnixNano: 5n, endTimeUnixNano: 5n } },
  { field: "end_time_unix_nano", filters: { endTimeUnixNano: 2n ** 63n } },
  { field: "cursor", cursor: "bm9uc2Vuc2U" },
  { field: "cursor", cursor: Buffer.from('["1","2","3","x\' OR 1"]').toString("base64url") },
];
for (const { field, filters, cursor } of refused) {
  test(`a request that is wrong is told so: ${field}`, async () => {
    const answer = search(filters, cursor === undefined ? {} : { cursor });
    await assert.rejects(answer, { code: "invalid_argument", message: new RegExp(field) });
  });
}

test("an id that is none is refused", async () => {
  await assert.rejects(getEvent(database.reader)({ eventId: "' OR 1" }, contextOf("default")), {
    code: "invalid_argument",
    message: /event_id/,
  });
});
