import assert from "node:assert/strict";
import { test } from "node:test";
import { createIntegration } from "../integrations.ts";
import { json, startLoopback } from "../testing/loopback.ts";
import { sampleAlert, sampleNotification, sampleTelling, testRim } from "../testing/sample.ts";

test("the webhook's message, in a version of its own", async () => {
  await using receiver = await startLoopback(json(202, {}));
  const settings = { url: receiver.url, alertSourceToken: "t0ken" };
  await createIntegration("incidentio", settings, testRim()).send(sampleTelling());
  assert.equal(receiver.received[0]?.headers.authorization, "Bearer t0ken");
  const { version, alerts } = JSON.parse(receiver.received[0]?.body ?? "");
  assert.deepEqual([version, alerts.length], ["1", 1]);
});

test("one that is too long goes with its first alert", async () => {
  await using receiver = await startLoopback(json(202, {}));
  const alerts = Array.from({ length: 3 }, () => sampleAlert({ annotations: { text: "x".repeat(300_000) } }));
  const settings = { url: receiver.url, alertSourceToken: "t0ken" };
  const notification = sampleNotification({ alerts });
  const { remarks } = await createIntegration("incidentio", settings, testRim()).send(sampleTelling({ notification }));
  assert.match(remarks?.join() ?? "", /all alerts but the first/);
  assert.equal(JSON.parse(receiver.received[0]?.body ?? "").alerts.length, 1);
});

test("what is wrong is told, wherever it stands", async () => {
  await using receiver = await startLoopback(json(422, { message: "invalid", errors: ["a", "b"] }));
  const settings = { url: receiver.url, alertSourceToken: "t0ken" };
  const { outcome } = await createIntegration("incidentio", settings, testRim()).send(sampleTelling());
  assert.equal(outcome, "422 invalid: a, b");
  assert.throws(() => createIntegration("incidentio", { url: receiver.url }, testRim()), /expected either/);
});
