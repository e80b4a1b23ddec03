import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type KvBucket, openKv } from "@sightline/bus/kv";
import type { ClickHouse } from "@sightline/clickhouse/client";
import { eventually } from "@sightline/testkit/eventually";
import { quietLog } from "@sightline/testkit/quiet-log";
import { startTestDatabase } from "../testing/database.ts";
import { countIds, onceEach, type Pipeline, startPipeline, startTestWriter } from "../testing/pipeline.ts";
import { decodeLaneState, encodeLaneState } from "../writer/lane-state.ts";
import { LANE_NAMES, LANES_BUCKET } from "../writer/lanes.ts";
import { encodePause, PAUSE_KEY, type PauseWatch, watchPause } from "../writer/pause.ts";
import type { Writer } from "../writer/writer.ts";
import { createMaintenance, type Maintenance } from "./maintenance.ts";

const opened = new AsyncDisposableStack();
const ids: string[] = [];
let pipeline: Pipeline;
let clickhouse: ClickHouse;
let bucket: KvBucket;
let watch: PauseWatch;
let maintenance: Maintenance;
let writers: Writer[];

before(async () => {
  clickhouse = opened.use(await startTestDatabase()).clickhouse;
  pipeline = opened.use(await startPipeline());
  bucket = await openKv(pipeline.bus, LANES_BUCKET);
  watch = await watchPause({ bucket, log: quietLog, now: () => performance.now(), pollMs: 50 });
  opened.defer(watch.close);
  maintenance = createMaintenance({ bucket, watch, pollMs: 20 });
  // Two processes, as far as the lanes can tell: one writes, the other stands by.
  writers = [await startWriter(), await startWriter()];
  opened.defer(async () => void (await Promise.all(writers.map((writer) => writer.stop()))));
});
after(() => opened.disposeAsync());

/** Lanes change hands only where a test makes them: no owner of ours is silent for that long. */
const startWriter = () => startTestWriter(pipeline.bus, clickhouse, { takeoverMs: 3000 });

async function publish(messages: number): Promise<number> {
  let seq = 0;
  for (let at = 0; at < messages; at++) {
    ids.push(`log-${ids.length}`);
    seq = await pipeline.publish("logs", ids.slice(-1));
  }
  return seq;
}

async function allStoredOnce(): Promise<void> {
  const stored = async () => assert.deepEqual(await countIds(clickhouse, "logs"), onceEach(ids));
  await eventually(stored);
}

async function lanesNotAtRestFor(id: string): Promise<string[]> {
  const found = await Promise.all(LANE_NAMES.map(async (name) => ({ name, value: (await bucket.get(name))?.value })));
  return found
    .filter(({ value }) => value !== undefined && decodeLaneState(value).paused !== id)
    .map(({ name }) => name);
}

const request = (id: string, atOnce = false) => ({ id, atOnce });
const soon = () => AbortSignal.timeout(30_000);

