import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { eventually } from "@sightline/testkit/eventually";
import { startCountedLoad } from "./counted-load.ts";
import { type FaultStack, startFaultStack } from "./fault-stack.ts";
import { mountSmallDisk, type SmallDisk, whyNoSmallDisk } from "./small-disk.ts";
import { assertOnceEach } from "./stored.ts";

const patience = { timeoutMs: 90_000, intervalMs: 200 };
const services = ["ingest", "storage", "gateway"] as const;
const diskMegabytes = 24;

describe("the disk of the bus", { timeout: 300_000, skip: await whyNoSmallDisk() }, () => {
  const closers = new AsyncDisposableStack();
  after(() => closers.disposeAsync());
  let system: FaultStack;
  let disk: SmallDisk;

  before(async () => {
    const storage = { SIGHTLINE_WRITER_INSERT_INTERVAL_MS: "200", SIGHTLINE_WRITER_FLUSH_INTERVAL_MS: "100" };
    system = closers.use(await startFaultStack({ services, settings: { storage } }));
    const { stack } = system;
    const dir = join(stack.dir, "nats");
    const kept = mkdtempSync(join(tmpdir(), "sightline-kept-"));
    try {
      await stack.process("nats").stop();
      cpSync(dir, kept, { recursive: true });
      disk = closers.use(await mountSmallDisk(dir, diskMegabytes));
      cpSync(kept, dir, { recursive: true });
      await stack.process("nats").start();
    } finally {
      rmSync(kept, { recursive: true });
    }
  });

  test("has no room left while the database is away: nothing is acknowledged that is lost, and all goes on once there is", async () => {
    const mark = "full-disk";
    const { stack, clickhouse, ingestKey: apiKey } = system;
    await using load = startCountedLoad({ addresses: [stack.doors.otlpGrpc], apiKey, mark });
    await eventually(() => load.fewestAcknowledged() > 5, patience);
    const pids = () => services.map((name) => stack.process(name).pid());
    const before = pids();
    await stack.process("clickhouse").kill();
    // Numbers that the load does not come to.
    const firstNumber = 10_000_000;
    let next = firstNumber;
    let answer = await postPadded(mark, next);
    while (answer.status === 200 && next < firstNumber + 1000) {
      next += 1;
      answer = await postPadded(mark, next);
    }
    assert.equal(answer.status, 503, "full is our outage");
    assert.match(answer.headers.get("retry-after") ?? "", /^\d+$/);
    assert.ok(next - firstNumber > 10, `${next - firstNumber} were taken`);
    assert.ok(disk.freeBytes() < 1_000_000, "it is the disk that is full");
    const failed = load.failed();
    await eventually(() => assert.ok(load.failed() > failed + 20, "and so for every sender"), patience);

    await disk.grow(10 * diskMegabytes);
    // nats-server puts JetStream out of action when a write fails for want of room, until it is started again.
    await stack.process("nats").stop();
    await stack.process("nats").start();
    await stack.process("clickhouse").start();
    const acknowledged = load.fewestAcknowledged();
    await eventually(() => assert.ok(load.fewestAcknowledged() > acknowledged + 5), patience);
    const padded = Array.from({ length: next - firstNumber }, (_, at) => firstNumber + at);
    const sent = (await load.stop()).map((counted) => {
      if (counted.signal !== "logs") return counted;
      const { signal, acknowledged: load, unknown } = counted;
      // The last one was not acknowledged: it may be stored all the same.
      return { signal, acknowledged: load.union(new Set(padded)), unknown: unknown.union(new Set([next])) };
    });
    await assertOnceEach(sent, { clickhouse, mark, timeoutMs: 120_000 });
    assert.deepEqual(pids(), before, "nobody of ours had to be started again");
  });

  function postPadded(mark: string, number: number): Promise<Response> {
    const text = (stringValue: string) => ({ stringValue });
    const attributes = [{ key: "service.name", value: text(mark) }];
    const record = {
      body: text(String(number)),
      attributes: [{ key: "padding", value: text("x".repeat(200_000)) }],
    };
    return fetch(`${system.stack.doors.otlpHttp}/v1/logs`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${system.ingestKey}` },
      body: JSON.stringify({ resourceLogs: [{ resource: { attributes }, scopeLogs: [{ logRecords: [record] }] }] }),
    });
  }
});
