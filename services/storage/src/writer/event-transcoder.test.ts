import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { EventBatch, EventFilters, EventMetadata, SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import { searchEvents } from "../query/search-events.ts";
import { contextOf, startTestDatabase, type TestDatabase } from "../testing/database.ts";
import { createEventTranscoder } from "./event-transcoder.ts";

const now = BigInt(Math.floor(Date.now() / 1000)) * 1_000_000_000n;
const context = { tenant: "default", receivedUnixNano: now, subject: "telemetry.events.0", seq: 7 };
let database: TestDatabase;

before(async () => {
  database = await startTestDatabase();
});
after(() => database[Symbol.asyncDispose]());

const full: SystemEvent = {
  eventId: "019b0000-0000-7000-8000-00000000002a",
  timeUnixNano: now - 123_456_789n,
  eventType: "HEALTH_CHECK",
  severity: 4,
  source: "collector",
  target: "db-1 \u{1f4a5}",
  category: "health",
  title: "Database is slow",
  description: "line\nline\ttab\0zero",
  details: '{"a":{"b":[1,2.5,"x"]}}',
  healthScore: 0,
  resourceUsage: { cpuPercent: 99.5, memoryPercent: 0, networkRxBytesPerSecond: 1e9 },
  metadata: {
    correlationId: "c",
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId: "b7ad6b7169203331",
    userId: "u",
    sourceIp: "::1",
    labels: { team: "red", zone: "" },
  },
  observedTimeUnixNano: 0n,
};

function encode(...events: Partial<SystemEvent>[]): Uint8Array {
  return EventBatch.encode({ events: events.map((event) => ({ ...full, ...event })) }).finish();
}

function piecesOf(...payloads: Uint8Array[]): Buffer {
  const transcoder = createEventTranscoder();
  for (const payload of payloads) assert.ok(transcoder.append(payload, context).ok);
  return Buffer.concat(transcoder.blocks().flatMap(({ pieces }) => pieces));
}

test("an event comes out of the database as it went in", async () => {
  const transcoder = createEventTranscoder();
  assert.deepEqual(transcoder.append(encode({}), context), { ok: true, records: 1 });
  const bare = {
    target: "",
    category: "",
    description: "",
    details: "",
    eventId: "019b0000-0000-7000-8000-00000000002b",
  };
  const without = {
    ...bare,
    healthScore: undefined,
    resourceUsage: undefined,
    metadata: undefined,
    severity: 0 as const,
  };
  transcoder.append(encode({ ...without, timeUnixNano: 0n }), context);
  const [block] = transcoder.blocks();
  assert.ok(block !== undefined);
  await database.clickhouse.insertNative(block.table, block.pieces, { columns: block.columns });
  const request = { filters: { ...EventFilters.create(), endTimeUnixNano: now + 1n }, cursor: "" };
  const { events } = await searchEvents(database.reader, Date.now)(request, contextOf("default"));
  assert.deepEqual(events[1], {
    ...full,
    resourceUsage: { ...full.resourceUsage, diskPercent: undefined, networkTxBytesPerSecond: undefined },
    observedTimeUnixNano: now,
  });
  const filledIn = { timeUnixNano: now, severity: 2, details: "{}", observedTimeUnixNano: now };
  assert.deepEqual(events[0], { ...full, ...without, ...filledIn });
});

test("the same messages give the same bytes, ids that were left open included", () => {
  const nameless = encode({ eventId: "" }, { eventId: "" });
  assert.deepEqual(piecesOf(nameless), piecesOf(nameless));
  const transcoder = createEventTranscoder();
  transcoder.append(encode({ title: "from the batch before" }), context);
  transcoder.reset();
  assert.ok(transcoder.append(nameless, context).ok);
  assert.deepEqual(Buffer.concat(transcoder.blocks().flatMap(({ pieces }) => pieces)), piecesOf(nameless));
  const elsewhere = createEventTranscoder();
  elsewhere.append(nameless, { ...context, seq: 8 });
  assert.notDeepEqual(Buffer.concat(elsewhere.blocks().flatMap(({ pieces }) => pieces)), piecesOf(nameless));
});

test("the fast path makes of every event what the slow one does", () => {
  const bare = { healthScore: undefined, resourceUsage: undefined, metadata: undefined };
  const events: Partial<SystemEvent>[] = [
    {},
    { ...bare },
    { ...bare, target: "", category: "", description: "", details: "", severity: 0, timeUnixNano: 0n },
    { eventId: "019B0000-0000-7000-8000-0000000000FF", title: "läuft", details: '{"ü":[]}' },
    { severity: 5, healthScore: 100, resourceUsage: { diskPercent: 1 }, metadata: undefined },
  ];
  // Metadata that is there several times, of which the last counts, is nothing for the fast path.
  const slowly = (event: Partial<SystemEvent>) => {
    const message = SystemEvent.encode({ ...full, ...event }).finish();
    const body = Buffer.concat([Buffer.from([0x6a, 0, 0x6a, 0]), message]);
    return EventBatch.encode({ events: [] }).uint32(0x0a).bytes(body).finish();
  };
  for (const [index, event] of events.entries()) {
    assert.deepEqual(piecesOf(slowly(event)), piecesOf(encode(event)), `event ${index}`);
  }
});

test("what is unusual is judged as a decoder reads it", () => {
  const entry = (key: string, value: string) => [
    0x32,
    key.length + value.length + 4,
    0x0a,
    key.length,
    ...Buffer.from(key),
    0x12,
    value.length,
    ...Buffer.from(value),
  ];
  const labels = [...entry("a", "1"), ...entry("b", "2"), ...entry("a", "3")];
  const event = SystemEvent.encode({ ...full, metadata: undefined }).finish();
  const body = Buffer.concat([event, Buffer.from([0x6a, labels.length, ...labels])]);
  const twice = EventBatch.encode({ events: [] }).uint32(0x0a).bytes(body).finish();
  const metadata = { ...EventMetadata.create(), labels: { a: "3", b: "2" } };
  assert.deepEqual(piecesOf(twice), piecesOf(encode({ metadata })), "the last of two labels of one key counts");
  const broken = Buffer.from(encode({ title: "broken ~~" }));
  broken[broken.indexOf("~~")] = 0xff;
  assert.deepEqual(piecesOf(broken), piecesOf(encode({ title: "broken \ufffd~" })), "UTF-8 is mended");
});

test("an event that may not be kept is told of; the others are", () => {
  const transcoder = createEventTranscoder();
  const outcome = transcoder.append(encode({}, { title: " " }, { details: "no JSON" }, {}), context);
  assert.ok(outcome.ok);
  assert.equal(outcome.records, 2);
  assert.match(outcome.rejected?.message ?? "", /cannot store event 1 of 4: title/);
});

test("what is no batch of events is refused whole", () => {
  const transcoder = createEventTranscoder();
  const outcome = transcoder.append(Buffer.from([0x0a, 0xff, 0xff]), context);
  assert.ok(!outcome.ok);
  assert.equal(outcome.error.code, "invalid_argument");
  assert.deepEqual(transcoder.blocks(), []);
});
