import assert from "node:assert/strict";
import { test } from "node:test";
import { groupHash } from "../group-hash.ts";
import { createIntegration } from "../integrations.ts";
import { json, startLoopback, text } from "../testing/loopback.ts";
import {
  fixedTemplates,
  resolvedNotification,
  sampleAlert,
  sampleNotification,
  sampleTelling,
  testRim,
} from "../testing/sample.ts";

const yes = json(202, { status: "success" });
const said = (received: { readonly body: string } | undefined) => JSON.parse(received?.body ?? "");

test("an incident is triggered, acknowledged and resolved by the hash of its group", async () => {
  await using receiver = await startLoopback(yes);
  const integration = createIntegration("pagerduty", { url: receiver.url, routingKey: "key" }, testRim());
  await integration.send(sampleTelling());
  await integration.send(sampleTelling({ acknowledgement: { by: "ann", note: "" } }));
  await integration.send(
    sampleTelling({ notification: resolvedNotification, acknowledgement: { by: "ann", note: "" } }),
  );
  assert.deepEqual(
    receiver.received.map((received) => said(received).event_action),
    ["trigger", "acknowledge", "resolve"],
  );
  for (const received of receiver.received) {
    const { routing_key, dedup_key } = said(received);
    assert.deepEqual([routing_key, dedup_key], ["key", groupHash(sampleNotification().groupKey)]);
  }
});

test("an event is what Alertmanager makes of it", async () => {
  await using receiver = await startLoopback(yes);
  const settings = {
    url: receiver.url,
    routingKey: "key",
    component: "c",
    details: { firing: "mine", nested: { list: ["{{ .a }}", true] } },
    // Alertmanager's TestPagerDutyEmptySrcHref (notify/pagerduty/pagerduty_test.go, Apache-2.0).
    images: [
      { src: "", alt: "Empty src", href: "https://example.com/" },
      { src: "https://example.com/cat.jpg", alt: "Empty href", href: "" },
    ],
    links: [
      { href: "", text: "Empty href" },
      { href: "https://example.com/", text: "" },
    ],
  };
  await createIntegration("pagerduty", settings, testRim()).send(sampleTelling({ templates: fixedTemplates("7") }));
  assert.deepEqual(said(receiver.received[0]), {
    routing_key: "key",
    event_action: "trigger",
    dedup_key: groupHash(sampleNotification().groupKey),
    client: "7",
    client_url: "7",
    images: [{ src: "https://example.com/cat.jpg", alt: "Empty href", href: "" }],
    links: [{ href: "https://example.com/", text: "" }],
    payload: {
      summary: "7",
      source: "7",
      severity: "error",
      component: "c",
      custom_details: { firing: "mine", resolved: 7, num_firing: 7, num_resolved: 7, nested: { list: [7, true] } },
    },
  });
});

test("how bad it is comes from the settings, or from the alerts where that is wanted", async () => {
  await using receiver = await startLoopback(yes);
  const f = async (change: object, severity: string, want: string) => {
    const settings = { url: receiver.url, routingKey: "key", ...change };
    const notification = sampleNotification({ alerts: [sampleAlert({ labels: { severity } })] });
    await createIntegration("pagerduty", settings, testRim()).send(sampleTelling({ notification }));
    assert.equal(said(receiver.received.at(-1)).payload.severity, want);
  };
  await f({}, "info", "error");
  await f({ severity: "warning" }, "info", "warning");
  await f({ severityFromLabels: true }, "info", "info");
  await f({ severityFromLabels: true }, "page", "critical");
  await f({ severityFromLabels: true }, "debug", "info");
  await f({ severityFromLabels: true }, "", "error");
  await f({ severityFromLabels: true, severity: "warning" }, "page", "warning");
});

/** Alertmanager's TestEventSizeEnforcement (notify/pagerduty/pagerduty_test.go, Apache-2.0). */
test("an event that is too long goes without its details", async () => {
  await using receiver = await startLoopback(yes);
  const details = { firing: "a".repeat(513_000) };
  const error = "Custom details have been removed because the original event exceeds the maximum size of 512KB";
  for (const key of ["routingKey", "serviceKey"]) {
    const settings = { url: receiver.url, [key]: "01234567890123456789012345678901", details };
    const { remarks } = await createIntegration("pagerduty", settings, testRim()).send(sampleTelling());
    assert.match(remarks?.join() ?? "", /details were left out/);
  }
  const [v2, v1] = receiver.received.map(said);
  assert.deepEqual(v2.payload.custom_details, { error });
  assert.deepEqual(v1.details, { error });
});

test("the older API has other words, and says 403 where it wants to be left alone", async () => {
  await using receiver = await startLoopback(json(200, { status: "success" }));
  const settings = { url: receiver.url, serviceKey: "key" };
  const integration = createIntegration("pagerduty", settings, testRim());
  await integration.send(sampleTelling());
  const { service_key, event_type, incident_key, description } = said(receiver.received[0]);
  assert.deepEqual(
    [service_key, event_type, incident_key, description],
    ["key", "trigger", groupHash(sampleNotification().groupKey), "CPU is high"],
  );
  receiver.answer(text(403));
  assert.equal((await integration.send(sampleTelling())).retryable, true);
});

/** Alertmanager's TestErrDetails (notify/pagerduty/pagerduty_test.go, Apache-2.0). */
test("what is wrong with an event is told", async () => {
  await using receiver = await startLoopback(yes);
  const integration = createIntegration("pagerduty", { url: receiver.url, routingKey: "r0uting" }, testRim());
  const errors = ["Length of 'routing_key' is incorrect (should be 32 characters)"];
  receiver.answer(json(400, { status: "invalid event", message: "Event object is invalid", errors }));
  const { outcome, retryable } = await integration.send(sampleTelling());
  assert.equal(outcome, `400 Event object is invalid: ${errors[0]}`);
  assert.equal(retryable, false);
});
