import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { createApiKey } from "@sightline/auth/api-key";
import { createEventBuilder } from "@sightline/events/builder";
import { EventServiceClient } from "@sightline/proto/sightline/ingest/v1/event_service";
import { createClient } from "@sightline/rpc/client";
import { eventually } from "@sightline/testkit/eventually";
import { z } from "zod";
import { createRestClient, type RestClient } from "../e2e/rest-client.ts";
import { startWebhookReceiver } from "../e2e/webhook-receiver.ts";
import { type CountedLoad, startCountedLoad } from "./counted-load.ts";
import { type FaultStack, startFaultStack } from "./fault-stack.ts";
import { freeze } from "./freeze.ts";
import { assertOnceEach } from "./stored.ts";

const patience = { timeoutMs: 60_000, intervalMs: 50 };
const mark = "postgres-away";
/** How long a process believes what it knows of a key. */
const keyHoldsMs = 15_000;
const errorForm = z.object({ error: z.object({ code: z.string() }) });

/** What people and programs set: each needs Postgres. */
const writes = [
  ["POST", "/v1/keys", { name: "new", scopes: ["query"] }],
  ["POST", "/v1/tenants", { tenant: "new" }],
  ["PUT", "/v1/channels/new", { console: {} }],
  ["POST", "/v1/session", { username: "somebody", password: "something" }],
] as const;

describe("Postgres is away", { timeout: 300_000 }, () => {
  const closers = new AsyncDisposableStack();
  after(() => closers.disposeAsync());
  const reports: string[] = [];
  let system: FaultStack;
  let load: CountedLoad;
  let admin: RestClient;
  let reader: RestClient;
  let receiver: Awaited<ReturnType<typeof startWebhookReceiver>>;

  before(async () => {
    const alerter = { SIGHTLINE_LEASE_RETRY_MS: "200" };
    const services = ["ingest", "storage", "alerter", "gateway"] as const;
    const report = (line: string) => void reports.push(line);
    system = closers.use(await startFaultStack({ services, report, settings: { alerter } }));
    receiver = closers.use(await startWebhookReceiver());
    const { stack, ingestKey: apiKey, queryKey } = system;
    admin = createRestClient(stack.doors.page, { authorization: `Bearer ${stack.secrets.adminKey}` });
    reader = createRestClient(stack.doors.page, { authorization: `Bearer ${queryKey}` });
    await admin.send("PUT", "/v1/channels/hook", { webhook: { url: receiver.url } }, z.unknown());
    const event = { expression: `event_type == '${mark}'`, thresholdCount: 1, thresholdWindowSeconds: 300 };
    await admin.send("POST", "/v1/rules", { name: mark, severity: "critical", event, channels: ["hook"] }, z.unknown());
    load = closers.use(startCountedLoad({ addresses: [stack.doors.otlpGrpc], apiKey, mark }));
    await tell("before");
    await toldOnce("before");
    await reads();
  });

  /** Every signal's records are acknowledged, again. */
  async function flowing(): Promise<void> {
    const before = load.fewestAcknowledged();
    await eventually(() => load.fewestAcknowledged() > before + 20, patience);
  }

  /** Sends an event that an alert follows from. */
  async function tell(target: string): Promise<void> {
    const ingest = createClient(EventServiceClient, system.stack.doors.otlpGrpc, { apiKey: system.ingestKey });
    using _ = { [Symbol.dispose]: ingest.close };
    const about = { eventType: mark, source: "faults", target, title: target };
    await ingest.call("storeEvents", { events: [createEventBuilder({ clock: Date.now }).build(about)] });
  }

  /** That people were told of it, one time. */
  const toldOnce = (target: string) =>
    eventually(() => {
      const told = receiver.received.flatMap(({ alerts }) =>
        alerts.filter(({ labels }) => labels["target"] === target),
      );
      assert.equal(told.length, 1, `${target} was told ${told.length} times`);
    }, patience);

  /** What is answered from ClickHouse, to a key that is known. */
  async function reads(): Promise<void> {
    await reader.get("/v1/logs?limit=1", z.unknown());
    await reader.get("/v1/events?limit=1", z.unknown());
  }

  async function write([method, path, body]: (typeof writes)[number]) {
    const { stack } = system;
    const headers = { authorization: `Bearer ${stack.secrets.adminKey}`, "content-type": "application/json" };
    const answer = await fetch(stack.doors.page + path, { method, headers, body: JSON.stringify(body) });
    return { status: answer.status, body: await answer.json() };
  }

  /** What a sender with a key that nobody has seen is answered. */
  async function sendWithNewKey(): Promise<number> {
    const headers = { authorization: `Bearer ${createApiKey("ingest").key}`, "content-type": "application/json" };
    const answer = await fetch(`${system.stack.doors.otlpHttp}/v1/logs`, { method: "POST", headers, body: "{}" });
    await answer.arrayBuffer();
    return answer.status;
  }

  test("killed: records and queries go on, what would be set is 503, alerts are told when it is back", async () => {
    const postgres = system.stack.process("postgres");
    await postgres.kill();
    await flowing();
    await reads();
    for (const one of writes) {
      const { status, body } = await write(one);
      assert.deepEqual([status, errorForm.parse(body).error.code], [503, "unavailable"], one.join(" "));
    }
    assert.equal(await sendWithNewKey(), 503, "nobody can tell whether the key is good");
    await tell("during");
    await flowing();
    await postgres.start();
    await toldOnce("during");
    await eventually(async () => assert.equal((await write(writes[2])).status, 200), patience);
    assert.equal(await sendWithNewKey(), 401);
  });

  test("standing still, until what is known of keys is too old: records and queries go on all the same", async () => {
    const still = freeze(system.stack.process("postgres").pid());
    try {
      const since = performance.now();
      await tell("while it stood still");
      await eventually(() => performance.now() - since > keyHoldsMs, patience);
      await flowing();
      await reads();
    } finally {
      still.thaw();
    }
    await toldOnce("while it stood still");
  });

  test("all the while nothing failed or was lost, and no process ended", async () => {
    const sent = await load.stop();
    assert.equal(load.failed(), 0);
    assert.deepEqual(reports, []);
    await assertOnceEach(sent, { clickhouse: system.clickhouse, mark });
  });
});
