import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { listDeadLetters } from "@sightline/bus/dead-letters";
import { openRedrive } from "@sightline/bus/redrive";
import { AppError } from "@sightline/errors/app-error";
import { EventBatch } from "@sightline/proto/sightline/event/v1/event";
import { QueryServiceClient, SearchLogsRequest } from "@sightline/proto/sightline/query/v1/query_service";
import { createClient } from "@sightline/rpc/client";
import { eventually } from "@sightline/testkit/eventually";
import { type ClickHouseProxy, startClickHouseProxy } from "./clickhouse-proxy.ts";
import { type CountedLoad, startCountedLoad } from "./counted-load.ts";
import { connectFaultBus, type FaultBus } from "./fault-bus.ts";
import { type FaultStack, startFaultStack } from "./fault-stack.ts";
import { readMetric } from "./metrics.ts";
import { type ServiceProcess, startService } from "./service-process.ts";
import { assertOnceEach } from "./stored.ts";

const patience = { timeoutMs: 60_000, intervalMs: 100 };
const slowness = Number(process.env["SIGHTLINE_FAULT_SLOWNESS"] ?? 3);
/** How long the database is away. */
const outageMs = Number(process.env["SIGHTLINE_FAULT_OUTAGE_MS"] ?? 8000);

describe("the database fails", { timeout: outageMs * 3 + 300_000 }, () => {
  const closers = new AsyncDisposableStack();
  after(() => closers.disposeAsync());
  let system: FaultStack;
  let bus: FaultBus;
  let proxy: ClickHouseProxy;
  let storage: ServiceProcess;

  before(async () => {
    system = closers.use(await startFaultStack({ services: ["ingest", "gateway"] }));
    bus = closers.use(await connectFaultBus(system.stack));
    proxy = closers.use(await startClickHouseProxy(system.stack.port("clickhouse")));
    const settings = {
      SIGHTLINE_CLICKHOUSE_URL: proxy.url,
      SIGHTLINE_CLICKHOUSE_REQUEST_TIMEOUT_MS: "5000",
      SIGHTLINE_WRITER_INSERT_INTERVAL_MS: "200",
      SIGHTLINE_WRITER_FLUSH_INTERVAL_MS: "100",
      SIGHTLINE_BEHIND_WAITED_MS: "2000",
      SIGHTLINE_BEHIND_CHECK_INTERVAL_MS: "500",
    };
    storage = closers.use(await startService(system.stack, "storage", { inPlace: true, settings }));
    await storage.ready();
  });
  afterEach(() => proxy.decide(() => ({ kind: "pass" })));

  const load = (mark: string) =>
    startCountedLoad({ addresses: [system.stack.doors.otlpGrpc], apiKey: system.ingestKey, mark });
  const metric = async (name: string, labels: Readonly<Record<string, string>> = {}) =>
    (await readMetric(`http://127.0.0.1:${storage.ports("storageAdmin")}`, `sightline_storage_${name}`, labels)) ?? 0;

  test("is away: records wait on the bus and are seen to, queries fail at once, and all is soon caught up", async (t) => {
    const mark = "away";
    await using running = load(mark);
    await flowing(running);
    const retriesBefore = await metric("retries_total", { operation: "insert" });
    const failedBefore = running.failed();
    const since = performance.now();
    await using _back = { [Symbol.asyncDispose]: system.stack.process("clickhouse").start };
    await system.stack.process("clickhouse").kill();
    const queries = createClient(QueryServiceClient, system.stack.doors.grpc, { apiKey: system.queryKey });
    using _ = { [Symbol.dispose]: queries.close };
    const asked = performance.now();
    const answer = await queries.call("searchLogs", SearchLogsRequest.fromPartial({ limit: 1 })).catch(AppError.from);
    assert.ok(answer instanceof AppError && answer.code === "unavailable", `${AppError.from(answer).code} ${answer}`);
    assert.ok(performance.now() - asked < 5000, `a query waited ${performance.now() - asked} ms`);
    await eventually(() => performance.now() - since > outageMs, { timeoutMs: outageMs + 1000 });
    assert.equal(running.failed(), failedBefore, "senders do not notice");
    assert.ok((await metric("waited_seconds", { lane: "logs" })) > 2, "what waits is a metric, and told of");
    const told = await bus.bus.manager.streams.getMessage("SIGNALS", { last_by_subj: "signals.storage" });
    const [event] = EventBatch.decode(told?.data ?? new Uint8Array()).events;
    assert.match(`${event?.eventType} ${event?.target}`, /^fallen_behind storing \w+$/);
    const behind = await metric("pending_messages", { lane: "logs" });
    assert.ok(behind > 20, `${behind} messages wait`);
    await system.stack.process("clickhouse").start();
    const backAt = performance.now();
    await eventually(async () => assert.ok((await metric("pending_messages")) < behind / 4), patience);
    const caughtUpMs = performance.now() - backAt;
    t.diagnostic(`${behind} messages of ${Math.round(outageMs)} ms were caught up in ${Math.round(caughtUpMs)} ms`);
    // The wait between two tries is 10 s at most; what is left is the work itself, at more than twice the live rate.
    assert.ok(caughtUpMs < (12_000 + outageMs) * slowness, `caught up in ${caughtUpMs} ms`);
    const retries = (await metric("retries_total", { operation: "insert" })) - retriesBefore;
    assert.ok(retries > 0 && retries < 5 * (10 + outageMs / 5000), `${retries} tries`);
    await assertOnceEach(await running.stop(), { clickhouse: system.clickhouse, mark });
  });

  test("is slow: inserts become larger, not more, and none is made twice", async () => {
    const mark = "slow";
    await using running = load(mark);
    await flowing(running);
    proxy.decide(() => ({ kind: "delay", ms: 1500 }));
    const before = proxy.inserts.length;
    const acknowledged = running.acknowledged();
    const since = performance.now();
    await eventually(() => performance.now() - since > 5000, patience);
    const seconds = (performance.now() - since) / 1000;
    // Seven tables of five lanes, each with one insert at a time.
    assert.ok(proxy.inserts.length - before <= 7 * (seconds / 1.5 + 1), `${proxy.inserts.length - before} inserts`);
    assert.ok(running.acknowledged() - acknowledged > 100, "senders do not notice");
    proxy.decide(() => ({ kind: "pass" }));
    await assertOnceEach(await running.stop(), { clickhouse: system.clickhouse, mark });
  });

  test("has the rows and does not get to say so: they are sent again under their name, and kept once", async () => {
    const mark = "unheard";
    await using running = load(mark);
    await flowing(running);
    const unheard = new Set<string>();
    proxy.decide((token) => {
      if (unheard.has(token) || unheard.size >= 12) return { kind: "pass" };
      unheard.add(token);
      return { kind: "lose the answer" };
    });
    await eventually(() => unheard.size === 12, patience);
    await flowing(running);
    await assertOnceEach(await running.stop(), { clickhouse: system.clickhouse, mark });
    for (const token of unheard) {
      const fates = proxy.inserts.filter((insert) => insert.token === token).map(({ fate }) => fate);
      assert.deepEqual(fates, ["lose the answer", "pass"], token);
    }
  });

  for (const { name, code, text } of [
    {
      name: "has too many parts",
      code: 252,
      text: "Too many parts (3000 with average size of 1.00 KiB). (TOO_MANY_PARTS)",
    },
    {
      name: "has no room on its disk",
      code: 243,
      text: "Cannot reserve 1.00 MiB, not enough space. (NOT_ENOUGH_SPACE)",
    },
    { name: "may only be read", code: 242, text: "Table is in readonly mode. (TABLE_IS_READ_ONLY)" },
  ]) {
    test(`${name}: records wait, few tries are made, and nothing is put aside`, async () => {
      const mark = `refused-${code}`;
      await using running = load(mark);
      await flowing(running);
      const before = proxy.inserts.length;
      proxy.decide(() => ({ kind: "refuse", code, text }));
      const since = performance.now();
      await eventually(() => performance.now() - since > 3000, patience);
      const tries = proxy.inserts.length - before;
      assert.ok(tries > 0 && tries < 60, `${tries} tries`);
      proxy.decide(() => ({ kind: "pass" }));
      await flowing(running);
      await assertOnceEach(await running.stop(), { clickhouse: system.clickhouse, mark });
      const { heads } = await listDeadLetters(bus.bus, { startSeq: 1, maxLetters: 10 });
      assert.deepEqual(heads, []);
    });
  }

  test("refuses one row: its record alone is put aside, with what the database said, and stored when it may be", async () => {
    const mark = "one-bad-row";
    const constraint = "ALTER TABLE otel_logs ADD CONSTRAINT no_poison CHECK SeverityText != 'POISON'";
    await system.clickhouse.command(constraint);
    await using running = load(mark);
    await flowing(running);
    // Numbers that the load does not come to.
    const [first, bad, last] = [1_000_000, 1_000_001, 1_000_002] as const;
    const record = (number: number) => ({ body: { stringValue: String(number) } });
    const logRecords = [record(first), { ...record(bad), severityText: "POISON" }, record(last)];
    const attributes = [{ key: "service.name", value: { stringValue: mark } }];
    const sent = await fetch(`${system.stack.doors.otlpHttp}/v1/logs`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${system.ingestKey}` },
      body: JSON.stringify({ resourceLogs: [{ resource: { attributes }, scopeLogs: [{ logRecords }] }] }),
    });
    assert.equal(sent.status, 200);
    const [letter] = await eventually(async () => {
      const { heads: letters } = await listDeadLetters(bus.bus, { startSeq: 1, maxLetters: 10 });
      assert.equal(letters.length, 1);
      return letters;
    }, patience);
    assert.equal(letter?.reason, "refused_by_database");
    assert.match(letter?.error ?? "", /no_poison/);
    assert.equal(await metric("dead_letters_total", { reason: "refused_by_database" }), 1);
    assert.deepEqual([letter?.tenant, letter?.records], ["default", 1]);
    await flowing(running);
    const counts = await running.stop();
    const besides = (...numbers: number[]) =>
      counts.map(({ acknowledged, ...sent }) =>
        sent.signal === "logs"
          ? { ...sent, acknowledged: acknowledged.union(new Set(numbers)) }
          : { ...sent, acknowledged },
      );
    await assertOnceEach(besides(first, last), { clickhouse: system.clickhouse, mark });
    await system.clickhouse.command("ALTER TABLE otel_logs DROP CONSTRAINT no_poison");
    const { redrive } = await openRedrive(bus.bus, { replicas: 1 });
    assert.ok((await redrive(letter?.seq ?? 0, { evenIfTwice: false })) !== undefined);
    await assertOnceEach(besides(first, bad, last), { clickhouse: system.clickhouse, mark });
  });
});

/** Every signal's records are acknowledged, again. */
async function flowing(load: CountedLoad): Promise<void> {
  const before = load.fewestAcknowledged();
  await eventually(() => load.fewestAcknowledged() > before + 5, patience);
}
