import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { createEventBuilder } from "@sightline/events/builder";
import { EventServiceClient } from "@sightline/proto/sightline/ingest/v1/event_service";
import { createClient } from "@sightline/rpc/client";
import type { Failpoint } from "@sightline/service/failpoint";
import { eventually } from "@sightline/testkit/eventually";
import { z } from "zod";
import { createRestClient, login } from "../e2e/rest-client.ts";
import { startWebhookReceiver } from "../e2e/webhook-receiver.ts";
import { type CountedLoad, startCountedLoad } from "./counted-load.ts";
import { COUNTED_SIGNALS } from "./counted-request.ts";
import { type FaultStack, startFaultStack } from "./fault-stack.ts";
import { freeze } from "./freeze.ts";
import { startService } from "./service-process.ts";
import { assertNoneTwice, assertOnceEach } from "./stored.ts";

const patience = { timeoutMs: 60_000, intervalMs: 50 };

/** Where a storage process stands still while another takes its lanes, and then goes on as if nothing had been. */
const standsStillAt = [
  "storage.before-record",
  "storage.boundary-recorded",
  "storage.insert-confirmed",
  "storage.table-inserted",
  "storage.before-advance",
] as const satisfies readonly Failpoint[];

describe("two processes of one service", { timeout: 300_000, concurrency: true }, () => {
  const closers = new AsyncDisposableStack();
  after(() => closers.disposeAsync());
  let system: FaultStack;

  before(async () => {
    const storage = {
      SIGHTLINE_WRITER_INSERT_INTERVAL_MS: "200",
      SIGHTLINE_WRITER_FLUSH_INTERVAL_MS: "100",
      // Longer than a process that starts on a busy machine stands still: it would lose the lanes it has just taken.
      SIGHTLINE_WRITER_TAKEOVER_MS: "3000",
    };
    const alerter = { SIGHTLINE_LEASE_RETRY_MS: "200" };
    const services = ["ingest", "storage", "alerter", "gateway"] as const;
    system = closers.use(await startFaultStack({ services, settings: { storage, alerter } }));
  });

  test("of storage: one stands still between any two steps and wakes late, and nothing is stored twice", async () => {
    const { stack, clickhouse, ingestKey: apiKey } = system;
    const mark = "two-storages";
    await using load = startCountedLoad({ addresses: [stack.doors.otlpGrpc], apiKey, mark });
    const log = join(stack.dir, "logs", "storage.log");
    for (const name of standsStillAt) {
      const lostBefore = lanesLost(readFileSync(log, "utf8"));
      const settings = { SIGHTLINE_FAILPOINTS: `${name}=freeze:8` };
      await using frozen = await startService(stack, "storage", { settings });
      {
        // A process that starts takes the lanes from the other one, unless that one writes at the very same moment.
        using _still = freeze(stack.process("storage").pid());
        await eventually(() => assert.ok(isStopped(frozen.pid), frozen.lines.slice(-20).join("\n")), patience);
      }
      await flowing(load);
      const before = load.acknowledged();
      // It notices that it stood still, and only then takes them back.
      await eventually(() => lanesLost(readFileSync(log, "utf8")) >= lostBefore + 5, patience);
      const other = `http://127.0.0.1:${stack.port("storageAdmin")}/metrics`;
      await eventually(async () => assert.equal(await ownedLanes(other), 5, `taken over at ${name}`), patience);
      process.kill(frozen.pid, "SIGCONT");
      const lines = () => `at ${name}: ${frozen.lines.slice(-20).join("\n")}`;
      await eventually(() => assert.ok(lanesLost(frozen.lines.join("\n")) > 0, lines()), patience);
      await eventually(() => load.acknowledged() > before + 50, patience);
    }
    await assertOnceEach(await load.stop(), { clickhouse, mark });
    await assertNoneTwice(clickhouse, COUNTED_SIGNALS, mark);
  });

  test("of ingest: one is killed and one stands still in turn, and what either acknowledged is stored, and once", async () => {
    const { stack, clickhouse, ingestKey: apiKey } = system;
    await using other = await startService(stack, "ingest");
    await other.ready();
    const mark = "two-ingests";
    const addresses = [stack.doors.otlpGrpc, `127.0.0.1:${other.ports("ingestGrpc")}`];
    await using load = startCountedLoad({ addresses, apiKey, mark, senders: 1 });
    await flowing(load);
    {
      using _still = freeze(other.pid);
      await flowing(load);
    }
    await stack.process("ingest").kill();
    await flowing(load);
    await stack.process("ingest").start();
    await flowing(load);
    await assertOnceEach(await load.stop(), { clickhouse, mark });
  });

  test("of the alerter: one stands still, the other tells people, and both together do not tell them twice", async () => {
    const { stack, ingestKey: apiKey } = system;
    await using receiver = await startWebhookReceiver();
    const { doors, adminUser, secrets } = stack;
    const rest = createRestClient(doors.page, await login(doors.page, adminUser, secrets.adminPassword));
    await rest.send("PUT", "/v1/channels/replicas", { webhook: { url: receiver.url } }, z.unknown());
    const event = { expression: "event_type == 'replicas'", thresholdCount: 1, thresholdWindowSeconds: 300 };
    const rule = { name: "replicas", severity: "critical", event, channels: ["replicas"] };
    await rest.send("POST", "/v1/rules", rule, z.unknown());
    const ingest = createClient(EventServiceClient, doors.otlpGrpc, { apiKey });
    using _closing = { [Symbol.dispose]: ingest.close };
    const happen = (target: string) => {
      const builder = createEventBuilder({ clock: Date.now });
      const events = [builder.build({ eventType: "replicas", source: "faults", target, title: target })];
      // The other tests end ingest meanwhile.
      return eventually(() => ingest.call("storeEvents", { events }), patience);
    };
    const told = () =>
      receiver.received.flatMap(({ alerts }) => alerts.map(({ labels }) => labels["target"])).toSorted();

    await using other = await startService(stack, "alerter");
    await other.ready();
    const still = freeze(stack.process("alerter").pid());
    using _still = still;
    await happen("while it stands still");
    await eventually(() => assert.deepEqual(told(), ["while it stands still"]), patience);
    still.thaw();
    await happen("after it woke up");
    await eventually(() => assert.deepEqual(told(), ["after it woke up", "while it stands still"]), patience);
  });
});

/** Every signal's records are acknowledged, again. */
async function flowing(load: CountedLoad): Promise<void> {
  const before = load.fewestAcknowledged();
  await eventually(() => load.fewestAcknowledged() > before + 5, patience);
}

/** Whether a process was stopped by SIGSTOP. */
function isStopped(pid: number): boolean {
  return /^\d+ \(.*\) T /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
}

/** How often a log says that a lane was lost. */
function lanesLost(log: string): number {
  return log.split("lane lost to another process").length - 1;
}

async function ownedLanes(metricsUrl: string): Promise<number> {
  const text = await (await fetch(metricsUrl)).text();
  return [...text.matchAll(/^sightline_storage_lane_owned\{.*\} 1$/gm)].length;
}
