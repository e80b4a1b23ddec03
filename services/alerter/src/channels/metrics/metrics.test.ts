import assert from "node:assert/strict";
import { test } from "node:test";
import { createIntegration } from "../integrations.ts";
import { sampleAlert, sampleNotification, sampleTelling, testRim } from "../testing/sample.ts";
import { createAlertGauge } from "./alert-gauge.ts";

test("an alert is 1 while it fires and 0 once it is over", async () => {
  const rim = testRim();
  const integration = createIntegration("metrics", {}, rim);
  const series =
    'sightline_alert_notified{tenant="default",receiver="ops",alertname="High CPU usage",severity="warning",fingerprint="0123456789abcdef"}';
  assert.equal((await integration.send(sampleTelling())).outcome, "1 series set");
  assert.ok((await rim.registry.metrics()).includes(`${series} 1`));
  const notification = sampleNotification({ alerts: [sampleAlert({ status: "resolved" })] });
  await integration.send(sampleTelling({ notification }));
  assert.ok((await rim.registry.metrics()).includes(`${series} 0`));
});

test("there are only so many series; what is over goes first", async () => {
  const rim = testRim();
  rim.registry.clear();
  const gauge = createAlertGauge(rim.registry, { maxSeries: 2 });
  const of = (fingerprint: string) => ({
    tenant: "t",
    receiver: "r",
    alertname: "a",
    severity: "",
    fingerprint,
  });
  const left = async () =>
    [...(await rim.registry.metrics()).matchAll(/fingerprint="(\w+)"/g)].map(([, found]) => found);
  gauge.set(of("a"), true);
  gauge.set(of("b"), false);
  gauge.set(of("c"), true);
  assert.deepEqual(await left(), ["a", "c"]);
  gauge.set(of("a"), true);
  gauge.set(of("d"), true);
  assert.deepEqual((await left()).sort(), ["a", "d"]);
  const text = await rim.registry.metrics();
  assert.match(text, /sightline_alert_notified_dropped_total\{firing="false"\} 1/);
  assert.match(text, /sightline_alert_notified_dropped_total\{firing="true"\} 1/);
});
