import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { type DiskQueue, type DiskQueueOptions, openDiskQueue } from "./disk-queue.ts";

const ALL = { maxBytes: 1_000_000, maxRecords: 1000 };

/** A directory of its own, and queues opened in it one after the other. */
function world() {
  const dir = mkdtempSync(join(tmpdir(), "sightline-queue-"));
  const dropped: string[] = [];
  const open = (options: Partial<DiskQueueOptions> = {}) =>
    openDiskQueue({
      dir,
      maxBytes: 1_000_000,
      syncIntervalMs: 10_000,
      onDropped: (reason, records) => void dropped.push(`${reason} ${records}`),
      ...options,
    });
  const segments = () =>
    readdirSync(dir)
      .filter((name) => name.endsWith(".seg"))
      .sort()
      .map((name) => join(dir, name));
  return { dir, dropped, open, segments, [Symbol.dispose]: () => rmSync(dir, { recursive: true }) };
}

/** Takes everything there is, as "kind:payload". */
async function drain(queue: DiskQueue, limits = ALL): Promise<string[]> {
  const got: string[] = [];
  for (let batch = await queue.next(limits); batch !== undefined; batch = await queue.next(limits)) {
    for (const payload of batch.payloads) got.push(`${batch.kind}:${payload}`);
    await queue.taken(batch);
  }
  return got;
}

async function fill(queue: DiskQueue, from: number, to: number): Promise<string[]> {
  const put: string[] = [];
  for (let n = from; n < to; n++) {
    await queue.append(1, Buffer.from(`record ${n}`));
    put.push(`1:record ${n}`);
  }
  return put;
}

describe("a disk queue", () => {
  it("gives what it was given, in order, and keeps nothing that was taken", async () => {
    using at = world();
    const queue = await at.open();
    const put = await fill(queue, 0, 50);
    assert.deepEqual(await drain(queue), put);
    assert.equal(await queue.next(ALL), undefined);
    assert.deepEqual(queue.size(), { bytes: 0, records: 0 });
    await queue.close();
  });

  it("gives the same again until it is taken", async () => {
    using at = world();
    const queue = await at.open();
    await fill(queue, 0, 3);
    assert.deepEqual(await queue.next(ALL), await queue.next(ALL));
    await queue.close();
  });

  it("never mixes kinds in a batch", async () => {
    using at = world();
    const queue = await at.open();
    for (const [kind, text] of [
      [1, "a"],
      [1, "b"],
      [2, "c"],
      [1, "d"],
    ] as const)
      await queue.append(kind, Buffer.from(text));
    const kinds: number[] = [];
    for (let batch = await queue.next(ALL); batch !== undefined; batch = await queue.next(ALL)) {
      kinds.push(batch.kind * 10 + batch.payloads.length);
      await queue.taken(batch);
    }
    assert.deepEqual(kinds, [12, 21, 11]);
    await queue.close();
  });

  it("keeps to the limits of a batch, but always gives one record", async () => {
    using at = world();
    const queue = await at.open();
    const big = Buffer.alloc(5000, "x");
    await queue.append(1, big);
    await queue.append(1, big);
    assert.equal((await queue.next({ maxBytes: 100, maxRecords: 10 }))?.payloads.length, 1);
    assert.equal((await queue.next({ maxBytes: 100_000, maxRecords: 1 }))?.payloads.length, 1);
    assert.equal((await queue.next({ maxBytes: 100_000, maxRecords: 10 }))?.payloads.length, 2);
    await queue.close();
  });

  it("goes on over many segments and removes them behind itself", async () => {
    using at = world();
    const queue = await at.open({ segmentBytes: 100 });
    const put = await fill(queue, 0, 100);
    assert.ok(at.segments().length > 10);
    assert.deepEqual(await drain(queue, { maxBytes: 64, maxRecords: 2 }), put);
    assert.equal(at.segments().length, 1);
    await queue.close();
  });

  it("wakes whoever waits, and lets go when told to", async () => {
    using at = world();
    const queue = await at.open();
    const controller = new AbortController();
    const woken = queue.waiting(controller.signal);
    await fill(queue, 0, 1);
    await woken;
    await queue.waiting(controller.signal);
    await drain(queue);
    const waiting = queue.waiting(controller.signal);
    controller.abort();
    await waiting;
    await queue.close();
  });

  it("takes appends and takes at the same time", async () => {
    using at = world();
    const queue = await at.open({ segmentBytes: 200 });
    const got: string[] = [];
    const writing = fill(queue, 0, 300);
    while (got.length < 300) got.push(...(await drain(queue, { maxBytes: 100, maxRecords: 3 })));
    assert.deepEqual(got, await writing);
    await queue.close();
  });
});

