import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { createIntegration } from "../integrations.ts";
import { startLoopback, text } from "../testing/loopback.ts";
import {
  brokenTemplates,
  fixedTemplates,
  resolvedNotification,
  sampleAlert,
  sampleNotification,
  sampleTelling,
  startMs,
  testRim,
} from "../testing/sample.ts";
import { webhookMessage } from "./message.ts";

test("the message is Alertmanager's, field by field", () => {
  assert.equal(
    JSON.stringify(webhookMessage(sampleNotification({ receiver: "team.x", routeLabels: { tier: "1" } }), 0), null, 1),
    JSON.stringify(
      {
        receiver: "team\\.x",
        status: "firing",
        alerts: [
          {
            status: "firing",
            labels: { alertname: "High CPU usage", host: "web-1", severity: "warning" },
            annotations: { runbook_url: "http://run/book", summary: "CPU of web-1 is at 93 %" },
            startsAt: "2026-11-21T01:50:39.12Z",
            endsAt: "0001-01-01T00:00:00Z",
            generatorURL: "http://prometheus/graph?g0.expr=up",
            fingerprint: "0123456789abcdef",
          },
        ],
        notification_reason: "first notification",
        groupLabels: { alertname: "High CPU usage" },
        commonLabels: { alertname: "High CPU usage", host: "web-1", severity: "warning" },
        commonAnnotations: { runbook_url: "http://run/book", summary: "CPU of web-1 is at 93 %" },
        routeLabels: { tier: "1" },
        externalURL: "http://sightline",
        version: "4",
        groupKey: '{}:{alertname="High CPU usage"}',
        truncatedAlerts: 0,
      },
      null,
      1,
    ),
  );
});

test("times are as Go writes them", () => {
  assert.equal(webhookMessage(resolvedNotification, 0).alerts[0]?.endsAt, "2026-11-21T01:51:39.12Z");
  const f = (time: string, want: string) => {
    const alerts = [sampleAlert({ startsAtMs: Date.parse(time) })];
    assert.equal(webhookMessage(sampleNotification({ alerts }), 0).alerts[0]?.startsAt, want);
  };
  f("2026-11-21T01:50:40.000Z", "2026-11-21T01:50:40Z");
  f("2026-11-21T01:50:40.005Z", "2026-11-21T01:50:40.005Z");
  // When one that fires would end by itself is nobody's business.
  const ending = sampleAlert({ endsAtMs: startMs + 300_000 });
  assert.equal(webhookMessage(sampleNotification({ alerts: [ending] }), 0).alerts[0]?.endsAt, "0001-01-01T00:00:00Z");
});

test("further alerts are left out and counted", () => {
  const alerts = [sampleAlert({ status: "resolved" }), sampleAlert(), sampleAlert()];
  const notification = sampleNotification({ alerts, truncatedAlerts: 2 });
  const f = (max: number, want: unknown[]) => {
    const message = webhookMessage(notification, max);
    assert.deepEqual([message.alerts.length, message.truncatedAlerts, message.status], want, `max ${max}`);
  };
  f(0, [3, 2, "firing"]);
  f(3, [3, 2, "firing"]);
  f(2, [2, 3, "firing"]);
  f(1, [1, 4, "resolved"]);
});

test("a signature covers id, time and body", async () => {
  await using receiver = await startLoopback(text(200));
  const secret = Buffer.from("0123456789abcdef0123456789abcdef");
  for (const [signingSecret, key] of [
    [`whsec_${secret.toString("base64")}`, secret],
    ["any text", "any text"],
  ] as const) {
    const integration = createIntegration("webhook", { url: receiver.url, signingSecret }, testRim());
    await integration.send(sampleTelling());
    const got = receiver.received.at(-1);
    const { "webhook-id": id, "webhook-timestamp": seconds, "webhook-signature": signature } = got?.headers ?? {};
    assert.equal(seconds, String(Math.floor(startMs / 1000)));
    const want = createHmac("sha256", key).update(`${id}.${seconds}.${got?.body}`).digest("base64");
    assert.equal(signature, `v1,${want}`);
  }
  const [first, second] = receiver.received;
  assert.equal(first?.headers["webhook-id"], second?.headers["webhook-id"], "the same notification, told again");
});

test("a payload of one's own is filled in; one that fails is not sent", async () => {
  await using receiver = await startLoopback(text(200));
  const payload = { text: "it is {{ .x }}", count: "{{ .n }}", nested: [true, { a: "b" }] };
  const integration = createIntegration("webhook", { url: receiver.url, payload }, testRim());
  await integration.send(sampleTelling({ templates: fixedTemplates("2") }));
  assert.deepEqual(JSON.parse(receiver.received[0]?.body ?? ""), {
    text: "it is 2",
    count: 2,
    nested: [true, { a: "b" }],
  });
  const outcome = await integration.send(sampleTelling({ templates: brokenTemplates }));
  assert.equal(outcome.delivered, true);
  assert.match(outcome.remarks?.join() ?? "", /template of payload/);
  const { version, note, alerts } = JSON.parse(receiver.received[1]?.body ?? "");
  assert.deepEqual([version, alerts.length], ["4", 1]);
  assert.match(note, /function is not defined/);
});

test("where it goes may come from a template, which nothing stands in for", async () => {
  await using receiver = await startLoopback(text(200));
  const integration = createIntegration("webhook", { url: `${receiver.url}/{{ .GroupLabels.team }}` }, testRim());
  await integration.send(sampleTelling({ templates: fixedTemplates("x") }));
  assert.equal(receiver.received[0]?.path, "/x");
  const outcome = await integration.send(sampleTelling({ templates: brokenTemplates }));
  assert.deepEqual([outcome.delivered, outcome.retryable, outcome.failure], [false, false, "invalid_argument"]);
  const nowhere = createIntegration("webhook", { url: "{{ .nothing }}" }, testRim());
  const { delivered, retryable } = await nowhere.send(sampleTelling({ templates: fixedTemplates("") }));
  assert.deepEqual([delivered, retryable], [false, false]);
});

test("headers and credentials go with it", async () => {
  await using receiver = await startLoopback(text(200));
  const http = { authorization: { credentials: "t0ken" }, headers: { "X-Mine": "1", "User-Agent": "me" } };
  await createIntegration("webhook", { url: receiver.url, http }, testRim()).send(sampleTelling());
  const {
    authorization,
    "x-mine": mine,
    "user-agent": agent,
    "content-type": type,
  } = receiver.received[0]?.headers ?? {};
  assert.deepEqual([authorization, mine, agent, type], ["Bearer t0ken", "1", "me", "application/json"]);
});
