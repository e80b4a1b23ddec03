import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "@sightline/testkit/eventually";
import { quietLog } from "@sightline/testkit/quiet-log";
import { Registry } from "prom-client";
import type { Reply } from "../channels/interaction.ts";
import { outcomeOfStatus } from "../channels/outcome.ts";
import { hang, startLoopback, text } from "../channels/testing/loopback.ts";
import { createAlerterMetrics } from "../metrics.ts";
import { createReplies } from "./replies.ts";

const replyTo = (url: string): Reply => ({
  request: { url, json: { text: "done" } },
  outcomeOf: (answer, nowMs) => outcomeOfStatus(answer, { nowMs }),
});

function repliesOf(allowPrivate: boolean, maxInFlight = 64) {
  const logged: string[] = [];
  const log = { ...quietLog, warn: (fields: object) => void logged.push(JSON.stringify(fields)) };
  const metrics = createAlerterMetrics(new Registry());
  const replies = createReplies({ policy: { allowPrivate }, clock: Date.now, log, metrics, maxInFlight });
  const counted = async () => {
    const { values } = await metrics.interactionReplies.get();
    return Object.fromEntries(values.map(({ labels, value }) => [labels.outcome, value]));
  };
  return { ...replies, counted, logged };
}

test("a reply is tried again where that may help, and each is counted", async () => {
  await using receiver = await startLoopback(text(200, "ok"));
  const { send, close, counted } = repliesOf(true);
  receiver.answer(text(500), text(200, "ok"));
  send("acme", "slack", replyTo(receiver.url));
  await eventually(async () => assert.deepEqual(await counted(), { delivered: 1 }));
  assert.deepEqual(
    receiver.received.map(({ body }) => body),
    ['{"text":"done"}', '{"text":"done"}'],
  );
  receiver.answer(text(404, "expired_url"));
  send("acme", "slack", replyTo(receiver.url));
  await eventually(async () => assert.deepEqual(await counted(), { delivered: 1, failed: 1 }));
  assert.equal(receiver.received.length, 3);
  await close();
});

test("a reply goes nowhere where outbound requests may not go", async () => {
  await using receiver = await startLoopback(text(200, "ok"));
  const { send, close, counted } = repliesOf(false);
  for (const url of [receiver.url, "http://169.254.169.254/latest", "file:///etc/passwd", "no URL"]) {
    send("acme", "slack", replyTo(url));
  }
  await eventually(async () => assert.deepEqual(await counted(), { failed: 4 }));
  assert.equal(receiver.received.length, 0);
  await close();
});

test("what is logged of a reply that failed says where it went but for its path, and is left as it is for no URL", async () => {
  await using receiver = await startLoopback(text(200, "ok"));
  const { send, close, logged } = repliesOf(false);
  const urls = [`${receiver.url}/actions/secret`, "no URL"];
  for (const url of urls) send("acme", "slack", replyTo(url));
  await eventually(() => assert.equal(logged.length, urls.length));
  const all = logged.join("\n");
  assert.doesNotMatch(all, /secret/);
  assert.doesNotMatch(all, /…./);
  await close();
});

test("a tenant whose replies hang leaves room for those of others", async () => {
  await using receiver = await startLoopback(hang);
  await using other = await startLoopback(text(200, "ok"));
  const { send, close, counted } = repliesOf(true, 16);
  for (let sent = 0; sent < 20; sent++) send("acme", "slack", replyTo(receiver.url));
  assert.deepEqual(await counted(), { dropped: 18 });
  send("shop", "slack", replyTo(other.url));
  await eventually(async () => assert.deepEqual(await counted(), { dropped: 18, delivered: 1 }));
  await close();
  assert.deepEqual(await counted(), { dropped: 18, delivered: 1, failed: 2 });
});

test("who was told has room again", async () => {
  await using receiver = await startLoopback(text(200, "ok"));
  const { send, close, counted } = repliesOf(true, 8);
  for (let sent = 1; sent <= 3; sent++) {
    send("acme", "slack", replyTo(receiver.url));
    await eventually(async () => assert.deepEqual(await counted(), { delivered: sent }));
  }
  await close();
});

test("replies that hang keep nobody for ever, and only so many wait", async () => {
  await using receiver = await startLoopback(hang);
  const { send, close, counted } = repliesOf(true, 2);
  for (const tenant of ["acme", "shop", "bank"]) send(tenant, "slack", replyTo(receiver.url));
  assert.deepEqual(await counted(), { dropped: 1 });
  await eventually(() => assert.equal(receiver.received.length, 2));
  await close();
  assert.deepEqual(await counted(), { dropped: 1, failed: 2 });
  send("acme", "slack", replyTo(receiver.url));
  assert.deepEqual(await counted(), { dropped: 2, failed: 2 });
});
