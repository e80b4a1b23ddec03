import assert from "node:assert/strict";
import { test } from "node:test";
import { SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import { createFanOut, type Feed } from "./fan-out.ts";
import type { Subscription } from "./subscription.ts";

const event = SystemEvent.fromPartial({ title: "something" });
const events: Subscription = { stream: "events", message: ({ title }) => ({ title }) };
const logs: Subscription = { stream: "logs", message: ({ body }) => ({ body }) };

function newWorld() {
  const fed: string[] = [];
  const feed: Feed = (stream) => {
    fed.push(`+${stream}`);
    return () => fed.push(`-${stream}`);
  };
  const sent: object[] = [];
  const viewerOf = (tenant: string) => ({ tenant, send: (message: object) => sent.push({ tenant, ...message }) });
  return { fed, sent, viewerOf, fanOut: createFanOut(feed) };
}

test("a stream is received while anybody watches it, and only then", () => {
  const { fed, viewerOf, fanOut } = newWorld();
  assert.deepEqual(fed, []);
  const first = fanOut.add(viewerOf("a"), events);
  const second = fanOut.add(viewerOf("b"), events);
  const third = fanOut.add(viewerOf("b"), logs);
  assert.deepEqual(fed, ["+events", "+logs"]);
  first();
  first();
  assert.deepEqual(fed, ["+events", "+logs"], "who leaves twice does not leave for another");
  second();
  third();
  assert.deepEqual(fed, ["+events", "+logs", "-events", "-logs"]);
  fanOut.add(viewerOf("a"), logs)();
  assert.deepEqual(fed.slice(4), ["+logs", "-logs"]);
});

test("what passes goes to who watches that stream of that tenant", () => {
  const { sent, viewerOf, fanOut } = newWorld();
  fanOut.add(viewerOf("a"), events);
  fanOut.add(viewerOf("a"), logs);
  const leave = fanOut.add(viewerOf("b"), events);
  assert.ok(fanOut.wants("b", "events") && !fanOut.wants("b", "logs") && !fanOut.wants("c", "events"));
  fanOut.events("a", [event]);
  assert.deepEqual(sent, [{ tenant: "a", title: "something" }]);
  leave();
  fanOut.events("b", [event]);
  assert.equal(sent.length, 1);
});