describe("a full disk queue", () => {
  it("drops the oldest and counts it", async () => {
    using at = world();
    const queue = await at.open({ maxBytes: 2000, segmentBytes: 200 });
    const put = await fill(queue, 0, 300);
    const lost = at.dropped.reduce((sum, text) => sum + Number(text.split(" ")[1]), 0);
    const kept = await drain(queue);
    assert.ok(lost > 0 && kept.length > 0);
    assert.deepEqual(kept, put.slice(lost));
    await queue.close();
  });

  it("drops what is being sent at that moment without losing its place", async () => {
    using at = world();
    const queue = await at.open({ maxBytes: 1000, segmentBytes: 200 });
    await fill(queue, 0, 20);
    const batch = await queue.next({ maxBytes: 100, maxRecords: 2 });
    assert.ok(batch !== undefined);
    const put = await fill(queue, 20, 200);
    await queue.taken(batch);
    const kept = await drain(queue);
    assert.deepEqual(kept, put.slice(-kept.length));
    await queue.close();
  });

  it("refuses what could never fit", async () => {
    using at = world();
    const queue = await at.open({ maxBytes: 1000 });
    await fill(queue, 0, 1);
    await assert.rejects(queue.append(1, Buffer.alloc(1000)), (error: unknown) => {
      return error instanceof AppError && error.code === "too_large";
    });
    assert.deepEqual(await drain(queue), ["1:record 0"]);
    await queue.close();
  });
});

describe("a disk queue that is opened again", () => {
  it("goes on where it was, also twice", async () => {
    using at = world();
    const first = await at.open({ segmentBytes: 100 });
    const put = await fill(first, 0, 20);
    const batch = await first.next({ maxBytes: 1000, maxRecords: 3 });
    assert.ok(batch !== undefined);
    await first.taken(batch);
    await first.close();
    const second = await at.open({ segmentBytes: 100 });
    assert.equal(second.size().records, 17);
    put.push(...(await fill(second, 20, 30)));
    await second.close();
    const third = await at.open({ segmentBytes: 100 });
    assert.deepEqual(await drain(third), put.slice(3));
    await third.close();
  });

  it("keeps what is added after everything was taken", async () => {
    using at = world();
    for (let round = 0; round < 3; round++) {
      const queue = await at.open();
      const put = await fill(queue, round * 10, round * 10 + 5);
      await queue.close();
      const again = await at.open();
      assert.deepEqual(await drain(again), put);
      await again.close();
    }
  });

  it("cuts off a record that was half written, at whatever byte", async () => {
    for (let cut = 1; cut < 18; cut++) {
      using at = world();
      const queue = await at.open();
      const put = await fill(queue, 0, 3);
      await queue.close();
      const [segment = ""] = at.segments();
      truncateSync(segment, readFileSync(segment).length - cut);
      const again = await at.open();
      put.splice(2, 1, ...(await fill(again, 3, 5)));
      assert.deepEqual(await drain(again), put, `cut by ${cut}`);
      await again.close();
    }
  });

  it("cuts off a tail of zeros or of noise", async () => {
    for (const tail of [Buffer.alloc(100), Buffer.alloc(100, 0xa5)]) {
      using at = world();
      const queue = await at.open();
      const put = await fill(queue, 0, 3);
      await queue.close();
      appendFileSync(at.segments()[0] ?? "", tail);
      const again = await at.open();
      assert.deepEqual(await drain(again), put);
      await again.close();
    }
  });

  it("begins at the oldest when the cursor is gone or broken", async () => {
    for (const text of ["", "nonsense", "1"]) {
      using at = world();
      const queue = await at.open();
      const put = await fill(queue, 0, 3);
      await drain(queue, { maxBytes: 30, maxRecords: 1 });
      put.push(...(await fill(queue, 3, 4)));
      await queue.close();
      writeFileSync(join(at.dir, "cursor"), text);
      const again = await at.open();
      assert.deepEqual(await drain(again), put);
      await again.close();
    }
  });
});

describe("a disk queue whose bytes change", () => {
  it("gives up the rest of that segment, counts it, and goes on", async () => {
    using at = world();
    const queue = await at.open({ segmentBytes: 100 });
    const put = await fill(queue, 0, 12);
    const [segment = ""] = at.segments();
    const bytes = readFileSync(segment);
    bytes.writeUInt8(bytes.readUInt8(30) ^ 1, 30);
    writeFileSync(segment, bytes);
    const got = await drain(queue);
    const lost = Number(at.dropped[0]?.split(" ")[1]);
    assert.match(at.dropped[0] ?? "", /^corrupt /);
    assert.deepEqual(got, [...put.slice(0, 1), ...put.slice(1 + lost)]);
    await queue.close();
  });

  it("says that its directory cannot be used", async () => {
    using at = world();
    writeFileSync(join(at.dir, "file"), "");
    await assert.rejects(at.open({ dir: join(at.dir, "file") }), /cannot open the queue in .*EEXIST|ENOTDIR/);
  });
});