describe("writing rests", () => {
  test("once every lane says so, at the place it says, and goes on afterwards", async () => {
    const lastSeq = await publish(20);
    await allStoredOnce();
    const lanes = await maintenance.pause(request("backup-1"), soon());
    assert.equal(lanes.find(({ name }) => name === "logs")?.storedSequence, BigInt(lastSeq));
    const before = await countIds(clickhouse, "logs");
    await publish(20);
    // Renewed: what came meanwhile is still not written, and the lanes are where they were.
    assert.deepEqual(await maintenance.pause(request("backup-1"), soon()), lanes);
    assert.deepEqual(await countIds(clickhouse, "logs"), before);
    await maintenance.resume("backup-1");
    await allStoredOnce();
  });

  test("for one at a time", async () => {
    await maintenance.pause(request("backup-2"), soon());
    // Also for a process that has not seen it yet.
    const blind = createMaintenance({ bucket, watch: { isOver: () => false }, pollMs: 20 });
    const refused = { code: "failed_precondition", message: /writing rests for backup-2 already/ };
    await assert.rejects(blind.pause(request("backup-3"), soon()), refused);
    await maintenance.resume("backup-3");
    await assert.rejects(maintenance.pause(request("backup-3"), soon()), refused);
    await maintenance.resume("backup-2");
  });

  test("not for one that is gone", async () => {
    let now = 0;
    const forgotten = await watchPause({ bucket, log: quietLog, now: () => now, pollMs: 20 });
    try {
      await bucket.create(PAUSE_KEY, encodePause(request("gone")));
      await eventually(() => forgotten.active() === "gone");
      now = 60_000;
      await eventually(() => forgotten.active() === undefined);
      const next = createMaintenance({ bucket, watch: forgotten, pollMs: 20 });
      await next.pause(request("next"), soon());
      await next.resume("next");
    } finally {
      await forgotten.close();
    }
  });

  test("behind a batch that a process left half written", async () => {
    await Promise.all(writers.map((writer) => writer.stop()));
    const first = await publish(1);
    const last = await publish(2);
    const found = (await bucket.get("logs")) ?? assert.fail("want the lane");
    const left = { ...decodeLaneState(found.value), owner: "", inserting: { first, last } };
    await bucket.update("logs", encodeLaneState(left), found.revision);
    const pausing = maintenance.pause(request("backup-5"), soon());
    await eventually(() => watch.active() === "backup-5");
    writers = [await startWriter()];
    const lanes = await pausing;
    assert.equal(lanes.find(({ name }) => name === "logs")?.storedSequence, BigInt(last));
    assert.deepEqual(await countIds(clickhouse, "logs"), onceEach(ids));
    await maintenance.resume("backup-5");
  });

  test("with a batch half written, when that is going to be replaced or cannot be finished", async () => {
    await clickhouse.command("RENAME TABLE otel_logs TO gone");
    const last = await publish(2);
    await eventually(async () => {
      const found = await bucket.get("logs");
      assert.ok(found !== undefined && decodeLaneState(found.value).inserting !== undefined);
    });
    const enough = new AbortController();
    const want = { code: "unavailable", message: /still being written: logs \([^,]*\);/ };
    const refused = assert.rejects(maintenance.pause(request("backup-6"), enough.signal), want);
    await eventually(async () => assert.deepEqual(await lanesNotAtRestFor("backup-6"), ["logs"]));
    enough.abort();
    await refused;
    await maintenance.resume("backup-6");
    const lanes = await maintenance.pause(request("restore-6", true), soon());
    const stored = lanes.find(({ name }) => name === "logs")?.storedSequence ?? assert.fail("want the lane");
    assert.ok(stored < BigInt(last));
    await clickhouse.command("RENAME TABLE gone TO otel_logs");
    await maintenance.resume("restore-6");
    await allStoredOnce();
  });

  test("and says who does not when one goes on writing", async () => {
    const state = {
      owner: "a frozen process",
      incarnation: "x",
      stored: 1,
      pending: 0,
      inserting: { first: 2, last: 3 },
    };
    await Promise.all(writers.map((writer) => writer.stop()));
    const found = await bucket.get("traces");
    await bucket.update("traces", Buffer.from(JSON.stringify(state)), found?.revision ?? 0);
    // Whoever asks may wait no longer before the lanes were looked at for the first time.
    await assert.rejects(maintenance.pause(request("backup-4"), AbortSignal.abort()), {
      code: "unavailable",
      message: /still being written: traces \(a frozen process\)/,
    });
    await maintenance.resume("backup-4");
    writers = [await startWriter()];
  });
});

describe("after a restore", () => {
  test("what the database does not have is stored from the bus again", async () => {
    await publish(5);
    await allStoredOnce();
    const lanes = await maintenance.pause(request("restore"), soon());
    await clickhouse.command("TRUNCATE TABLE otel_logs");
    const first = lanes.map((lane) => ({ ...lane, storedSequence: 0n }));
    const elsewhere = { name: "metrics", incarnation: "of another bus", storedSequence: 7n };
    const set = await maintenance.rewind("restore", [...first.filter(({ name }) => name === "logs"), elsewhere]);
    assert.deepEqual(set, ["logs"]);
    await maintenance.resume("restore");
    await allStoredOnce();
  });

  test("lanes are set while writing rests only", async () => {
    await assert.rejects(maintenance.rewind("nobody", []), { code: "failed_precondition" });
  });
});
