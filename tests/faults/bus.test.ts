import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { listDeadLetters } from "@sightline/bus/dead-letters";
import { streamState } from "@sightline/bus/streams";
import { SIGNALS } from "@sightline/bus/subjects";
import { AppError } from "@sightline/errors/app-error";
import { AlertServiceClient, ListAlertsRequest } from "@sightline/proto/sightline/alert/v1/alert_service";
import { createClient } from "@sightline/rpc/client";
import { eventually } from "@sightline/testkit/eventually";
import { z } from "zod";
import { type CountedLoad, startCountedLoad } from "./counted-load.ts";
import { createNumberSender } from "./counted-request.ts";
import { connectFaultBus, type FaultBus } from "./fault-bus.ts";
import { type FaultStack, startFaultStack } from "./fault-stack.ts";
import { readMetric } from "./metrics.ts";
import { assertOnceEach } from "./stored.ts";

const patience = { timeoutMs: 60_000, intervalMs: 100 };
const services = ["ingest", "storage", "analyzer", "alerter", "gateway"] as const;
/** Little, so that the stream is soon full. */
const diskBudgetBytes = 10_000_000;

describe("the bus fails, fills up, or holds what nobody can read", { timeout: 300_000 }, () => {
  const closers = new AsyncDisposableStack();
  after(() => closers.disposeAsync());
  let system: FaultStack;
  let bus: FaultBus;

  before(async () => {
    const common = { SIGHTLINE_NATS_DISK_BUDGET_BYTES: String(diskBudgetBytes) };
    const storage = {
      ...common,
      SIGHTLINE_WRITER_INSERT_INTERVAL_MS: "200",
      SIGHTLINE_WRITER_FLUSH_INTERVAL_MS: "100",
      SIGHTLINE_WRITER_KEEP_STORED_MS: "1000",
    };
    const settings = { ...Object.fromEntries(services.map((name) => [name, common])), storage };
    system = closers.use(await startFaultStack({ services, settings }));
    bus = closers.use(await connectFaultBus(system.stack));
  });

  const load = (mark: string) =>
    startCountedLoad({ addresses: [system.stack.doors.otlpGrpc], apiKey: system.ingestKey, mark });
  const pids = () => services.map((name) => system.stack.process(name).pid());

  test("killed: senders hear at once when to come back, and everybody finds it again", async () => {
    const mark = "bus-killed";
    await using running = load(mark);
    await flowing(running);
    const before = pids();
    await system.stack.process("nats").kill();
    await eventually(async () => assert.equal((await readyz()).status, 503), patience);
    for (const probe of probes()) assert.equal((await fetch(probe)).status, 503, probe);
    const askedAt = performance.now();
    const http = await postLog(mark, "over HTTP");
    assert.equal(http.status, 503);
    assert.match(http.headers.get("retry-after") ?? "", /^\d+$/);
    using sender = senderOf(mark);
    const refused = await sender.send.traces(1, AbortSignal.timeout(30_000)).catch(AppError.from);
    assert.ok(refused instanceof AppError, "gRPC refuses as well");
    assert.equal(refused.code, "unavailable");
    assert.ok((refused.retryAfterMs ?? 0) > 0, "RetryInfo");
    assert.ok(performance.now() - askedAt < 6000, "it does not let them wait");
    await system.stack.process("nats").start();
    await flowing(running);
    assert.equal((await readyz()).status, 200);
    for (const probe of probes()) {
      await eventually(async () => assert.equal((await fetch(probe)).status, 200, probe), patience);
    }
    await assertOnceEach(await running.stop(), { clickhouse: system.clickhouse, mark });
    assert.deepEqual(pids(), before, "nobody had to be started again");
  });

  test("what nobody can read is put aside with all that is known of it, people are told, and the rest goes on", async () => {
    const mark = "poison";
    await using running = load(mark);
    await flowing(running);
    const poisoned = await Promise.all(
      SIGNALS.map(async (signal) => ({ signal, seq: await bus.publishRaw(signal, Buffer.from("no protobuf")) })),
    );
    await flowing(running);
    await assertOnceEach(await running.stop(), { clickhouse: system.clickhouse, mark });
    const letters = await eventually(async () => {
      const { heads: found } = await listDeadLetters(bus.bus, { startSeq: 1, maxLetters: 100 });
      assert.equal(found.length, SIGNALS.length);
      return found;
    }, patience);
    for (const { signal, seq } of poisoned) {
      const letter = letters.find(({ subjectSeq }) => subjectSeq === seq);
      assert.deepEqual(
        [letter?.subject, letter?.reason, letter?.tenant, letter?.records],
        [`telemetry.${signal}.0`, "malformed", "default", 1],
      );
      assert.notEqual(letter?.error, "");
      assert.ok(Math.abs(Date.now() - Number((letter?.timeUnixNano ?? 0n) / 1_000_000n)) < 60_000, "when it was");
      const labels = { lane: signal, reason: "malformed" };
      assert.equal(
        await readMetric(system.stack.doors.admin("storage"), "sightline_storage_dead_letters_total", labels),
        1,
      );
    }
    const told = await eventually(async () => {
      const sql =
        "SELECT Target AS target, Details AS details FROM events WHERE EventType = 'dead_letter' ORDER BY Target";
      const schema = z.object({ target: z.string(), details: z.string() });
      const rows = await system.clickhouse.query(sql, {}, { schema });
      assert.equal(rows.length, SIGNALS.length);
      return rows;
    }, patience);
    assert.deepEqual(
      told.map(({ target }) => target).toSorted(),
      SIGNALS.map((signal) => `telemetry.${signal}.0`).toSorted(),
    );
    assert.ok(told.every(({ details }) => details.includes('"reason":"malformed"')));
    const alerts = createClient(AlertServiceClient, system.stack.doors.grpc, { apiKey: system.queryKey });
    using _ = { [Symbol.dispose]: alerts.close };
    await eventually(async () => {
      const active = await alerts.call("listAlerts", ListAlertsRequest.fromPartial({}));
      assert.ok(active.alerts.some(({ ruleName }) => ruleName === "Records put aside"));
    }, patience);
    // Whoever else reads them gives them up as well, after a few tries.
    const { doors } = system.stack;
    await eventually(async () => {
      assert.equal(
        await readMetric(doors.admin("alerter"), "sightline_alerter_events_dropped_total", { reason: "unreadable" }),
        1,
      );
      assert.equal(
        await readMetric(doors.admin("analyzer"), "sightline_analyzer_unreadable_total", {
          subject: "metrics",
        }),
        1,
      );
    }, patience);
  });

  test("full: it refuses what is new rather than deleting what is old, and takes again what comes once it was emptied", async () => {
    const mark = "bus-full";
    const { stack, clickhouse } = system;
    await stack.process("storage").kill();
    const { firstSeq } = await streamState(bus.bus, "telemetry");
    const padding = "x".repeat(200_000);
    let taken = 0;
    let refused = await postLog(mark, String(taken), padding);
    while (refused.status === 200 && taken < 1000) {
      taken += 1;
      refused = await postLog(mark, String(taken), padding);
    }
    assert.equal(refused.status, 503);
    assert.match(refused.headers.get("retry-after") ?? "", /^\d+$/);
    assert.ok(taken > 20);
    // Its name is what is long: a short record may still find room.
    using sender = senderOf(padding);
    const overGrpc = await sender.send.logs(1, AbortSignal.timeout(15_000)).catch(AppError.from);
    assert.ok(overGrpc instanceof AppError && overGrpc.code === "unavailable", "gRPC refuses as well");
    assert.ok((overGrpc.retryAfterMs ?? 0) > 0, "RetryInfo");
    const full = await streamState(bus.bus, "telemetry");
    assert.deepEqual([full.firstSeq, full.messages], [firstSeq, full.lastSeq - firstSeq + 1], "nothing was deleted");
    await stack.process("storage").start();
    await eventually(async () => assert.equal((await postLog(mark, "after", padding)).status, 200), patience);
    const sql =
      "SELECT count() AS rows, uniqExact(Body) AS bodies FROM otel_logs WHERE ServiceName = {mark:String} AND Body != 'after'";
    const schema = z.object({ rows: z.string(), bodies: z.string() });
    await eventually(async () => {
      const [row] = await clickhouse.query(sql, { mark }, { schema });
      assert.deepEqual(row, { rows: String(taken), bodies: String(taken) });
    }, patience);
  });

  function readyz(): Promise<Response> {
    return fetch(`${system.stack.doors.admin("ingest")}/readyz`);
  }

  /** What other systems' watchers ask. */
  function probes(): string[] {
    const { doors, port } = system.stack;
    const atGateway = ["/-/ready", "/ready", "/api/health"].map((path) => doors.page + path);
    return [`${doors.otlpHttp}/ready`, `http://127.0.0.1:${port("healthCheck")}/`, ...atGateway];
  }

  function senderOf(mark: string) {
    const sender = createNumberSender(system.stack.doors.otlpGrpc, system.ingestKey, mark);
    return { ...sender, [Symbol.dispose]: sender.close };
  }

  function postLog(mark: string, body: string, padding = ""): Promise<Response> {
    const text = (stringValue: string) => ({ stringValue });
    const attributes = [{ key: "service.name", value: text(mark) }];
    const record = { body: text(body), attributes: [{ key: "padding", value: text(padding) }] };
    return fetch(`${system.stack.doors.otlpHttp}/v1/logs`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${system.ingestKey}` },
      body: JSON.stringify({ resourceLogs: [{ resource: { attributes }, scopeLogs: [{ logRecords: [record] }] }] }),
    });
  }
});

/** Every signal's records are acknowledged, again. */
async function flowing(load: CountedLoad): Promise<void> {
  const before = load.fewestAcknowledged();
  await eventually(() => load.fewestAcknowledged() > before + 5, patience);
}
