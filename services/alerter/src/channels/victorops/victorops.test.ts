import assert from "node:assert/strict";
import { test } from "node:test";
import { groupHash } from "../group-hash.ts";
import { createIntegration } from "../integrations.ts";
import { json, startLoopback } from "../testing/loopback.ts";
import { fixedTemplates, resolvedNotification, sampleNotification, sampleTelling, testRim } from "../testing/sample.ts";

test("an incident begins, is taken care of and ends by the hash of its group", async () => {
  await using receiver = await startLoopback(json(200, { result: "success" }));
  const settings = { apiUrl: `${receiver.url}/alert`, apiKey: "key", routingKey: "a b", messageType: "{{ .x }}" };
  const integration = createIntegration("victorops", { ...settings, customFields: { team: "{{ .x }}" } }, testRim());
  const templates = fixedTemplates("WARNING");
  await integration.send(sampleTelling({ templates }));
  await integration.send(sampleTelling({ templates: fixedTemplates("what") }));
  await integration.send(sampleTelling({ templates, acknowledgement: { by: "ann", note: "on it" } }));
  await integration.send(sampleTelling({ templates, notification: resolvedNotification }));
  assert.equal(receiver.received[0]?.path, "/alert/key/a%20b");
  const told = receiver.received.map(({ body }) => JSON.parse(body));
  assert.deepEqual(
    told.map(({ message_type }) => message_type),
    ["WARNING", "CRITICAL", "ACKNOWLEDGEMENT", "RECOVERY"],
  );
  assert.equal(told[0].team, "WARNING");
  assert.deepEqual([told[2].ack_author, told[2].ack_msg], ["ann", "on it"]);
  for (const { entity_id } of told) assert.equal(entity_id, groupHash(sampleNotification().groupKey));
});

test("fields that VictorOps has itself cannot be set", () => {
  const settings = { apiKey: "key", routingKey: "ops", customFields: { entity_id: "x" } };
  assert.throws(() => createIntegration("victorops", settings, testRim()), /customFields/);
});
