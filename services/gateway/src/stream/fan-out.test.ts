import assert from "node:assert/strict";
import { test } from "node:test";
import { SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import { createFanOut, type Feed, type Watcher } from "./fan-out.ts";

const event = SystemEvent.fromPartial({ title: "something" });

function newWorld() {
  const fed: string[] = [];
  const feed: Feed = (stream) => {
    fed.push(`+${stream}`);
    return () => fed.push(`-${stream}`);
  };
  const sent: object[] = [];
  const events = (tenant: string): Watcher => {
    return { tenant, stream: "events", see: ({ title }) => sent.push({ tenant, title }) };
  };
  const logs = (tenant: string): Watcher => {
    return { tenant, stream: "logs", see: ({ body }) => sent.push({ tenant, body }) };
  };
  return { fed, sent, events, logs, fanOut: createFanOut(feed) };
}

test("a stream is received while anybody watches it, and only then", () => {
  const { fed, events, logs, fanOut } = newWorld();
  assert.deepEqual(fed, []);
  const first = fanOut.add(events("a"));
  const second = fanOut.add(events("b"));
  const third = fanOut.add(logs("b"));
  assert.deepEqual(fed, ["+events", "+logs"]);
  first();
  first();
  assert.deepEqual(fed, ["+events", "+logs"], "who leaves twice does not leave for another");
  second();
  third();
  assert.deepEqual(fed, ["+events", "+logs", "-events", "-logs"]);
  fanOut.add(logs("a"))();
  assert.deepEqual(fed.slice(4), ["+logs", "-logs"]);
});

test("what passes goes to who watches that stream of that tenant", () => {
  const { sent, events, logs, fanOut } = newWorld();
  fanOut.add(events("a"));
  fanOut.add(logs("a"));
  const leave = fanOut.add(events("b"));
  assert.ok(fanOut.wants("b", "events") && !fanOut.wants("b", "logs") && !fanOut.wants("c", "events"));
  fanOut.events("a", [event]);
  assert.deepEqual(sent, [{ tenant: "a", title: "something" }]);
  leave();
  fanOut.events("b", [event]);
  assert.equal(sent.length, 1);
});
