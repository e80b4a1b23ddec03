import assert from "node:assert/strict";
import { test } from "node:test";
import { createIntegration } from "../integrations.ts";
import { startLoopback, text } from "../testing/loopback.ts";
import { fixedTemplates, sampleTelling, testRim } from "../testing/sample.ts";

test("a card in the color of the state", async () => {
  await using receiver = await startLoopback(text(200, "1"));
  const integration = createIntegration("msteams", { webhookUrl: receiver.url }, testRim());
  await integration.send(sampleTelling({ templates: fixedTemplates("x") }));
  assert.deepEqual(JSON.parse(receiver.received[0]?.body ?? ""), {
    "@context": "http://schema.org/extensions",
    type: "MessageCard",
    title: "x",
    summary: "x",
    text: "x",
    themeColor: "8C1A1A",
  });
});

test("a refusal may come with 200", async () => {
  const said =
    "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429 with ContextId";
  await using receiver = await startLoopback(text(200, said));
  const { delivered, retryable } = await createIntegration("msteams", { webhookUrl: receiver.url }, testRim()).send(
    sampleTelling(),
  );
  assert.deepEqual([delivered, retryable], [false, true]);
});
