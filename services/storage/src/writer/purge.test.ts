import assert from "node:assert/strict";
import { test } from "node:test";
import { testClock } from "@sightline/testkit/test-clock";
import { createPurger, type PurgeBus } from "./purge.ts";

const keepStoredMs = 300_000;

interface World {
  incarnation: string;
  lastSeq: number;
  fullness: number;
  /** What each lane has stored. */
  logs: number;
  traces: number;
  unread: number | undefined;
}

/** A stream whose messages alternate between two lanes: odd sequences are logs, even ones traces. */
function world() {
  const clock = testClock();
  const world: World = { incarnation: "one", lastSeq: 10, fullness: 0, logs: 0, traces: 0, unread: undefined };
  const purged: number[] = [];
  const stored = (upTo: number) => ({ owner: "x", incarnation: "one", stored: upTo, pending: 0 });
  const bus: PurgeBus = {
    state: async () => ({ incarnation: world.incarnation, lastSeq: world.lastSeq, fullness: world.fullness }),
    laneStates: async () => [
      { subject: "logs", state: stored(world.logs) },
      { subject: "traces", state: stored(world.traces) },
    ],
    nextSequence: async (subject, fromSeq) => {
      const wanted = subject === "logs" ? 1 : 0;
      const next = fromSeq % 2 === wanted ? fromSeq : fromSeq + 1;
      return next <= world.lastSeq ? next : undefined;
    },
    oldestUnread: async () => world.unread,
    purgeBefore: async (seq) => {
      purged.push(seq);
      return seq;
    },
  };
  return { world, clock, purged, purge: createPurger({ bus, keepStoredMs, now: clock }) };
}

test("what was stored goes after its time, and not sooner", async () => {
  const { world: stream, clock, purged, purge } = world();
  Object.assign(stream, { logs: 5, traces: 8 });
  await purge();
  clock.advance(keepStoredMs - 1);
  stream.logs = 9;
  await purge();
  assert.deepEqual(purged, [], "nothing is old enough");
  clock.advance(1);
  await purge();
  assert.deepEqual(purged, [7], "logs had 7 still to store then");
  clock.advance(keepStoredMs);
  await purge();
  assert.deepEqual(purged, [7, 10], "now only traces' 10 is left");
});

test("all of an idle stream goes", async () => {
  const { world: stream, clock, purged, purge } = world();
  Object.assign(stream, { logs: 9, traces: 10 });
  await purge();
  clock.advance(keepStoredMs);
  await purge();
  assert.deepEqual(purged, [11]);
});

test("a lane that was never written keeps everything", async () => {
  const { world: stream, clock, purged, purge } = world();
  Object.assign(stream, { logs: 9, traces: 0 });
  await purge();
  clock.advance(keepStoredMs);
  await purge();
  assert.deepEqual(purged, [2], "the first of traces is 2");
});

test("another reader that fell behind is waited for, until the stream is very crowded", async () => {
  const { world: stream, clock, purged, purge } = world();
  Object.assign(stream, { logs: 9, traces: 10, unread: 4 });
  await purge();
  clock.advance(keepStoredMs);
  await purge();
  stream.fullness = 0.8;
  await purge();
  assert.deepEqual(purged, [4, 11]);
});

test("of a crowded stream what is stored goes, but for what others have not read", async () => {
  const { world: stream, purged, purge } = world();
  Object.assign(stream, { logs: 5, traces: 8, fullness: 0.6 });
  await purge();
  Object.assign(stream, { logs: 9, traces: 10, unread: 9 });
  await purge();
  assert.deepEqual(purged, [7, 9]);
});

test("a crowded stream loses what was stored longest, one that is nearly full all that is stored", async () => {
  const { world: stream, clock, purged, purge } = world();
  for (const stored of [3, 5, 7, 9]) {
    Object.assign(stream, { logs: stored, traces: stored + 1 });
    await purge();
    clock.advance(1000);
  }
  stream.fullness = 0.6;
  await purge();
  await purge();
  stream.fullness = 0.8;
  stream.unread = 1;
  await purge();
  assert.deepEqual(purged, [5, 6, 8], "what was marked in four calls goes in four");
  stream.fullness = 0.9;
  await purge();
  assert.deepEqual(purged, [5, 6, 8, 11]);
});

test("sequences of a stream that is no more mean nothing", async () => {
  const { world: stream, clock, purged, purge } = world();
  Object.assign(stream, { logs: 9, traces: 10 });
  await purge();
  stream.incarnation = "two";
  clock.advance(keepStoredMs);
  await purge();
  clock.advance(keepStoredMs);
  await purge();
  assert.deepEqual(purged, [1], "nothing of the new stream is stored");
});
