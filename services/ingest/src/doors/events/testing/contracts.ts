import assert from "node:assert/strict";
import { EventBatch, SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import { EventServiceService, StoreEventsResponse } from "@sightline/proto/sightline/ingest/v1/event_service";
import { z } from "zod";
import { assertJsonStatus } from "../../otlp/testing/contracts.ts";
import { type DoorContract, usualCompressions } from "../../testing/door-contract.ts";
import { grpcSender, httpSender } from "../../testing/sender.ts";

function batchOf(titles: readonly string[]): Uint8Array {
  const events = titles.map((title) => SystemEvent.fromPartial({ eventType: "deployment", source: "ci", title }));
  return EventBatch.encode({ events }).finish();
}

function jsonOf(titles: readonly string[]): Buffer {
  const events = titles.map((title) => ({ event_type: "deployment", source: "ci", title }));
  return Buffer.from(JSON.stringify({ events }));
}

/** The marks with an event in the middle that has no title. */
function withBad([first = "", ...rest]: readonly string[]): string[] {
  return [first, "", ...rest];
}

const common = {
  signal: "events",
  marksIn: (payload: Uint8Array) => EventBatch.decode(payload).events.map(({ title }) => title),
} as const;

/** The platform's own events, over both transports. */
export const eventContracts: readonly DoorContract[] = [
  {
    ...common,
    name: "events over gRPC",
    protocol: "events-grpc",
    sender: grpcSender(EventServiceService.storeEvents.path),
    request: batchOf,
    empty: [Buffer.alloc(0)],
    malformed: [Uint8Array.of(0x0a, 0xff, 0x01)],
    half: {
      refused: 1,
      request: (marks) => batchOf(withBad(marks)),
      assertSaid: ({ body }) => {
        const { rejected } = StoreEventsResponse.decode(body);
        assert.deepEqual(
          rejected.map(({ index }) => index),
          [1],
        );
      },
    },
    assertRefusal: ({ body }) => assert.notEqual(body.length, 0),
  },
  {
    ...common,
    name: "events over HTTP",
    protocol: "events-http",
    compressions: usualCompressions,
    sender: httpSender({ path: "/v1/events", headers: { "content-type": "application/json" } }),
    request: jsonOf,
    empty: [Buffer.from("[]"), Buffer.alloc(0)],
    malformed: [Buffer.from("{"), Buffer.from([0xff, 0xfe])],
    half: {
      refused: 1,
      request: (marks) => jsonOf(withBad(marks)),
      assertSaid: ({ code, body }) => {
        assert.equal(code, 200);
        const { rejected } = z
          .object({ rejected: z.array(z.object({ index: z.int() })) })
          .parse(JSON.parse(body.toString()));
        assert.deepEqual(rejected, [{ index: 1 }]);
      },
    },
    assertRefusal: assertJsonStatus,
  },
];
