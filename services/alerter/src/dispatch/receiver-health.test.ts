import assert from "node:assert/strict";
import { test } from "node:test";
import type { Dispatcher } from "@sightline/alertmanager/dispatch/dispatcher";
import { isResolved } from "@sightline/alertmanager/dispatch/kept-alert";
import { createReceiverHealth, lastingAsNow } from "./receiver-health.ts";
import { createTestDispatcher } from "./testing/test-dispatcher.ts";

const baseMs = Date.UTC(2026, 0, 5);
const hook = { receiver: "ops", integration: "webhook", index: 0 };
const chat = { receiver: "ops", integration: "slack", index: 0 };
const failed = { delivered: false, outcome: "500 no" };
const delivered = { delivered: true, outcome: "200" };

function firing(dispatcher: Dispatcher, nowMs: number): (string | undefined)[] {
  return dispatcher
    .snapshot()
    .alerts.filter((alert) => !isResolved(alert, nowMs))
    .map(({ labels }) => labels["integration"]);
}

function begin(dispatcher = createTestDispatcher()) {
  const { alerts } = dispatcher.snapshot();
  return { dispatcher, health: createReceiverHealth({ dispatcher, failuresUntilAlert: 3, failingForMs: 2, alerts }) };
}

test("a receiver that takes nothing is an alert after some failures in a row, once", () => {
  const { dispatcher, health } = begin();
  for (const [at, outcome] of [failed, failed, delivered, failed, failed].entries())
    health.attempted(hook, outcome, baseMs + at);
  assert.deepEqual(firing(dispatcher, baseMs + 10), []);
  health.attempted(hook, failed, baseMs + 10);
  assert.deepEqual(firing(dispatcher, baseMs + 10), ["webhook[0]"]);
  const [alert] = dispatcher.snapshot().alerts;
  assert.deepEqual(alert?.annotations, {
    summary: "The receiver ops cannot be told by webhook[0].",
    description: "3 attempts in a row failed; the last one: 500 no",
    end: "It ends when something arrives there, or a day after the last failure: then nobody knows whether it was mended.",
  });
  for (let at = 11; at < 100; at++) health.attempted(hook, failed, baseMs + at);
  assert.deepEqual(dispatcher.snapshot().alerts, [alert], "telling of it fails too, and that is no news");
});

test("a moment of failures is none", () => {
  const { dispatcher, health } = begin();
  for (let time = 0; time < 20; time++) health.attempted(hook, failed, baseMs);
  assert.deepEqual(firing(dispatcher, baseMs), []);
});

test("it ends when the receiver takes something, and only that of the integration that did", () => {
  const { dispatcher, health } = begin();
  for (let at = 0; at < 3; at++) for (const place of [hook, chat]) health.attempted(place, failed, baseMs + at);
  assert.deepEqual(firing(dispatcher, baseMs + 3), ["webhook[0]", "slack[0]"]);
  health.attempted(hook, delivered, baseMs + 4);
  assert.deepEqual(firing(dispatcher, baseMs + 4), ["slack[0]"]);
});

test("another replica that goes on ends it all the same", () => {
  const { dispatcher, health } = begin();
  for (let at = 0; at < 3; at++) health.attempted(hook, failed, baseMs + at);
  begin(dispatcher).health.attempted(hook, delivered, baseMs + 4);
  assert.deepEqual(firing(dispatcher, baseMs + 4), []);
});

test("it ends with its integration", () => {
  const { dispatcher, health } = begin();
  for (let at = 0; at < 3; at++) for (const place of [hook, chat]) health.attempted(place, failed, baseMs + at);
  health.retain(({ integration }) => integration === "slack", baseMs + 4);
  assert.deepEqual(firing(dispatcher, baseMs + 4), ["slack[0]"]);
});

const HOUR_MS = 3_600_000;

test("it ends a day after the last failure, when nothing is to be told there any more, and is counted anew then", () => {
  const { dispatcher, health } = begin();
  for (let at = 0; at < 3; at++) health.attempted(hook, failed, baseMs + at);
  const [first] = dispatcher.snapshot().alerts;
  for (let hours = 1; hours <= 40; hours++) health.attempted(hook, failed, baseMs + hours * HOUR_MS);
  assert.deepEqual(firing(dispatcher, baseMs + 50 * HOUR_MS), ["webhook[0]"]);
  assert.equal(dispatcher.snapshot().alerts[0]?.startsAtMs, first?.startsAtMs, "it is the same one all the time");
  const later = baseMs + 65 * HOUR_MS;
  assert.deepEqual(firing(dispatcher, later), []);
  for (let at = 0; at < 2; at++) health.attempted(hook, failed, later + at);
  assert.deepEqual(firing(dispatcher, later + 2), []);
  health.attempted(hook, failed, later + 2);
  assert.deepEqual(firing(dispatcher, later + 2), ["webhook[0]"]);
});

test("one that a former version raised for good ends too, and others' alerts as they say", () => {
  const { dispatcher, health } = begin();
  for (let at = 0; at < 3; at++) health.attempted(hook, failed, baseMs + at);
  const [raised] = dispatcher.snapshot().alerts;
  assert.ok(raised !== undefined);
  const endless = { ...raised, endsAtMs: baseMs + 876_000 * HOUR_MS };
  const ownersEnd = { ...endless, labels: { alertname: "Other" } };
  const upgradeMs = baseMs + 100 * HOUR_MS;
  assert.deepEqual(
    [endless, ownersEnd, raised].map((alert) => lastingAsNow(alert, upgradeMs).endsAtMs),
    [upgradeMs + 24 * HOUR_MS, ownersEnd.endsAtMs, raised.endsAtMs],
  );
});
