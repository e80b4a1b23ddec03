import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { AlertServiceClient, AlertState, ListAlertsRequest } from "@sightline/proto/sightline/alert/v1/alert_service";
import { createClient } from "@sightline/rpc/client";
import { eventually } from "@sightline/testkit/eventually";
import { z } from "zod";
import { createRestClient, login } from "../e2e/rest-client.ts";
import { startWebhookReceiver } from "../e2e/webhook-receiver.ts";
import { type FaultStack, startFaultStack } from "./fault-stack.ts";
import { startService } from "./service-process.ts";

const patience = { timeoutMs: 90_000, intervalMs: 100 };
const forMs = 20_000;
const groups = Array.from({ length: 12 }, (_, at) => `g${at}`);

const rules = `groups:
${groups
  .map(
    (name) => `- name: ${name}
  interval: 1s
  rules: [{ alert: Level, expr: 'fault_level{target="${name}"} > 0', for: ${forMs / 1000}s }]
`,
  )
  .join("")}`;

describe("rule files", { timeout: 300_000 }, () => {
  const closers = new AsyncDisposableStack();
  after(() => closers.disposeAsync());
  let system: FaultStack;
  let receiver: Awaited<ReturnType<typeof startWebhookReceiver>>;

  before(async () => {
    receiver = closers.use(await startWebhookReceiver());
    const alerter = { SIGHTLINE_LEASE_RETRY_MS: "200" };
    const services = ["ingest", "storage", "alerter", "gateway"] as const;
    system = closers.use(await startFaultStack({ services, settings: { alerter } }));
    const { doors, adminUser, secrets } = system.stack;
    const rest = createRestClient(doors.page, await login(doors.page, adminUser, secrets.adminPassword));
    const routing = `
route: { receiver: hook, group_by: ["..."], group_wait: 0s, group_interval: 1s, repeat_interval: 24h }
receivers: [{ name: hook, webhook_configs: [{ url: "${receiver.url}" }] }]
`;
    await rest.send("PUT", "/v1/alert-routing", { source: routing }, z.unknown());
    await rest.send("PUT", "/v1/rule-files/faults", { source: rules }, z.unknown());
  });

  async function listAlerts() {
    const { stack, queryKey } = system;
    const client = createClient(AlertServiceClient, stack.doors.grpc, { apiKey: queryKey });
    using _ = { [Symbol.dispose]: client.close };
    // The gateway finds an alerter that was started again after a moment.
    const { alerts } = await eventually(() => client.call("listAlerts", ListAlertsRequest.fromPartial({})), patience);
    return alerts.filter(({ ruleName }) => ruleName === "Level");
  }

  async function sendLevels(): Promise<void> {
    const { stack, ingestKey } = system;
    const timeUnixNano = `${Date.now()}000000`;
    const dataPoints = groups.map((target) => ({
      asDouble: 1,
      timeUnixNano,
      attributes: [{ key: "target", value: { stringValue: target } }],
    }));
    const answer = await fetch(`${stack.doors.otlpHttp}/v1/metrics`, {
      method: "POST",
      headers: { authorization: `Bearer ${ingestKey}`, "content-type": "application/json" },
      body: JSON.stringify({
        resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: "fault_level", gauge: { dataPoints } }] }] }],
      }),
    });
    assert.equal(answer.status, 200);
  }

  /** How often it was told, by what it is about. */
  const told = (status: "firing" | "resolved", alertname: string) => {
    const counts = new Map<string, number>();
    for (const notification of receiver.received) {
      for (const { labels } of notification.status === status ? notification.alerts : []) {
        const about = labels["target"] ?? "";
        if (labels["alertname"] === alertname) counts.set(about, (counts.get(about) ?? 0) + 1);
      }
    }
    return counts;
  };

  test("one of two alerters is killed while alerts wait: they fire when they should, and each is told", async () => {
    const { stack } = system;
    await using other = await startService(stack, "alerter");
    await other.ready();
    await eventually(() => other.lines.some((line) => line.includes("shards taken")), patience);
    await sendLevels();
    await eventually(async () => assert.equal((await listAlerts()).length, groups.length), patience);
    await stack.process("alerter").kill();
    await eventually(() => assert.equal(told("firing", "Level").size, groups.length), patience);
    for (const [target, times] of told("firing", "Level")) assert.ok(times <= 2, `${target} was told ${times} times`);
    await stack.process("alerter").start();
    for (const { state, pendingSinceUnixNano, firedAtUnixNano } of await listAlerts()) {
      assert.equal(state, AlertState.FIRING);
      const waitedMs = Number((firedAtUnixNano - pendingSinceUnixNano) / 1_000_000n);
      assert.ok(waitedMs >= forMs && waitedMs < forMs + 15_000, `it waited ${waitedMs} ms`);
    }
  });

  test("storage is killed: that is one alert, the others stay as they are, and it is over when storage is back", async () => {
    const storage = system.stack.process("storage");
    const name = "SightlineRulesHaveNoSource";
    await using _back = { [Symbol.asyncDispose]: storage.start };
    await storage.kill();
    await eventually(() => assert.equal(told("firing", name).size, 1), patience);
    assert.equal((await listAlerts()).length, groups.length);
    await storage.start();
    await eventually(() => assert.equal(told("resolved", name).size, 1), patience);
    assert.equal(told("firing", name).get(""), 1);
    assert.equal(told("resolved", "Level").size, 0);
  });
});
