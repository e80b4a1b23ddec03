// make bench BENCH=walk-events
import { createEventBuilder } from "@sightline/events/builder";
import { runRateBench } from "@sightline/otlp/testing/bench";
import { EventBatch } from "@sightline/proto/sightline/event/v1/event";
import { createEventTranscoder } from "./event-transcoder.ts";

const nowMs = 1_700_000_000_000;
const messages = 50;
const eventsPerMessage = 1000;

const { build } = createEventBuilder({ clock: () => nowMs });
const events = Array.from({ length: eventsPerMessage }, (_, at) =>
  build({
    eventType: ["HEALTH_CHECK", "resource_threshold", "deployment", "auth_failure"][at % 4] ?? "",
    severity: at % 4 === 0 ? "error" : "info",
    source: `agent-${at % 20}`,
    target: `node-${at % 500}.eu-west-1.internal`,
    category: "health",
    title: `node-${at % 500} answered its check in ${(at * 7919) % 900} ms`,
    description: "The check over HTTP was answered with 200 within its time.",
    details: { latency_ms: (at * 7919) % 900, attempt: 1 + (at % 3), region: "eu-west-1" },
    healthScore: 50 + (at % 50),
    metadata: { correlationId: "0000000000c0ffee", labels: { team: `team-${at % 8}`, environment: "production" } },
  }),
);
const payload = EventBatch.encode({ events }).finish();
const transcoder = createEventTranscoder();

runRateBench({
  bench: "walk-events",
  metric: "events_per_second_per_core",
  unit: "events/s",
  config: { eventsPerMessage, bytesPerEvent: Math.round(payload.length / eventsPerMessage) },
  batch: () => {
    transcoder.reset();
    const receivedUnixNano = BigInt(nowMs) * 1_000_000n;
    for (let seq = 1; seq <= messages; seq++) {
      const appended = transcoder.append(payload, {
        tenant: "default",
        receivedUnixNano,
        subject: "telemetry.events.0",
        seq,
      });
      if (!appended.ok) throw appended.error;
    }
    transcoder.blocks();
    return transcoder.records();
  },
});
