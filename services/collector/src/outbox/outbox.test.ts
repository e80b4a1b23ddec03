import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { AppError, ERROR_CODES, invalid, unavailable } from "@sightline/errors/app-error";
import { SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import { StoreEventsRequest } from "@sightline/proto/sightline/ingest/v1/event_service";
import { eventually } from "@sightline/testkit/eventually";
import { quietLog } from "@sightline/testkit/quiet-log";
import { encodeMetrics } from "../otlp/metrics-request.ts";
import { startIngest } from "../testing/fake-ingest.ts";
import { openDiskQueue } from "./disk-queue.ts";
import { createIngestClient } from "./ingest-client.ts";
import { createOutbox, type DropReason } from "./outbox.ts";
import { verdictOf } from "./verdict.ts";

async function startOutbox(dir: string, address: string) {
  const dropped: string[] = [];
  const note = (reason: DropReason, count: number) => void dropped.push(`${reason} ${count}`);
  const queue = await openDiskQueue({ dir, maxBytes: 1_000_000, syncIntervalMs: 1000, onDropped: note });
  const ingest = createIngestClient({ address, apiKey: "sl_key", deadlineMs: 2000 });
  const outbox = createOutbox({
    queue,
    ingest,
    log: quietLog,
    lingerMs: 1,
    baseDelayMs: 5,
    maxDelayMs: 50,
    observer: { sent: () => undefined, failed: () => undefined, dropped: note },
  });
  return {
    outbox,
    queue,
    dropped,
    async [Symbol.asyncDispose]() {
      await outbox.close();
      ingest.close();
      await queue.close();
    },
  };
}

function scratch() {
  const dir = mkdtempSync(join(tmpdir(), "sightline-outbox-"));
  return { dir, [Symbol.dispose]: () => rmSync(dir, { recursive: true }) };
}

function metric(name: string): Buffer {
  const point = { name, unit: "1", help: "", kind: "gauge", labels: [], value: 1, timeUnixNano: 1n } as const;
  return encodeMetrics({ resource: { "service.name": "test" }, points: [point] });
}

function event(title: string): Buffer {
  return Buffer.from(StoreEventsRequest.encode({ events: [SystemEvent.fromPartial({ title })] }).finish());
}

const names = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}${n}`);

/** Waits until so many have arrived, and a moment in which more could. */
async function arrive(got: string[], want: string[]): Promise<void> {
  await eventually(() => got.length >= want.length);
  assert.deepEqual(got, want);
}

describe("the outbox", () => {
  it("sends metrics and events in order, with the API key", async () => {
    using at = scratch();
    await using ingest = await startIngest();
    await using box = await startOutbox(at.dir, ingest.address);
    await box.outbox.put("metrics", metric("a"));
    await box.outbox.put("events", event("b"));
    await box.outbox.put("metrics", metric("c"));
    await arrive(ingest.got, ["a", "b", "c"]);
    assert.deepEqual([...ingest.keys], ["sl_key"]);
  });

  it("keeps everything while ingest is down, and sends it later: in order, all of it, once", async () => {
    using at = scratch();
    const first = await startIngest();
    await using box = await startOutbox(at.dir, first.address);
    const all = names("m", 100);
    for (const name of all.slice(0, 10)) await box.outbox.put("metrics", metric(name));
    await arrive(first.got, all.slice(0, 10));
    await first.close();
    for (const name of all.slice(10)) await box.outbox.put("metrics", metric(name));
    assert.equal(box.queue.size().records, 90);
    await using second = await startIngest(Number(first.address.split(":")[1]));
    await arrive(second.got, all.slice(10));
    await eventually(() => box.queue.size().records === 0);
    assert.deepEqual(second.got, all.slice(10));
    assert.deepEqual(box.dropped, []);
  });

  it("keeps what its process had not sent when it ended", async () => {
    using at = scratch();
    {
      await using box = await startOutbox(at.dir, "127.0.0.1:1");
      for (const name of names("m", 20)) await box.outbox.put("metrics", metric(name));
    }
    await using ingest = await startIngest();
    await using box = await startOutbox(at.dir, ingest.address);
    await arrive(ingest.got, names("m", 20));
    assert.deepEqual(box.dropped, []);
  });

  it("loses nothing that it had taken when its process is killed", async () => {
    using at = scratch();
    const child = fork(join(import.meta.dirname, "../testing/outbox-writer.ts"), [at.dir]);
    let written = -1;
    child.on("message", (n) => {
      written = Number(n);
      if (written === 200) child.kill("SIGKILL");
    });
    await once(child, "exit");
    await using ingest = await startIngest();
    await using box = await startOutbox(at.dir, ingest.address);
    await eventually(() => box.queue.size().records === 0);
    assert.ok(ingest.got.length > written, `${ingest.got.length} of ${written + 1}`);
    assert.deepEqual(ingest.got, names("m", ingest.got.length));
  });

  it("waits as long as ingest asks for", async () => {
    using at = scratch();
    await using ingest = await startIngest();
    let refusals = 0;
    ingest.refuseWhen(() =>
      refusals++ < 3 ? new AppError("resource_exhausted", "slow down", { retryAfterMs: 20 }) : undefined,
    );
    await using box = await startOutbox(at.dir, ingest.address);
    const startedAt = performance.now();
    await box.outbox.put("metrics", metric("a"));
    await arrive(ingest.got, ["a"]);
    assert.ok(performance.now() - startedAt >= 60);
    assert.deepEqual(box.dropped, []);
  });

  it("keeps everything while its key is wrong", async () => {
    using at = scratch();
    await using ingest = await startIngest();
    let refusals = 0;
    ingest.refuseWhen(() => (refusals++ < 5 ? new AppError("unauthenticated", "unknown key") : undefined));
    await using box = await startOutbox(at.dir, ingest.address);
    for (const name of names("m", 5)) await box.outbox.put("metrics", metric(name));
    await arrive(ingest.got, names("m", 5));
    assert.deepEqual(box.dropped, []);
  });

  it("drops only what ingest refuses, and counts it", async () => {
    using at = scratch();
    await using ingest = await startIngest();
    ingest.refuseWhen((all) => (all.includes("bad") ? invalid("bad is bad") : undefined));
    const before = ["m0", "m1", "bad", "m2", "bad", "m3"];
    {
      await using offline = await startOutbox(at.dir, "127.0.0.1:1");
      for (const name of before) await offline.outbox.put("metrics", metric(name));
    }
    await using box = await startOutbox(at.dir, ingest.address);
    await arrive(ingest.got, names("m", 4));
    await eventually(() => box.queue.size().records === 0);
    assert.deepEqual(box.dropped, ["invalid 1", "invalid 1"]);
  });

  it("counts what ingest took only in part", async () => {
    using at = scratch();
    await using ingest = await startIngest();
    await using box = await startOutbox(at.dir, ingest.address);
    await box.outbox.put("events", event("half good"));
    await arrive(ingest.got, ["half good"]);
    await eventually(() => box.dropped.length === 1);
    assert.deepEqual(box.dropped, ["rejected 1"]);
  });
});

describe("the verdict on a batch that was not taken", () => {
  const kept = new Set([
    "unavailable",
    "deadline_exceeded",
    "cancelled",
    "data_loss",
    "unauthenticated",
    "permission_denied",
    "unimplemented",
    "internal",
  ]);
  for (const code of ERROR_CODES) {
    it(`${code} is ${kept.has(code) ? "kept" : "dropped"}`, () => {
      assert.equal(verdictOf(new AppError(code, ""), 1).keep, kept.has(code));
    });
  }
  it("resource_exhausted with a retry hint is kept", () => {
    assert.deepEqual(verdictOf(new AppError("resource_exhausted", "", { retryAfterMs: 1 }), 99), { keep: true });
  });
  it("a defect of ingest is met five times", () => {
    assert.equal(verdictOf(new AppError("internal", ""), 4).keep, true);
    assert.equal(verdictOf(new AppError("internal", ""), 5).keep, false);
  });
  it("an outage is waited out for ever", () => assert.equal(verdictOf(unavailable(""), 1e9).keep, true));
});
