import assert from "node:assert/strict";
import { test } from "node:test";
import { createTemplates } from "@sightline/alertmanager/template/templates";
import { createIntegration } from "./integrations.ts";
import { channelCases } from "./testing/cases.ts";
import { startLoopback } from "./testing/loopback.ts";
import { startMailServer } from "./testing/mail-server.ts";
import { resolvedNotification, sampleNotification, sampleTelling, startMs, testRim } from "./testing/sample.ts";

const templates = createTemplates([], { now: () => startMs });

test("every channel has templates of its own that work", async () => {
  for (const channel of channelCases) {
    await using receiver = await startLoopback(channel.yes);
    const integration = createIntegration(channel.kind, channel.settings(receiver.url), testRim());
    for (const notification of [sampleNotification(), resolvedNotification]) {
      const outcome = await integration.send(sampleTelling({ notification, templates }));
      const { delivered, remarks } = outcome;
      assert.deepEqual([delivered, remarks], [true, undefined], `${channel.kind}: ${JSON.stringify(outcome)}`);
    }
    const told = receiver.received.map(({ body }) => body.replaceAll("+", " ")).join("\n");
    assert.match(told, /High CPU usage/, channel.kind);
  }
});

test("a mail is Alertmanager's", async () => {
  await using server = await startMailServer();
  const settings = {
    to: "ops@example.org",
    from: "sightline@example.org",
    smarthost: { host: "127.0.0.1", port: server.port },
    tls: { insecureSkipVerify: true },
  };
  const outcome = await createIntegration("email", settings, testRim()).send(sampleTelling({ templates }));
  assert.deepEqual([outcome.delivered, outcome.remarks], [true, undefined]);
  const raw = server.received[0]?.raw ?? "";
  assert.match(raw, /^Subject: \[FIRING:1\] High CPU usage \(web-1 warning\)/m);
  assert.match(raw, /<!DOCTYPE html/);
});
