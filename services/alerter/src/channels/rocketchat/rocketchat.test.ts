import assert from "node:assert/strict";
import { test } from "node:test";
import { createIntegration } from "../integrations.ts";
import { json, startLoopback } from "../testing/loopback.ts";
import { fixedTemplates, sampleTelling, testRim } from "../testing/sample.ts";

test("a message with fields and buttons", async () => {
  await using receiver = await startLoopback(json(200, { success: true }));
  const settings = {
    apiUrl: `${receiver.url}/`,
    tokenId: "user",
    token: "token",
    channel: "#ops",
    fields: [{ title: "a", value: "{{ .v }}", short: true }],
    actions: [{ type: "link", text: "Run", url: "http://run" }],
  };
  const integration = createIntegration("rocketchat", settings, testRim());
  await integration.send(sampleTelling({ templates: fixedTemplates("x") }));
  const [got] = receiver.received;
  assert.deepEqual(
    [got?.path, got?.headers["x-auth-token"], got?.headers["x-user-id"]],
    ["/api/v1/chat.postMessage", "token", "user"],
  );
  assert.deepEqual(JSON.parse(got?.body ?? ""), {
    channel: "#ops",
    emoji: "x",
    avatar: "x",
    attachments: [
      {
        title: "x",
        text: "x",
        title_link: "x",
        // The template chooses between two texts, which these templates do not.
        color: "xredxgreenx",
        fields: [{ short: true, title: "a", value: "x" }],
        actions: [{ type: "button", text: "Run", url: "http://run" }],
      },
    ],
  });
  receiver.answer(json(200, { success: false, error: "error-room-not-found" }));
  const { delivered, retryable, outcome } = await integration.send(sampleTelling());
  assert.deepEqual([delivered, retryable, outcome], [false, false, "error-room-not-found"]);
});
