import assert from "node:assert/strict";
import { test } from "node:test";
import { quietLog } from "@sightline/testkit/quiet-log";
import { Registry } from "prom-client";
import type { Integration, Outcome, ReceiverData } from "../channels/integration.ts";
import { createRateLimiter } from "../channels/rate-limit.ts";
import { fixedTemplates, sampleNotification, startMs } from "../channels/testing/sample.ts";
import { createAlerterMetrics } from "../metrics.ts";
import { createLanes } from "./lanes.ts";
import { sendFlush } from "./send-flush.ts";

test("an attempt knows what the one before it did", async () => {
  const outcomes: readonly Outcome[] = [
    { delivered: false, retryable: true, outcome: "451 later", receiverData: { done: "ops" } },
    { delivered: true, retryable: false, outcome: "250 taken" },
  ];
  const found: ReceiverData[] = [];
  const integration: Integration = {
    ...{ kind: "email", sendResolved: true, acknowledges: false, rateKey: "mail", rateLimits: [] },
    async send({ receiverData }) {
      found.push(receiverData);
      return outcomes[found.length - 1] ?? assert.fail("told again");
    },
  };
  const place = { groupKey: "{}", receiver: "ops", integration: "email", index: 0, receiverData: {} };
  const { signal } = new AbortController();
  const last = await sendFlush(
    { ...place, notification: sampleNotification(), atMs: startMs, deadlineMs: startMs + 60_000 },
    {
      ...{ tenant: "acme", signal, drained: signal, log: quietLog, clock: () => startMs, lanes: createLanes(1) },
      target: () => ({ integration, templates: fixedTemplates("") }),
      limiter: createRateLimiter({ maxKeys: 10, steadyMs: () => 0 }),
      observer: { attempted: () => undefined },
      metrics: createAlerterMetrics(new Registry()),
    },
  );
  assert.deepEqual(found, [{}, { done: "ops" }]);
  assert.equal(last.delivered, true);
});

test("who has to wait for a turn spends nothing of the limits, keeps nobody else waiting, and has not failed", async () => {
  const limiter = createRateLimiter({ maxKeys: 10, steadyMs: () => 0 });
  const outcomes: Outcome[] = [
    ...Array.from({ length: 3 }, () => ({
      ...{ delivered: false, retryable: true, outcome: "no turn" },
      ...{ retryAfterMs: 1, isUntold: true as const },
    })),
    { delivered: true, retryable: false, outcome: "201 opened" },
  ];
  const rateLimits = [{ count: 2, perMs: 3_600_000 }];
  const found: number[] = [];
  const integration: Integration = {
    ...{ kind: "github", sendResolved: true, acknowledges: false, rateKey: "issues", rateLimits },
    async send() {
      // Another one's turn: it is not to wait for this one's.
      found.push(limiter.take("issues", rateLimits));
      limiter.giveBack("issues");
      return outcomes.shift() ?? assert.fail("told again");
    },
  };
  const attempts: [number, boolean][] = [];
  const place = { groupKey: "{}", receiver: "ops", integration: "github", index: 0, receiverData: {} };
  const { signal } = new AbortController();
  let nowMs = startMs;
  const last = await sendFlush(
    { ...place, notification: sampleNotification(), atMs: startMs, deadlineMs: startMs + 2000 },
    {
      ...{ tenant: "acme", signal, drained: signal, log: quietLog, clock: () => nowMs++, lanes: createLanes(1) },
      target: () => ({ integration, templates: fixedTemplates("") }),
      limiter,
      observer: { attempted: (number, { delivered }) => void attempts.push([number, delivered]) },
      metrics: createAlerterMetrics(new Registry()),
    },
  );
  assert.equal(last.outcome, "201 opened");
  assert.deepEqual(found, [0, 0, 0, 0]);
  assert.deepEqual(attempts, [[1, true]]);
  assert.equal(limiter.take("issues", rateLimits), 0, "one of the two is left");
  assert.ok(limiter.take("issues", rateLimits) > 0);
});
