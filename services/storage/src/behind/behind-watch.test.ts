import assert from "node:assert/strict";
import { test } from "node:test";
import { validateEvent } from "@sightline/events/validate";
import type { SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import { createBehindWatch } from "./behind-watch.ts";

function watched() {
  const state = { waitedMs: 0, unread: 0, nowMs: 1_700_000_040_000 };
  const told: SystemEvent[] = [];
  const look = createBehindWatch({
    lanes: () => [{ name: "logs", pending: () => 7, waitedMs: () => state.waitedMs }],
    readers: async () => [{ reader: "alerter-events", unread: state.unread, oldestUnread: 1 }],
    waitedMs: 60_000,
    unreadMessages: 1000,
    clock: () => state.nowMs,
    tell: async (event) => void told.push(event),
  });
  return { state, told, look };
}

test("records that have waited too long to be stored are told of, and what keeps up is not", async () => {
  const { state, told, look } = watched();
  for (const waitedMs of [59_999, 60_000, 0, 90_000]) {
    state.waitedMs = waitedMs;
    await look();
    assert.deepEqual(told, [], "too long at one look is what a message has that was sent again");
  }
  state.waitedMs = 95_200;
  await look();
  const [event, ...more] = told;
  assert.equal(more.length, 0);
  assert.equal(event?.title, "storing logs does not keep up: 7 messages wait, the oldest for 95 s");
  const received = { receivedUnixNano: 0n, newId: () => "" };
  assert.ok(event !== undefined && "event" in validateEvent(event, received), "an event that storage takes");
});

test("it is one event a minute, whichever process looks", async () => {
  const [one, other] = [watched(), watched()];
  for (const { state, look } of [one, other]) {
    state.waitedMs = 70_000;
    await look();
    await look();
    state.nowMs += 15_000;
    await look();
    state.nowMs += 60_000;
    await look();
  }
  const ids = one.told.map(({ eventId }) => eventId);
  assert.equal(new Set(ids).size, 2);
  assert.deepEqual(
    other.told.map(({ eventId }) => eventId),
    ids,
  );
});

test("a reader of the bus is behind when it is so at two looks in a row", async () => {
  const { state, told, look } = watched();
  for (const [unread, events] of [
    [1000, 0],
    [999, 0],
    [4000, 0],
    [3000, 1],
    [0, 1],
    [1000, 1],
  ] as const) {
    state.unread = unread;
    await look();
    assert.equal(told.length, events, `${unread} unread`);
  }
  assert.equal(told[0]?.title, "alerter-events does not keep up: 3000 messages wait");
});
