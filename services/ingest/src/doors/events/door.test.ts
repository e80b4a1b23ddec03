import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { credentials, Metadata, type ServiceError } from "@grpc/grpc-js";
import { isUuid } from "@sightline/model/uuid7";
import { EventBatch, SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import { EventServiceClient, StoreEventsResponse } from "@sightline/proto/sightline/ingest/v1/event_service";
import { z } from "zod";
import { type IngestUnderTest, startIngest } from "../../testing/ingest.ts";

const good = { event_type: "deployment", source: "ci", title: "shop 1.2 is out", severity: "warning" };
const bad = { event_type: "deployment", source: "ci" };
const answerSchema = z.strictObject({
  eventIds: z.array(z.string()),
  rejected: z.array(z.strictObject({ index: z.number(), reason: z.string() })),
});

let ingest: IngestUnderTest;
let key: string;

before(async () => {
  ingest = await startIngest();
  key = (await ingest.createKey("acme")).key;
});

after(() => ingest.stop());

function post(body: Uint8Array<ArrayBuffer> | string, type: string): Promise<Response> {
  const headers = { "content-type": type, authorization: `Bearer ${key}` };
  return fetch(`${ingest.http}/v1/events`, { method: "POST", body, headers });
}

async function titlesAfter(seq: number): Promise<string[]> {
  const messages = await ingest.stored("events", seq);
  return messages.flatMap(({ payload }) => EventBatch.decode(payload).events.map(({ title }) => title));
}

test("an event, an array, lines and a batch are stored alike", async () => {
  const batch = EventBatch.encode({
    events: [SystemEvent.fromPartial({ eventType: "deployment", source: "ci", title: good.title })],
  }).finish();
  const cases: [name: string, body: Uint8Array<ArrayBuffer> | string, type: string, events: number][] = [
    ["object", JSON.stringify(good), "application/json", 1],
    ["array", JSON.stringify([good, good]), "application/json", 2],
    ["request", JSON.stringify({ events: [good, good] }), "application/json", 2],
    ["lines", `${JSON.stringify(good)}\n\n${JSON.stringify(good)}\n`, "application/x-ndjson", 2],
    ["protobuf", Uint8Array.from(batch), "application/x-protobuf", 1],
  ];
  for (const [name, body, type, events] of cases) {
    const seq = await ingest.lastSeq();
    const response = await post(body, type);
    assert.equal(response.status, 200, name);
    const answer =
      name === "protobuf"
        ? StoreEventsResponse.decode(await response.bytes())
        : answerSchema.parse(await response.json());
    assert.equal(answer.eventIds.length, events);
    assert.ok(answer.eventIds.every(isUuid));
    assert.deepEqual(
      await titlesAfter(seq),
      Array.from({ length: events }, () => good.title),
    );
  }
});

test("one bad event among good ones is named, and the good ones are stored", async () => {
  const lines = `${JSON.stringify(good)}\n{"half":\n${JSON.stringify(bad)}\n${JSON.stringify(good)}`;
  const cases: [body: string, type: string, refused: [index: number, reason: RegExp][], events: number][] = [
    [JSON.stringify([good, bad, good]), "application/json", [[1, /title/]], 3],
    [
      lines,
      "application/x-ndjson",
      [
        [1, /line 2: cannot parse the JSON/],
        [2, /title/],
      ],
      4,
    ],
  ];
  for (const [body, type, refused, events] of cases) {
    const seq = await ingest.lastSeq();
    const response = await post(body, type);
    assert.equal(response.status, 200);
    const answer = answerSchema.parse(await response.json());
    assert.equal(answer.eventIds.length, events);
    assert.deepEqual(
      answer.rejected.map(({ index }) => index),
      refused.map(([index]) => index),
    );
    for (const [position, [index, reason]] of refused.entries()) {
      assert.match(answer.rejected[position]?.reason ?? "", reason);
      assert.equal(answer.eventIds[index], "");
    }
    assert.equal((await titlesAfter(seq)).length, events - refused.length);
  }
});

test("when nothing can be taken it is the sender's error", async () => {
  const cases: [body: string, type: string, message: RegExp][] = [
    [JSON.stringify(bad), "application/json", /title/],
    ["[1, 2]", "application/json", /no JSON object/],
    ["{", "application/json", /cannot parse the JSON/],
    ["\xff\xfe", "application/x-protobuf", /cannot read the protobuf message/],
    [`[${"0,".repeat(10_000)}0]`, "application/json", /at most 10000/],
    ["{}\n\n".repeat(10_001), "application/x-ndjson", /at most 10000/],
  ];
  const seq = await ingest.lastSeq();
  for (const [body, type, message] of cases) {
    const response = await post(body, type);
    assert.equal(response.status, 400, body.slice(0, 50));
    assert.match(await response.text(), message);
  }
  assert.equal(await ingest.lastSeq(), seq);
});

test("no events are no error", async () => {
  for (const body of ["[]", ""]) {
    const response = await post(body, "application/json");
    assert.equal(response.status, 200);
    assert.deepEqual(await response.json(), { eventIds: [], rejected: [] });
  }
});

test("the event service stores the good events and names the bad ones", async () => {
  const client = new EventServiceClient(ingest.grpc, credentials.createInsecure());
  const metadata = new Metadata();
  metadata.set("authorization", `Bearer ${key}`);
  const store = (events: SystemEvent[]) =>
    new Promise<StoreEventsResponse>((resolve, reject) => {
      client.storeEvents({ events }, metadata, (error: ServiceError | null, response: StoreEventsResponse) =>
        error === null ? resolve(response) : reject(error),
      );
    });
  const seq = await ingest.lastSeq();
  const eventId = "01890000-0000-7000-8000-000000000001";
  const event = SystemEvent.fromPartial({ eventId, eventType: "x", source: "y", title: "kept" });
  const answer = await store([event, SystemEvent.fromPartial({ title: "no type" })]);
  assert.deepEqual(answer.eventIds, [eventId, ""]);
  assert.deepEqual(
    answer.rejected.map(({ index }) => index),
    [1],
  );
  assert.deepEqual(await titlesAfter(seq), ["kept"]);
  const [message] = await ingest.stored("events", seq);
  const [stored] = EventBatch.decode(message?.payload ?? Buffer.alloc(0)).events;
  assert.equal(stored?.observedTimeUnixNano, message?.receivedUnixNano);
  assert.equal(stored?.timeUnixNano, stored?.observedTimeUnixNano);
  client.close();
});
