import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Span_SpanKind, Status_StatusCode } from "@sightline/proto/opentelemetry/proto/trace/v1/trace";
import { ListServicesRequest, SearchTracesRequest } from "@sightline/proto/sightline/query/v1/query_service";
import { contextOf, startTestDatabase, type TestDatabase } from "../testing/database.ts";
import { getTrace } from "./get-trace.ts";
import { listServices } from "./list-services.ts";
import { searchTraces } from "./search-traces.ts";

const startMs = Math.floor(Date.now() / 60_000) * 60_000 - 3_600_000;
const startNano = BigInt(startMs) * 1_000_000n;
const clock = () => startMs + 60_000;
let database: TestDatabase;

const lonely = "0000000000000000000000000000000e";
const checkout = "0000000000000000000000000000000a";
const search = "0000000000000000000000000000000b";
const orphan = "0000000000000000000000000000000c";
const foreign = "0000000000000000000000000000000d";

/** A span so many milliseconds after the start. */
function span(traceId: string, spanId: string, atMs: number, more: object = {}) {
  return {
    Tenant: "default",
    Timestamp: `${(startMs + atMs) / 1000}`,
    TraceId: traceId,
    SpanId: spanId.padStart(16, "0"),
    SpanKind: "Internal",
    StatusCode: "Unset",
    ServiceName: "shop",
    SpanName: "work",
    Duration: 1_000_000,
    ...more,
  };
}

before(async () => {
  database = await startTestDatabase();
  const root = { SpanName: "POST /checkout", SpanKind: "Server", Duration: 90_000_000, StatusCode: "Ok" };
  await database.insert("otel_traces", [
    span(checkout, "1", 0, { ...root, ResourceAttributes: { "service.name": "shop" }, SpanAttributes: { user: "u1" } }),
    span(checkout, "2", 10, {
      ParentSpanId: "1".padStart(16, "0"),
      ServiceName: "payment",
      SpanName: "charge",
      SpanKind: "Client",
      StatusCode: "Error",
      StatusMessage: "card declined",
      Duration: 100_000_000,
      ResourceAttributes: { "service.name": "payment", "host.name": "h1" },
      "Events.Timestamp": [`${(startMs + 20) / 1000}`],
      "Events.Name": ["exception"],
      "Events.Attributes": [{ "exception.type": "Declined" }],
      "Links.TraceId": [search],
      "Links.SpanId": ["00000000000000ff"],
      "Links.TraceState": ["a=b"],
      "Links.Attributes": [{ why: "because" }],
    }),
    span(search, "3", 1000, { SpanName: "GET /search", SpanKind: "Server", Duration: 5_000_000 }),
    span(orphan, "5", 2010, { ParentSpanId: "4".padStart(16, "0"), SpanName: "later" }),
    span(orphan, "4", 2000, { ParentSpanId: "3".padStart(16, "0"), SpanName: "earlier" }),
    span(foreign, "6", 3000, { Tenant: "other" }),
  ]);
  // In a part of its own, of which the key tells that it ends within a second.
  await database.insert("otel_traces", [span(lonely, "7", 3795, { Tenant: "alone" })]);
  await database.insert("otel_logs", [
    { Tenant: "default", Timestamp: `${startMs / 1000}`, ServiceName: "shop", Body: "x" },
    { Tenant: "default", Timestamp: `${startMs / 1000}`, ServiceName: "logger", Body: "x" },
    { Tenant: "other", Timestamp: `${startMs / 1000}`, ServiceName: "elsewhere", Body: "x" },
  ]);
});
after(() => database[Symbol.asyncDispose]());

function find(request: Partial<SearchTracesRequest> = {}, tenant = "default") {
  return searchTraces(database.reader, clock)({ ...SearchTracesRequest.create(), ...request }, contextOf(tenant));
}

test("traces are summed up, newest first", async () => {
  const { traces } = await find();
  assert.deepEqual(
    traces.map(({ traceId }) => traceId),
    [orphan, search, checkout],
  );
  assert.deepEqual(traces[2], {
    traceId: checkout,
    rootService: "shop",
    rootName: "POST /checkout",
    startUnixNano: startNano,
    durationNano: 110_000_000n,
    spanCount: 2,
    errorCount: 1,
    services: ["payment", "shop"],
  });
  assert.equal(traces[0]?.rootName, "earlier", "the earliest span stands for a missing root");
});

