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
