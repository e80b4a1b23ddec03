import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Bus, connectBus } from "@sightline/bus/connect";
import { type KvBucket, openKv } from "@sightline/bus/kv";
import { unavailable } from "@sightline/errors/app-error";
import { quietLog } from "@sightline/testkit/quiet-log";
import { startNats, type TestServerProcess } from "@sightline/testkit/servers";
import { type ClaimOptions, claimLane, type LaneClaim } from "./lane-claim.ts";
import type { LaneState } from "./lane-state.ts";
import { takeLane } from "./lane-takeover.ts";
import { createPersist } from "./persist.ts";

let nats: TestServerProcess;
let bus: Bus;
let bucket: KvBucket;
let lanes = 0;

before(async () => {
  nats = await startNats();
  bus = await connectBus({ url: nats.url, name: "test", log: quietLog });
  bucket = await openKv(bus, "lanes");
});
after(async () => {
  await bus.close();
  await nats.stop();
});

const persist = createPersist({
  signal: new AbortController().signal,
  random: () => 0,
  onRetry: () => undefined,
});

function optionsOf(lane: string, owner: string, more: Partial<ClaimOptions> = {}): ClaimOptions {
  return { bucket, lane, owner, incarnation: "one", persist, onNewStream: () => undefined, ...more };
}

async function claim(lane: string, owner: string, more: Partial<ClaimOptions> = {}): Promise<LaneClaim> {
  const taken = await claimLane(optionsOf(lane, owner, more));
  assert.ok(taken !== undefined);
  return taken;
}

function newLane(): string {
  lanes += 1;
  return `lane-${lanes}`;
}

test("a lane begins with the stream, and goes on where it was", async () => {
  const lane = newLane();
  const first = await claim(lane, "a");
  assert.deepEqual(first.state(), { owner: "a", incarnation: "one", stored: 0, pending: 0 });
  await first.write({ inserting: { first: 1, last: 5 } });
  await first.write({ stored: 5, inserting: undefined, pending: 7 });
  await first.write({ inserting: { first: 6, last: 9 } });
  const second = await claim(lane, "b");
  const want = { owner: "b", incarnation: "one", stored: 5, inserting: { first: 6, last: 9 }, pending: 7 };
  assert.deepEqual(second.state(), want);
});

test("who lost the lane is told at the next write, and never writes again", async () => {
  const lane = newLane();
  const zombie = await claim(lane, "a");
  const owner = await claim(lane, "b");
  await assert.rejects(zombie.write({ stored: 5 }), { code: "failed_precondition" });
  assert.ok(zombie.lost.aborted);
  await assert.rejects(zombie.write({ stored: 6 }));
  await assert.rejects(zombie.confirm(60_000));
  await owner.write({ stored: 3 });
  assert.equal(owner.state().stored, 3);
});

test("writes at the same time are made one after the other", async () => {
  const lane = newLane();
  const owner = await claim(lane, "a");
  await Promise.all([owner.write({ stored: 1 }), owner.write({ pending: 4 }), owner.write({ stored: 2 })]);
  const next = await claim(lane, "b");
  assert.deepEqual([next.state().stored, next.state().pending], [2, 4]);
});

test("an answer that was lost is not taken for another owner", async () => {
  const lane = newLane();
  let failures = 1;
  const forgetful: KvBucket = {
    ...bucket,
    update: async (...args) => {
      const written = await bucket.update(...args);
      if (failures-- > 0) throw unavailable("the answer was lost");
      return written;
    },
  };
  const owner = await claim(lane, "a", { bucket: forgetful });
  await owner.write({ stored: 1 });
  await owner.write({ stored: 2 });
  assert.equal(owner.state().stored, 2);
  assert.equal(owner.lost.aborted, false);
});

test("the sequences of another stream are given up", async () => {
  const lane = newLane();
  const first = await claim(lane, "a");
  await first.write({ stored: 100 });
  const left: LaneState[] = [];
  const second = await claim(lane, "b", { incarnation: "two", onNewStream: (state) => left.push(state) });
  assert.deepEqual(second.state(), { owner: "b", incarnation: "two", stored: 0, pending: 0 });
  assert.equal(left[0]?.stored, 100);
});

function takeover(lane: string, takeoverMs: number, signal: AbortSignal) {
  return takeLane({
    ...optionsOf(lane, "b"),
    incarnation: async () => "one",
    atOnce: false,
    takeoverMs,
    signal,
    onSeen: () => undefined,
  });
}

test("a lane is taken from an owner that fell silent, not from one that speaks", async () => {
  const lane = newLane();
  const owner = await claim(lane, "a");
  const speaking = setInterval(() => owner.write({}).catch(() => clearInterval(speaking)), 50);
  try {
    assert.equal(await takeover(lane, 600, AbortSignal.timeout(1500)), undefined);
  } finally {
    clearInterval(speaking);
  }
  const taken = await takeover(lane, 600, AbortSignal.timeout(30_000));
  assert.equal(taken?.state().owner, "b");
});

test("a lane that was given back is taken without waiting", async () => {
  const lane = newLane();
  const owner = await claim(lane, "a");
  await owner.write({ stored: 8 });
  await owner.release();
  const taken = await takeover(lane, 9000, AbortSignal.timeout(8500));
  assert.equal(taken?.state().stored, 8);
});
