// Rules over what was sent: what one records the next one sees, queries find it and it is stored once; logs and traces are asked too, and a
// rule that is wrong loses no other.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { eventually } from "@sightline/testkit/eventually";
import { z } from "zod";
import { type MailServer, startMailServer } from "../../services/alerter/src/channels/testing/mail-server.ts";
import { type FaultStack, startFaultStack } from "../faults/fault-stack.ts";
import { createRestClient, login, type RestClient } from "./rest-client.ts";
import { startWebhookReceiver } from "./webhook-receiver.ts";

const rules = `
groups:
- name: chain
  interval: 1s
  rules:
  - { record: "job:level:sum", expr: sum by (job) (level) }
  - { alert: Broken, expr: level + on (job) level }
  - { alert: Chained, expr: "job:level:sum > 5", labels: { severity: page } }
  - alert: Logged
    sightline:
      logql: sum by (service_name) (count_over_time({service_name="checkout"} |= "boom" [5m])) > 0
  - alert: Traced
    sightline: { traceql: '{ name = "pay" && status = error } | count_over_time() by (resource.service.name)' }
- name: events
  rules:
  - alert: Happened
    sightline: { events: { condition: event_type == 'happened', group_by: [target] } }
`;

const value = z.object({ data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }) });
const groups = z.object({
  data: z.object({
    groups: z.array(z.looseObject({ rules: z.array(z.looseObject({ name: z.string(), health: z.string() })) })),
  }),
});

