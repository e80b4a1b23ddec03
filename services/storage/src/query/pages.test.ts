// Lists are followed by their cursors while records arrive: nothing twice, and nothing missing that was there.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import {
  ExportEventsRequest,
  ExportLogsRequest,
  ExportMetricsRequest,
  ExportTracesRequest,
  ListMetricsRequest,
  ListServicesRequest,
  SearchEventsRequest,
  SearchLogsRequest,
  SearchTracesRequest,
} from "@sightline/proto/sightline/query/v1/query_service";
import { contextOf, startTestDatabase, type TestDatabase } from "../testing/database.ts";
import { exportEvents, exportLogs, exportTraces } from "./export-pages.ts";
import { listMetrics } from "./list-metrics.ts";
import { listServices } from "./list-services.ts";
import { exportMetrics } from "./query-metrics.ts";
import { searchEvents } from "./search-events.ts";
import { searchLogs } from "./search-logs.ts";
import { searchTraces } from "./search-traces.ts";

const COUNT = 60;
const nowMs = Math.floor(Date.now() / 1000) * 1000;
const clock = () => nowMs;
const context = contextOf("ada");
let database: TestDatabase;
let late = 0;

before(async () => {
  database = await startTestDatabase();
  await Promise.all(
    [...Array(COUNT).keys()].filter((at) => at % 20 === 0).map((from) => store("kept", from, from + 20)),
  );
});

after(async () => await database[Symbol.asyncDispose]());

/** Several records have one time. */
const timeOf = (at: number, laterMs = 0) =>
  new Date(nowMs - 60_000 + Math.floor(at / 4) * 1000 + laterMs).toISOString();
const two = (at: number) => String(at).padStart(2, "0");
const hex = (prefix: string, at: number) => `${Buffer.from(prefix).toString("hex")}${two(at)}`.padStart(32, "0");

/** Records of each kind, all named after the prefix. */
async function store(prefix: string, from: number, to: number): Promise<void> {
  const numbers = Array.from({ length: to - from }, (_, at) => from + at);
  const common = (at: number) => ({ Tenant: "ada", Timestamp: timeOf(at), ServiceName: `${prefix}-${two(at)}` });
  await database.insert(
    "otel_logs",
    numbers.map((at) => ({ ...common(at), Body: `${prefix} ${at}` })),
  );
  // A trace has two spans, the second of them a while later.
  const span = (at: number, later: number) => ({
    ...{
      Tenant: "ada",
      Timestamp: timeOf(at, later),
      TraceId: hex(prefix, at),
      SpanId: `${later}`,
      ServiceName: "shop",
    },
    ...{ SpanName: "work", Duration: 5 },
  });
  await database.insert(
    "otel_traces",
    numbers.flatMap((at) => [span(at, 0), span(at, 3000)]),
  );
  const id = (at: number) => `00000000-0000-0000-0000-${hex(prefix, at).slice(-12)}`;
  await database.insert(
    "events",
    numbers.map((at) => ({
      ...{ Tenant: "ada", Timestamp: timeOf(at), EventId: id(at), EventType: "test", Title: `${prefix} ${at}` },
    })),
  );
  await database.insert(
    "metrics_series",
    numbers.map((at) => ({
      ...{ Tenant: "ada", MetricName: `${prefix}_${two(at)}`, Fingerprint: at, Type: "gauge" },
      ...{ FirstSeen: timeOf(0), LastSeen: timeOf(COUNT) },
    })),
  );
}

interface Page {
  readonly names: readonly string[];
  readonly nextCursor: string;
}

/** All that the pages name, with more stored between two of them. */
async function follow(read: (cursor: string) => Promise<Page>): Promise<string[]> {
  const seen: string[] = [];
  let cursor = "";
  let page = 0;
  do {
    const { names, nextCursor } = await read(cursor);
    seen.push(...names);
    cursor = nextCursor;
    page++;
    assert.ok(page < 60, "the pages have no end");
    // Some before where the page ended, some behind.
    if (page === 2) await store(`late${late++}`, 0, COUNT / 2);
  } while (cursor !== "");
  assert.ok(page > 3, `got ${page} pages`);
  return seen;
}

/** Nothing twice, and each of those that were there from the beginning. */
function assertWhole(seen: readonly string[], keptName: (at: number) => string): void {
  assert.equal(new Set(seen).size, seen.length, "some came twice");
  const missing = [...Array(COUNT).keys()].map(keptName).filter((name) => !seen.includes(name));
  assert.deepEqual(missing, []);
}