const cases: { name: string; request: Partial<SearchTracesRequest>; want: string[] }[] = [
  { name: "service", request: { service: "payment" }, want: [checkout] },
  { name: "span name", request: { spanName: "GET /search" }, want: [search] },
  { name: "service and name of one span", request: { service: "shop", spanName: "charge" }, want: [] },
  { name: "at least this long", request: { minDurationNano: 50_000_000n }, want: [checkout] },
  { name: "at most this long", request: { minDurationNano: 2_000_000n, maxDurationNano: 5_000_000n }, want: [search] },
  { name: "errors", request: { errorsOnly: true }, want: [checkout] },
  { name: "a span attribute", request: { attributes: { user: "u1" } }, want: [checkout] },
  { name: "a resource attribute", request: { attributes: { "host.name": "h1" } }, want: [checkout] },
  { name: "attributes of two spans", request: { attributes: { user: "u1", "host.name": "h1" } }, want: [] },
  { name: "a limit", request: { limit: 1 }, want: [orphan] },
  { name: "a range", request: { range: { startUnixNano: startNano, endUnixNano: startNano + 1n } }, want: [checkout] },
  { name: "an injection", request: { service: "' OR 1=1 --", spanName: "\\' OR 1 --" }, want: [] },
];
for (const { name, request, want } of cases) {
  test(`traces are searched: ${name}`, async () => {
    assert.deepEqual(
      (await find(request)).traces.map(({ traceId }) => traceId),
      want,
    );
  });
}

test("a trace comes back as OTLP, by resource", async () => {
  const { resourceSpans } = await getTrace(database.reader)({ traceId: "A" }, contextOf("default"));
  assert.equal(resourceSpans.length, 2);
  const charge = resourceSpans[1]?.scopeSpans[0]?.spans[0];
  assert.equal(charge?.traceId.toString("hex"), checkout);
  assert.equal(charge?.parentSpanId.toString("hex"), "0000000000000001");
  assert.equal(charge?.kind, Span_SpanKind.CLIENT);
  assert.equal(charge?.startTimeUnixNano, startNano + 10_000_000n);
  assert.equal(charge?.endTimeUnixNano, startNano + 110_000_000n);
  assert.deepEqual(charge?.status, { code: Status_StatusCode.ERROR, message: "card declined" });
  assert.equal(charge?.events[0]?.timeUnixNano, startNano + 20_000_000n);
  assert.equal(charge?.events[0]?.attributes[0]?.key, "exception.type");
  assert.equal(charge?.links[0]?.traceId.toString("hex"), search);
  const keys = resourceSpans[1]?.resource?.attributes.map(({ key }) => key).sort();
  assert.deepEqual(keys, ["host.name", "service.name"]);
});

test("a trace is found up to the end of its last second", async () => {
  assert.deepEqual(
    (await find({}, "alone")).traces.map(({ traceId }) => traceId),
    [lonely],
  );
  const { resourceSpans } = await getTrace(database.reader)({ traceId: lonely }, contextOf("alone"));
  assert.equal(resourceSpans.length, 1);
});

test("services are listed with what they sent", async () => {
  const { services } = await listServices(database.reader, clock)(ListServicesRequest.create(), contextOf("default"));
  assert.deepEqual(
    services.map(({ name }) => name),
    ["logger", "payment", "shop"],
  );
  const shop = services[2];
  assert.deepEqual([shop?.spanCount, shop?.errorSpanCount, shop?.logCount], [4n, 0n, 1n]);
  assert.ok((shop?.p50DurationNano ?? 0) >= 5_000_000 && (shop?.p95DurationNano ?? 0) <= 90_000_000);
  assert.deepEqual([services[1]?.errorSpanCount, services[1]?.p50DurationNano], [1n, 0], "it has no entry spans");
});

test("a tenant sees nothing of another", async () => {
  assert.deepEqual(
    (await find({}, "other")).traces.map(({ traceId }) => traceId),
    [foreign],
  );
  await assert.rejects(getTrace(database.reader)({ traceId: foreign }, contextOf("default")), { code: "not_found" });
  const { services } = await listServices(database.reader, clock)(ListServicesRequest.create(), contextOf("nobody"));
  assert.deepEqual(services, []);
});

const refused: { field: string; request: Partial<SearchTracesRequest> }[] = [
  { field: "limit", request: { limit: 501 } },
  { field: "min_duration_nano", request: { minDurationNano: 2n, maxDurationNano: 1n } },
];
for (const { field, request } of refused) {
  test(`a request that is wrong is told so: ${field}`, async () => {
    await assert.rejects(find(request), { code: "invalid_argument", message: new RegExp(field) });
  });
}

for (const traceId of ["", "g", "a".repeat(33), "' OR 1"]) {
  test(`a trace id that is none is refused: ${JSON.stringify(traceId)}`, async () => {
    const answer = getTrace(database.reader)({ traceId }, contextOf("default"));
    await assert.rejects(answer, { code: "invalid_argument", message: /trace_id/ });
  });
}