describe("rules", { timeout: 180_000 }, () => {
  const opened = new AsyncDisposableStack();
  after(() => opened.disposeAsync());
  let system: FaultStack;
  let rest: RestClient;
  let receiver: Awaited<ReturnType<typeof startWebhookReceiver>>;
  let mail: MailServer;

  before(async () => {
    mail = opened.use(await startMailServer());
    system = opened.use(await startFaultStack({ services: ["ingest", "storage", "gateway", "alerter"] }));
    receiver = opened.use(await startWebhookReceiver());
    const { stack } = system;
    rest = createRestClient(
      stack.doors.page,
      await login(stack.doors.page, stack.adminUser, stack.secrets.adminPassword),
    );
    const source = `
route:
  receiver: hook
  group_by: ["..."]
  group_wait: 0s
  group_interval: 1s
  routes: [{ matchers: [alertname = Happened], receiver: both }]
receivers:
- name: hook
  webhook_configs: [{ url: "${receiver.url}" }]
- name: both
  webhook_configs: [{ url: "${receiver.url}" }]
  email_configs:
  - to: ops@example.org
    from: sightline@example.org
    smarthost: 127.0.0.1:${mail.port}
    tls_config: { insecure_skip_verify: true }
`;
    await rest.send("PUT", "/v1/alert-routing", { source }, z.looseObject({}));
    await rest.send("PUT", "/v1/rule-files/chain", { source: rules }, z.looseObject({}));
    await sendLog("boom goes the cart");
    await sendFailedSpan();
  });

  async function send(path: string, body: object): Promise<void> {
    const headers = { authorization: `Bearer ${system.ingestKey}`, "content-type": "application/json" };
    const answer = await fetch(system.stack.doors.otlpHttp + path, {
      method: "POST",
      headers,
      body: JSON.stringify(body),
    });
    assert.equal(answer.status, 200, await answer.text());
  }

  const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const now = () => `${Date.now()}000000`;

  async function sendLevel(asDouble: number): Promise<void> {
    const dataPoints = ["a", "b"].map((instance) => ({
      asDouble,
      timeUnixNano: now(),
      attributes: [attribute("job", "api"), attribute("instance", instance)],
    }));
    await send("/v1/metrics", {
      resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: "level", gauge: { dataPoints } }] }] }],
    });
  }

  async function sendLog(stringValue: string): Promise<void> {
    const logRecords = [{ timeUnixNano: now(), body: { stringValue } }];
    const resource = { attributes: [attribute("service.name", "checkout")] };
    await send("/v1/logs", { resourceLogs: [{ resource, scopeLogs: [{ logRecords }] }] });
  }

  async function sendFailedSpan(): Promise<void> {
    const ids = { traceId: "5b8efff798038103d269b633813fc60c", spanId: "eee19b7ec3c1b174" };
    const span = { ...ids, name: "pay", startTimeUnixNano: now(), endTimeUnixNano: now(), status: { code: 2 } };
    const resource = { attributes: [attribute("service.name", "checkout")] };
    await send("/v1/traces", { resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] });
  }

  const query = async (text: string) =>
    (await rest.get(`/api/v1/query?query=${encodeURIComponent(text)}`, value)).data.result.map((one) =>
      Number(one.value[1]),
    );
  const told = (alertname: string, status: string) =>
    receiver.received
      .filter((notification) => notification.status === status)
      .flatMap(({ alerts }) => alerts)
      .filter(({ labels }) => labels["alertname"] === alertname);

  test("what a rule records the next one sees, and queries find it", async () => {
    await sendLevel(4);
    await eventually(() => told("Chained", "firing").length > 0);
    assert.deepEqual(told("Chained", "firing")[0]?.labels, { alertname: "Chained", job: "api", severity: "page" });
    await eventually(async () => assert.deepEqual(await query("job:level:sum"), [8]));
    await eventually(async () =>
      assert.deepEqual(await query('ALERTS{alertname="Chained", alertstate="firing", job="api"}'), [1]),
    );
    await sendLevel(1);
    await eventually(() => told("Chained", "resolved").length > 0);
    await eventually(async () => assert.deepEqual(await query("job:level:sum"), [2]));
    await eventually(async () => assert.deepEqual(await query('ALERTS{alertname="Chained"}'), []), {
      timeoutMs: 60_000,
    });
  });

  // What the seeds ask for: a webhook in less than 2 s, an email in less than 10 s.
  test("a webhook is told within 2 s of the condition becoming true, a mail is delivered within 10 s", async () => {
    for (const target of ["web-1", "web-2", "web-3"]) {
      const mails = mail.received.length;
      const isHookTold = () => told("Happened", "firing").some(({ labels }) => labels["target"] === target);
      const isMailTold = () => mail.received.slice(mails).some(({ raw }) => raw.includes(target));
      const trueAt = performance.now();
      await send("/v1/events", { event_type: "happened", source: "shop", target, title: "It happened" });
      const [hookMs, mailMs] = await Promise.all(
        [isHookTold, isMailTold].map(async (isTold) => {
          await eventually(isTold);
          return performance.now() - trueAt;
        }),
      );
      assert.ok(hookMs !== undefined && hookMs < 2000, `the webhook took ${hookMs} ms`);
      assert.ok(mailMs !== undefined && mailMs < 10_000, `the mail took ${mailMs} ms`);
    }
  });

  test("what rules record is stored once", async () => {
    const sql = `SELECT count() AS rows, uniqExact(Fingerprint, Timestamp) AS samples FROM metrics_samples
      WHERE MetricName = 'job:level:sum'`;
    const schema = z.object({ rows: z.coerce.number(), samples: z.coerce.number() });
    const [stored] = await system.clickhouse.query(sql, {}, { schema });
    assert.ok((stored?.samples ?? 0) > 2, `${stored?.samples} samples`);
    assert.equal(stored?.rows, stored?.samples);
  });

  test("logs and traces are asked, and a rule that is wrong loses no other", async () => {
    await eventually(() => told("Logged", "firing").length > 0);
    assert.equal(told("Logged", "firing")[0]?.labels["service_name"], "checkout");
    await eventually(() => told("Traced", "firing").length > 0);
    assert.deepEqual(told("Traced", "firing")[0]?.labels, { alertname: "Traced", "resource.service.name": "checkout" });
    const { data } = await rest.get("/api/v1/rules", groups);
    const health = new Map(data.groups.flatMap((group) => group.rules).map((rule) => [rule.name, rule.health]));
    assert.deepEqual(
      ["job:level:sum", "Broken", "Chained", "Logged", "Traced"].map((name) => health.get(name)),
      ["ok", "err", "ok", "ok", "ok"],
    );
  });
});
