import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { AlertServiceClient, ListAlertsRequest } from "@sightline/proto/sightline/alert/v1/alert_service";
import { createClient } from "@sightline/rpc/client";
import { eventually } from "@sightline/testkit/eventually";
import { type CountedLoad, startCountedLoad } from "./counted-load.ts";
import { connectFaultBus } from "./fault-bus.ts";
import { type FaultStack, startFaultStack } from "./fault-stack.ts";
import { freeze } from "./freeze.ts";
import { assertOnceEach, countStored } from "./stored.ts";

const patience = { timeoutMs: 60_000, intervalMs: 50 };
const mark = "slow-reader";
/** So many messages behind it is far behind. */
const backlog = 300;
/** Messages that a reader may have at hand. */
const maxAtHand = 100;

describe("a reader of the bus that stands still", { timeout: 300_000 }, () => {
  const closers = new AsyncDisposableStack();
  after(() => closers.disposeAsync());
  const reports: string[] = [];
  let system: FaultStack;
  let load: CountedLoad;

  before(async () => {
    const report = (line: string) => void reports.push(line);
    const services = ["ingest", "storage", "analyzer", "alerter", "gateway"] as const;
    const storage = {
      SIGHTLINE_BEHIND_UNREAD_MESSAGES: String(backlog),
      SIGHTLINE_BEHIND_CHECK_INTERVAL_MS: "500",
    };
    system = closers.use(await startFaultStack({ services, settings: { storage }, report }));
    const { stack, ingestKey: apiKey } = system;
    load = closers.use(startCountedLoad({ addresses: [stack.doors.otlpGrpc], apiKey, mark }));
    await eventually(() => load.fewestAcknowledged() > 10, patience);
  });

  async function metrics(service: "storage" | "analyzer"): Promise<string> {
    return (await fetch(`${system.stack.doors.admin(service)}/metrics`)).text();
  }

  /** How far a reader is behind, as storage sees it. */
  async function unread(reader: string): Promise<number> {
    const line = `sightline_bus_unread_messages{reader="${reader}"} `;
    const found = (await metrics("storage")).split("\n").find((candidate) => candidate.startsWith(line));
    return Number(found?.slice(line.length));
  }

  /** Who is said to be behind now, to people. */
  async function toldBehind(): Promise<(string | undefined)[]> {
    const { stack, queryKey } = system;
    const alerts = createClient(AlertServiceClient, stack.doors.grpc, { apiKey: queryKey });
    using _ = { [Symbol.dispose]: alerts.close };
    const found = await alerts.call("listAlerts", ListAlertsRequest.fromPartial({}));
    return found.alerts
      .filter(({ ruleName }) => ruleName === "Fallen behind")
      .map(({ labels }) => labels["target"])
      .toSorted();
  }

  test("shows, is told of, has a bounded part of the messages at hand, and holds up nobody beside it", async () => {
    const { stack, clickhouse } = system;
    await using bus = await connectFaultBus(stack);
    using _still = freeze(stack.process("analyzer").pid());
    await eventually(async () => assert.ok((await unread("analyzer-metrics")) > backlog), patience);
    await eventually(async () => assert.ok((await unread("analyzer-events")) > backlog), patience);
    for (const reader of ["analyzer-metrics", "analyzer-events"]) {
      const { num_ack_pending } = await bus.bus.manager.consumers.info("TELEMETRY", reader);
      assert.ok(num_ack_pending <= maxAtHand, `${reader} has ${num_ack_pending} at hand`);
    }
    assert.ok((await unread("alerter-events")) < maxAtHand, "the alerter reads the same events");
    const behind = ["analyzer-events", "analyzer-metrics"];
    await eventually(async () => assert.deepEqual(await toldBehind(), behind), patience);
    const before = load.fewestAcknowledged();
    for (const signal of ["logs", "traces", "metrics", "events"] as const) {
      const stored = async () => (await countStored(clickhouse, signal, mark)).size;
      await eventually(async () => assert.ok((await stored()) >= before), patience);
    }
    await eventually(() => load.fewestAcknowledged() > before + 20, patience);
    assert.equal(load.failed(), 0);
  });

  test("reads all that it missed when it goes on", async () => {
    const sent = await load.stop();
    await eventually(async () => {
      assert.equal(await unread("analyzer-metrics"), 0);
      assert.equal(await unread("analyzer-events"), 0);
    }, patience);
    assert.deepEqual(reports, [], "it went on by itself");
    const text = await metrics("analyzer");
    assert.doesNotMatch(text, /^sightline_analyzer_unreadable_total\{/m, "nothing was given up");
    await assertOnceEach(sent, { clickhouse: system.clickhouse, mark });
  });
});