describe("following cursors while records arrive", () => {
  const range = { startUnixNano: BigInt(nowMs - 120_000) * 1_000_000n, endUnixNano: 0n };

  for (const oldestFirst of [false, true]) {
    test(`log records, ${oldestFirst ? "oldest" : "newest"} first`, async () => {
      const find = searchLogs(database.reader, clock);
      const request = { ...SearchLogsRequest.create(), range, limit: 13, recordsOnly: true, oldestFirst };
      const seen = await follow(async (cursor) => {
        const { records, nextCursor } = await find({ ...request, cursor }, context);
        return { names: records.map(({ body }) => body), nextCursor };
      });
      assertWhole(seen, (at) => `kept ${at}`);
    });
  }

  test("events", async () => {
    const find = searchEvents(database.reader, clock);
    const filters = { startTimeUnixNano: range.startUnixNano, limit: 13 };
    const seen = await follow(async (cursor) => {
      const { events, nextCursor } = await find(SearchEventsRequest.fromPartial({ filters, cursor }), context);
      return { names: events.map(({ title }) => title), nextCursor };
    });
    assertWhole(seen, (at) => `kept ${at}`);
  });

  test("traces, each once though several of its spans match", async () => {
    const find = searchTraces(database.reader, clock);
    const seen = await follow(async (cursor) => {
      const request = { ...SearchTracesRequest.create(), range, limit: 13, service: "shop", cursor };
      const { traces, nextCursor } = await find(request, context);
      return { names: traces.map(({ traceId }) => traceId), nextCursor };
    });
    assertWhole(seen, (at) => hex("kept", at));
  });

  test("metrics and services, by name", async () => {
    const metrics = await follow(async (cursor) => {
      const request = { ...ListMetricsRequest.create(), limit: 13, nameContains: "kept", cursor };
      const { metrics: found, nextCursor } = await listMetrics(database.reader, clock)(request, context);
      return { names: found.map(({ name }) => name), nextCursor };
    });
    assertWhole(metrics, (at) => `kept_${two(at)}`);
    const services = await follow(async (cursor) => {
      const request = { ...ListServicesRequest.create(), limit: 20, cursor };
      const { services: found, nextCursor } = await listServices(database.reader, clock)(request, context);
      return { names: found.map(({ name }) => name), nextCursor };
    });
    assertWhole(services, (at) => `kept-${two(at)}`);
    assert.deepEqual(services, services.toSorted());
  });
});

describe("exports", () => {
  test("give all that match, in messages that can be gone on from", async () => {
    const filters = { searchText: "kept", limit: 25 };
    const events = await Array.fromAsync(
      exportEvents(database.reader, clock)(ExportEventsRequest.fromPartial({ filters }), context),
    );
    assert.deepEqual(
      events.map((page) => page.events.length),
      [25, 25, 10],
    );
    const from = ExportEventsRequest.fromPartial({ filters, cursor: events[0]?.nextCursor ?? "" });
    const rest = await Array.fromAsync(exportEvents(database.reader, clock)(from, context));
    assert.deepEqual(
      rest.flatMap((page) => page.events),
      events.slice(1).flatMap((page) => page.events),
    );

    const search = { searchText: "kept", limit: 40 };
    const logs = await Array.fromAsync(
      exportLogs(database.reader, clock)(ExportLogsRequest.fromPartial({ search }), context),
    );
    assert.deepEqual(
      logs.map((page) => page.records.length),
      [40, 20],
    );
    const traces = await Array.fromAsync(
      exportTraces(database.reader, clock)(ExportTracesRequest.fromPartial({ search: { service: "shop" } }), context),
    );
    const ids = traces.flatMap((page) => page.traces.map(({ traceId }) => traceId));
    assert.equal(new Set(ids).size, ids.length);
    assert.ok(ids.length >= COUNT);
  });

  test("give every series of a metric", async () => {
    const series = Array.from({ length: 1500 }, (_, at) => ({
      ...{ Tenant: "ada", MetricName: "many", Fingerprint: 1_000_000 + at, Type: "gauge", Attributes: { n: `${at}` } },
      ...{ FirstSeen: timeOf(0), LastSeen: timeOf(COUNT) },
    }));
    const samples = series.map(({ Tenant, MetricName, Fingerprint }, at) => ({
      ...{ Tenant, MetricName, Fingerprint, Timestamp: timeOf(0), Value: at },
    }));
    await database.insert("metrics_series", series);
    await database.insert("metrics_samples", samples);
    const query = { metric: "many", range, stepSeconds: 10 };
    const messages = await Array.fromAsync(
      exportMetrics(database.reader, clock, () => 30)(ExportMetricsRequest.fromPartial({ query }), context),
    );
    const found = messages.flatMap((message) => message.series);
    assert.deepEqual([found.length, found[0]?.labels, found[0]?.values[0]], [1500, { n: "1499" }, 1499]);
    const none = exportMetrics(
      database.reader,
      clock,
      () => 30,
    )(ExportMetricsRequest.fromPartial({ query: { metric: "none" } }), context);
    assert.deepEqual(
      (await Array.fromAsync(none)).flatMap((message) => message.series),
      [],
    );
  });

  const range = { startUnixNano: BigInt(nowMs - 120_000) * 1_000_000n, endUnixNano: 0n };
});
