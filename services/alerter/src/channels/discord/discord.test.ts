import assert from "node:assert/strict";
import { test } from "node:test";
import { createIntegration } from "../integrations.ts";
import { json, startLoopback, text } from "../testing/loopback.ts";
import { fixedTemplates, resolvedNotification, sampleTelling, testRim } from "../testing/sample.ts";

test("an embed in the color of the state", async () => {
  await using receiver = await startLoopback(text(204));
  const settings = { webhookUrl: `${receiver.url}/x`, content: "<@1>", username: "me", avatarUrl: "http://a/b.png" };
  const integration = createIntegration("discord", settings, testRim());
  await integration.send(sampleTelling({ templates: fixedTemplates("filled") }));
  assert.deepEqual(JSON.parse(receiver.received[0]?.body ?? ""), {
    content: "<@1>",
    embeds: [{ title: "filled", description: "filled", color: 10038562 }],
    username: "me",
    avatar_url: "http://a/b.png",
  });
  await integration.send(sampleTelling({ notification: resolvedNotification }));
  assert.equal(JSON.parse(receiver.received[1]?.body ?? "").embeds[0].color, 3066993);
});

test("its limit is told in the body, to a fraction of a second", async () => {
  await using receiver = await startLoopback(
    json(429, { message: "You are being rate limited.", retry_after: 0.65, global: false }, { "retry-after": "1" }),
  );
  const integration = createIntegration("discord", { webhookUrl: receiver.url }, testRim());
  assert.deepEqual(await integration.send(sampleTelling()), {
    delivered: false,
    outcome: "429 You are being rate limited.",
    retryable: true,
    failure: "rate_limited",
    retryAfterMs: 650,
  });
});
