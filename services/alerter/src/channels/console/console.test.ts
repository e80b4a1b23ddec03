import assert from "node:assert/strict";
import { test } from "node:test";
import { createIntegration } from "../integrations.ts";
import { sampleAlert, sampleNotification, sampleTelling, startMs, testRim } from "../testing/sample.ts";

test("each alert is a line of the log", async () => {
  const rim = testRim();
  const over = sampleAlert({ status: "resolved", endsAtMs: startMs, annotations: {} });
  const notification = sampleNotification({ alerts: [sampleAlert(), over] });
  const outcome = await createIntegration("console", {}, rim).send(sampleTelling({ notification }));
  assert.deepEqual(outcome, { delivered: true, outcome: "written to the log", retryable: false });
  assert.deepEqual(
    rim.lines.map(([, message]) => message),
    ["alert firing: CPU of web-1 is at 93 %", "alert resolved: High CPU usage"],
  );
  assert.deepEqual(rim.lines[0]?.[0], {
    tenant: "default",
    receiver: "ops",
    groupKey: '{}:{alertname="High CPU usage"}',
    reason: "first notification",
    status: "firing",
    labels: sampleAlert().labels,
    annotations: sampleAlert().annotations,
    fingerprint: "0123456789abcdef",
    acknowledgement: undefined,
  });
});

test("also that somebody takes care", async () => {
  const rim = testRim();
  await createIntegration("console", {}, rim).send(sampleTelling({ acknowledgement: { by: "ann", note: "" } }));
  assert.equal(rim.lines[0]?.[1], "alert acknowledged: CPU of web-1 is at 93 %");
});
