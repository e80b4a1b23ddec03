import assert from "node:assert/strict";
import { test } from "node:test";
import { type Decision, RECEIVED_REASONS } from "@sightline/alertmanager/dispatch/decision";
import { Registry } from "prom-client";
import { createDispatchMetrics, NO_TOTALS } from "./dispatch-metrics.ts";

const decision = (step: Decision["step"], change: Partial<Decision> = {}): Decision => ({
  atMs: 0,
  step,
  reason: "",
  fingerprints: ["a"],
  ...change,
});

async function lines(registry: Registry): Promise<string[]> {
  const text = await registry.metrics();
  return text.split("\n").filter((line) => /^sightline.* [1-9]/.test(line) && !/_(bucket|sum)/.test(line));
}

test("what is decided and told is counted as Alertmanager counts it", async () => {
  const registry = new Registry();
  const metrics = createDispatchMetrics(registry);
  metrics.decided([
    decision("received", { reason: RECEIVED_REASONS.new }),
    decision("received", { reason: RECEIVED_REASONS["fires again"] }),
    decision("received", { reason: RECEIVED_REASONS.resolved }),
    decision("received", { reason: RECEIVED_REASONS["over already"] }),
    decision("silenced"),
    decision("muted_by_time", { fingerprints: [] }),
    decision("dropped"),
    decision("dropped", { groupKey: "{}:{}" }),
    decision("grouped"),
  ]);
  metrics.notified("webhook", { delivered: true }, 0.1);
  metrics.notified("webhook", { delivered: false, failure: "rate_limited" }, 3);
  metrics.refused(2);
  metrics.waiting({ entries: 5, bytes: 600, oldestSeconds: 7 });
  metrics.observe(() => ({ ...NO_TOTALS, activeAlerts: 3, suppressedAlerts: 1, groups: 2, pendingSilences: 4 }));
  assert.deepEqual(await lines(registry), [
    'sightline_alerter_notifications_total{integration="webhook"} 2',
    'sightline_alerter_notifications_failed_total{integration="webhook",reason="rate_limited"} 1',
    'sightline_alerter_notification_latency_seconds_count{integration="webhook"} 2',
    'sightline_alerter_notifications_suppressed_total{reason="silence"} 1',
    'sightline_alerter_notifications_suppressed_total{reason="mute_time_interval"} 1',
    'sightline_alerter_alerts_received_total{status="firing"} 2',
    'sightline_alerter_alerts_received_total{status="resolved"} 2',
    "sightline_alerter_alerts_invalid_total 2",
    'sightline_alerter_alerts_dropped_total{reason="max_alerts"} 1',
    'sightline_alerter_alerts_dropped_total{reason="max_groups"} 1',
    "sightline_alerter_inbox_entries 5",
    "sightline_alerter_inbox_bytes 600",
    "sightline_alerter_inbox_oldest_seconds 7",
    'sightline_alerter_alerts{state="active"} 3',
    'sightline_alerter_alerts{state="suppressed"} 1',
    'sightline_alerter_silences{state="pending"} 4',
    "sightline_alerter_dispatcher_aggregation_groups 2",
  ]);
});
