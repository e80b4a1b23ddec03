import assert from "node:assert/strict";
import { test } from "node:test";
import { Severity } from "@sightline/proto/sightline/event/v1/event";
import { createEventBuilder } from "./builder.ts";
import { parseDetails } from "./details.ts";
import { validateEvent } from "./validate.ts";

const builder = createEventBuilder({ clock: () => 1_700_000_000_000, random: (bytes) => void bytes.fill(0xab) });

test("a health check", () => {
  const event = builder.healthCheck("fleet_inventory", "web-server-01", "healthy", { cpu: "45%", memory: "60%" });
  assert.deepEqual(event, {
    eventId: "018bcfe5-6800-7bab-abab-abababababab",
    timeUnixNano: 1_700_000_000_000_000_000n,
    eventType: "HEALTH_CHECK",
    severity: Severity.INFO,
    source: "fleet_inventory",
    target: "web-server-01",
    category: "health",
    title: "web-server-01 is healthy",
    description: "",
    details: '{"cpu":"45%","memory":"60%","status":"healthy"}',
    healthScore: 100,
    resourceUsage: undefined,
    metadata: undefined,
    observedTimeUnixNano: 1_700_000_000_000_000_000n,
  });
  const down = builder.healthCheck("collector", "db", "unhealthy", { error: "refused" });
  assert.equal(down.severity, Severity.ERROR);
  assert.equal(down.healthScore, 0);
});

test("a resource over its threshold", () => {
  const usage = { resourceType: "cpu", usagePercent: 93.5, thresholdPercent: 90 };
  const event = builder.resourceThreshold("collector", "web-1", usage);
  assert.equal(event.eventType, "resource_threshold");
  assert.deepEqual(parseDetails(event.details), { resource_type: "cpu", usage_percent: 93.5, threshold_percent: 90 });
});

test("what is built is valid and keeps what was given", () => {
  const event = builder.build({
    eventType: "alert_firing",
    source: "alerter",
    title: "t",
    eventId: "018bcfe5-6800-7bab-abab-abababababac",
    timeUnixNano: 3n,
    metadata: { correlationId: "c", labels: { a: "b" } },
  });
  const result = validateEvent(event, { receivedUnixNano: event.observedTimeUnixNano, newId: () => "" });
  assert.deepEqual(result, { event });
  assert.deepEqual(event.metadata, {
    correlationId: "c",
    traceId: "",
    spanId: "",
    userId: "",
    sourceIp: "",
    labels: { a: "b" },
  });
});
