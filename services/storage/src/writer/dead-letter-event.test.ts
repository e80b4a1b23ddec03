import assert from "node:assert/strict";
import { test } from "node:test";
import { invalid } from "@sightline/errors/app-error";
import { parseDetails } from "@sightline/events/details";
import { validateEvent } from "@sightline/events/validate";
import { deadLetterEvent, tenantToTell } from "./dead-letter-event.ts";

const message = {
  subject: "telemetry.logs.0",
  payload: new Uint8Array(3),
  tenant: "acme",
  records: 12,
  seq: 7,
  receivedUnixNano: 1_700_000_000_000_000_000n,
};
const rejected = { message, reason: "malformed" as const, error: invalid("cannot read it") };
const clock = () => 1_700_000_060_000;

test("a message that was put aside is told of with all that is known of it", () => {
  const event = deadLetterEvent(rejected, "i1", clock);
  assert.equal(event.eventType, "dead_letter");
  assert.equal(event.timeUnixNano, 1_700_000_060_000_000_000n);
  assert.deepEqual(parseDetails(event.details), {
    reason: "malformed",
    subject: "telemetry.logs.0",
    sequence: 7,
    records: 12,
    tenant: "acme",
    error: "cannot read it",
  });
  const received = { receivedUnixNano: event.timeUnixNano, newId: () => "" };
  assert.ok("event" in validateEvent(event, received), "an event that storage takes");
});

test("the same message gives the same event, one of another stream another", () => {
  const id = (incarnation: string) => deadLetterEvent(rejected, incarnation, clock).eventId;
  assert.equal(id("i1"), id("i1"));
  assert.notEqual(id("i1"), id("i2"));
});

test("each part of a message gives an event of its own, which says where it begins", () => {
  const part = (firstRecord: number, records: number) =>
    deadLetterEvent({ ...rejected, message: { ...message, firstRecord, records } }, "i1", clock);
  const ids = [part(2, 1), part(2, 2), part(5, 1), deadLetterEvent(rejected, "i1", clock)].map(
    ({ eventId }) => eventId,
  );
  assert.equal(new Set(ids).size, ids.length);
  assert.equal(part(2, 1).eventId, ids[0]);
  assert.equal(part(2, 1).title, "1 record could not be stored: malformed");
  assert.equal(parseDetails(part(2, 1).details)?.["first_record"], 2);
});

test("the message's tenant is told, the first one where it names none", () => {
  assert.equal(tenantToTell(rejected), "acme");
  assert.equal(tenantToTell({ ...rejected, message: { ...message, tenant: "" } }), "default");
});
