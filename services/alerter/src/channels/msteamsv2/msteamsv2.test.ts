import assert from "node:assert/strict";
import { test } from "node:test";
import { createIntegration } from "../integrations.ts";
import { json, startLoopback, text } from "../testing/loopback.ts";
import { fixedTemplates, resolvedNotification, sampleTelling, testRim } from "../testing/sample.ts";

test("an Adaptive Card in the color of the state", async () => {
  await using receiver = await startLoopback(text(202));
  const integration = createIntegration("msteamsv2", { webhookUrl: receiver.url }, testRim());
  await integration.send(sampleTelling({ templates: fixedTemplates("filled") }));
  const { type, attachments } = JSON.parse(receiver.received[0]?.body ?? "");
  assert.equal(type, "message");
  assert.deepEqual(attachments, [
    {
      contentType: "application/vnd.microsoft.card.adaptive",
      contentUrl: null,
      content: {
        $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
        type: "AdaptiveCard",
        version: "1.2",
        body: [
          {
            type: "TextBlock",
            text: "filled",
            weight: "Bolder",
            size: "Medium",
            wrap: true,
            style: "heading",
            color: "Attention",
          },
          { type: "TextBlock", text: "filled", wrap: true },
        ],
        msteams: { width: "full" },
      },
    },
  ]);
  await integration.send(sampleTelling({ notification: resolvedNotification }));
  assert.match(receiver.received[1]?.body ?? "", /"color":"Good"/);
});

test("28 KB are used up, however many bytes a character takes in JSON", async () => {
  await using receiver = await startLoopback(text(202));
  const integration = createIntegration("msteamsv2", { webhookUrl: receiver.url, title: "t" }, testRim());
  for (const character of ["x", '"', "\u{1f525}", "\u0001"]) {
    const outcome = await integration.send(sampleTelling({ templates: fixedTemplates(character.repeat(40_000)) }));
    const bytes = Buffer.byteLength(receiver.received.at(-1)?.body ?? "");
    assert.ok(bytes <= 28 * 1024 && bytes > 28 * 1024 - 8, `${JSON.stringify(character)}: ${bytes}`);
    assert.match(outcome.remarks?.join() ?? "", /text was cut/);
  }
});

test("why a workflow did not take it is told", async () => {
  await using receiver = await startLoopback(
    json(400, { error: { code: "TriggerInputSchemaMismatch", message: "The input body is off." } }),
  );
  const outcome = await createIntegration("msteamsv2", { webhookUrl: receiver.url }, testRim()).send(sampleTelling());
  assert.deepEqual([outcome.outcome, outcome.retryable], ["400 The input body is off.", false]);
});
