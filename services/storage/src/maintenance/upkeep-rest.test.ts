import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type KvBucket, openKv } from "@sightline/bus/kv";
import { unavailable } from "@sightline/errors/app-error";
import { eventually } from "@sightline/testkit/eventually";
import { quietLog } from "@sightline/testkit/quiet-log";
import { type Pipeline, startPipeline } from "../testing/pipeline.ts";
import { LANES_BUCKET } from "../writer/lanes.ts";
import { type PauseWatch, watchPause } from "../writer/pause.ts";
import { createMaintenance, type Maintenance } from "./maintenance.ts";
import { decodeUpkeep, takeUpkeep, UPKEEP_KEY } from "./upkeep-rest.ts";

const opened = new AsyncDisposableStack();
let pipeline: Pipeline;
let bucket: KvBucket;
let watch: PauseWatch;
let maintenance: Maintenance;

before(async () => {
  pipeline = opened.use(await startPipeline());
  bucket = await openKv(pipeline.bus, LANES_BUCKET);
  watch = await watchPause({ bucket, log: quietLog, now: () => performance.now(), pollMs: 20 });
  opened.defer(watch.close);
  maintenance = createMaintenance({ bucket, watch, pollMs: 20 });
});
after(() => opened.disposeAsync());

const request = (id: string, atOnce = false) => ({ id, atOnce });
const soon = () => AbortSignal.timeout(30_000);

/** Takes the chores; `done` counts those that were done. */
async function take(owner: string, setExpiry: (expires: boolean) => Promise<void> = async () => undefined) {
  const rest = await takeUpkeep({ bucket, pause: watch, owner, setExpiry, log: quietLog });
  let done = 0;
  const chore = async () => {
    done += 1;
  };
  return { ...rest, chore: () => rest.run(chore), done: () => done };
}

describe("chores", () => {
  test("rest with the lanes, once those under way are done, and nothing expires meanwhile", async () => {
    const expiry: boolean[] = [];
    const upkeep = await take("one", async (expires) => void expiry.push(expires));
    await upkeep.chore();
    assert.equal(upkeep.done(), 1);
    const long = Promise.withResolvers<void>();
    let isEnough = () => false;
    const running = upkeep.run((enough) => {
      isEnough = enough;
      return long.promise;
    });
    const refused = { code: "unavailable", message: /still being written: chores \(one\)/ };
    const pausing = maintenance.pause(request("backup"), soon());
    // What goes on for long is told.
    await eventually(() => isEnough());
    await assert.rejects(maintenance.pause(request("backup"), AbortSignal.abort()), refused);
    long.resolve();
    await Promise.all([running, pausing]);
    await upkeep.chore();
    assert.equal(upkeep.done(), 1);
    assert.deepEqual(expiry, [true, false]);
    await maintenance.resume("backup");
    await eventually(async () => {
      await upkeep.chore();
      assert.equal(upkeep.done(), 2);
    });
    assert.deepEqual(expiry, [true, false, true]);
    await upkeep.leave();
    await maintenance.pause(request("nobody does any"), soon());
    await maintenance.resume("nobody does any");
    await eventually(() => watch.active() === undefined);
  });

  test("are done by who took them last, whoever wakes up late", async () => {
    const frozen = await take("frozen");
    await frozen.chore();
    const next = await take("next");
    await Promise.all([frozen.chore(), next.chore()]);
    assert.deepEqual([frozen.done(), next.done()], [1, 1]);
    await frozen.leave();
    const found = await bucket.get(UPKEEP_KEY);
    assert.equal(found && decodeUpkeep(found.value).owner, "next");
    await next.leave();
  });

  test("do not rest before the database keeps what it has", async () => {
    let isAway = true;
    let tries = 0;
    const upkeep = await take("of an outage", async (expires) => {
      if (expires) return;
      tries += 1;
      if (isAway) throw unavailable("away");
    });
    const pausing = maintenance.pause(request("waits"), soon());
    await eventually(() => tries > 0);
    const refused = { code: "unavailable", message: /still being written: chores \(of an outage\)/ };
    await assert.rejects(maintenance.pause(request("waits"), AbortSignal.abort()), refused);
    isAway = false;
    await pausing;
    await maintenance.resume("waits");
    await upkeep.leave();
  });
});
