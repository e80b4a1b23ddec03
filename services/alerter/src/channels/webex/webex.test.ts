import assert from "node:assert/strict";
import { test } from "node:test";
import { createIntegration } from "../integrations.ts";
import { json, startLoopback } from "../testing/loopback.ts";
import { fixedTemplates, sampleTelling, testRim } from "../testing/sample.ts";

test("a message in Markdown by a bot's token", async () => {
  await using receiver = await startLoopback(json(200, { id: "1", markdown: "x" }));
  const http = { authorization: { credentials: "t0ken" } };
  const integration = createIntegration("webex", { apiUrl: receiver.url, roomId: "{{ .r }}", http }, testRim());
  assert.equal((await integration.send(sampleTelling({ templates: fixedTemplates("x") }))).outcome, "200");
  assert.equal(receiver.received[0]?.headers.authorization, "Bearer t0ken");
  assert.deepEqual(JSON.parse(receiver.received[0]?.body ?? ""), { markdown: "x", roomId: "x" });
  assert.throws(
    () => createIntegration("webex", { roomId: "r" }, testRim()),
    /http\.authorization: expected a bot's token/,
  );
});
