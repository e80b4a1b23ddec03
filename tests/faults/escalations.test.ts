import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { eventually } from "@sightline/testkit/eventually";
import { z } from "zod";
import { createRestClient, login, type RestClient } from "../e2e/rest-client.ts";
import { startWebhookReceiver } from "../e2e/webhook-receiver.ts";
import { type FaultStack, startFaultStack } from "./fault-stack.ts";
import { startService } from "./service-process.ts";

const patience = { timeoutMs: 90_000, intervalMs: 100 };
const anything = z.unknown();
const groups = Array.from({ length: 12 }, (_, at) => `g${at}`);
const steps = ["first", "second", "third"];
const delaySeconds = 3;

describe("escalations", { timeout: 300_000 }, () => {
  const closers = new AsyncDisposableStack();
  after(() => closers.disposeAsync());
  let system: FaultStack;
  let headers: Record<string, string>;
  let rest: RestClient;
  let receiver: Awaited<ReturnType<typeof startWebhookReceiver>>;

  before(async () => {
    receiver = closers.use(await startWebhookReceiver());
    const alerter = { SIGHTLINE_LEASE_RETRY_MS: "200" };
    system = closers.use(await startFaultStack({ services: ["alerter", "gateway"], settings: { alerter } }));
    const { doors, adminUser, secrets } = system.stack;
    headers = await login(doors.page, adminUser, secrets.adminPassword);
    rest = createRestClient(doors.page, headers);
    const policy = {
      steps: steps.map((name, at) => ({
        delaySeconds: at === 0 ? 0 : delaySeconds,
        targets: [{ kind: "receiver", receiver: name }],
      })),
    };
    await rest.send("PUT", "/v1/oncall/policies/faults", policy, anything);
    const told = steps.map((name) => `  - { name: ${name}, webhook_configs: [{ url: "${receiver.url}" }] }`);
    const source = `
route: { receiver: people, group_by: ["..."], group_wait: 0s, group_interval: 1s, repeat_interval: 24h }
receivers:
  - { name: people, sightline: { escalation: faults } }
${told.join("\n")}
`;
    await rest.send("PUT", "/v1/alert-routing", { source }, anything);
  });

  /** How often each step of each group was told. */
  const told = (status: "firing" | "resolved") => {
    const counts = new Map<string, number>();
    for (const { receiver: name, alerts, status: got } of receiver.received) {
      if (got !== status) continue;
      for (const { labels } of alerts) {
        const about = `${labels["target"]} ${name}`;
        counts.set(about, (counts.get(about) ?? 0) + 1);
      }
    }
    return counts;
  };
  const send = async (endsAt?: string) => {
    const alerts = groups.map((target) => ({ labels: { alertname: "Level", target }, ...(endsAt && { endsAt }) }));
    const answer = await fetch(`${system.stack.doors.page}/alertmanager/api/v2/alerts`, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify(alerts),
    });
    assert.equal(answer.status, 200);
  };

  test("the alerter that leads is killed between two steps: every step of every group is told, at most once more", async () => {
    const { stack } = system;
    await using other = await startService(stack, "alerter");
    await other.ready();
    await send();
    await eventually(() => assert.equal(told("firing").size, groups.length), patience);
    await stack.process("alerter").kill();
    await eventually(() => assert.equal(told("firing").size, groups.length * steps.length), patience);
    await stack.process("alerter").start();
    // The gateway finds an alerter that was started again after a moment.
    await eventually(() => send(new Date().toISOString()), patience);
    await eventually(() => assert.equal(told("resolved").size, groups.length * steps.length), patience);
    for (const counts of [told("firing"), told("resolved")]) {
      for (const [about, times] of counts) assert.ok(times <= 2, `${about} was told ${times} times`);
    }
    const { escalations } = await rest.get("/v1/escalations", z.object({ escalations: z.array(anything) }));
    assert.deepEqual(escalations, []);
  });
});
