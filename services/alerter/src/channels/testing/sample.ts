import type { Notification, NotifiedAlert } from "@sightline/alertmanager/notification";
import { Registry } from "prom-client";
import type { Rim, Telling, Templates } from "../integration.ts";
import { createAlertGauge } from "../metrics/alert-gauge.ts";
import { createRateLimiter } from "../rate-limit.ts";

export const startMs = Date.parse("2026-11-21T01:50:39.120Z");

/** An alert that fires. */
export function sampleAlert(change: Partial<NotifiedAlert> = {}): NotifiedAlert {
  return {
    labels: { alertname: "High CPU usage", severity: "warning", host: "web-1" },
    annotations: { summary: "CPU of web-1 is at 93 %", runbook_url: "http://run/book" },
    status: "firing",
    startsAtMs: startMs,
    endsAtMs: undefined,
    generatorUrl: "http://prometheus/graph?g0.expr=up",
    fingerprint: "0123456789abcdef",
    ...change,
  };
}

/** A notification of one group; firing when one of its alerts is. */
export function sampleNotification(change: Partial<Notification> = {}): Notification {
  const alerts = change.alerts ?? [sampleAlert()];
  return {
    receiver: "ops",
    groupKey: '{}:{alertname="High CPU usage"}',
    groupLabels: { alertname: "High CPU usage" },
    routeLabels: {},
    status: alerts.some(({ status }) => status === "firing") ? "firing" : "resolved",
    reason: "first notification",
    alerts,
    truncatedAlerts: 0,
    externalUrl: "http://sightline",
    ...change,
  };
}

/** All of its alerts are over. */
export const resolvedNotification = sampleNotification({
  alerts: [sampleAlert({ status: "resolved", endsAtMs: startMs + 60_000 })],
  reason: "all alerts resolved",
});

/** Templates that give the same text for each action. */
export function fixedTemplates(text: string): Templates {
  const expandText = (template: string) => template.replace(/\{\{.*?\}\}/gs, () => text);
  return { expandText, expandHtml: expandText };
}

/** Templates of which each fails. */
export const brokenTemplates: Templates = {
  expandText() {
    throw new Error("function is not defined");
  },
  expandHtml() {
    throw new Error("function is not defined");
  },
};

/** One attempt. */
export function sampleTelling(change: Partial<Telling> = {}): Telling {
  return {
    tenant: "default",
    notification: sampleNotification(),
    templates: fixedTemplates("CPU is high"),
    receiverData: {},
    atMs: startMs,
    signal: new AbortController().signal,
    ...change,
  };
}

export interface TestRim extends Rim {
  readonly registry: Registry;
  readonly lines: (readonly [fields: object, message: string])[];
}

/** A rim that may reach loopback, with a log and metrics to look at. */
export function testRim(change: Partial<Rim> = {}): TestRim {
  const registry = new Registry();
  const lines: (readonly [object, string])[] = [];
  return {
    policy: { allowPrivate: true },
    clock: () => startMs,
    log: { info: (fields, message) => void lines.push([fields, message]) },
    gauge: createAlertGauge(registry, { maxSeries: 100 }),
    turns: createRateLimiter({ maxKeys: 100, steadyMs: () => 0 }),
    escalations: { told: async ({ policy }) => ({ taken: true, said: `${policy} began` }) },
    registry,
    lines,
    ...change,
  };
}
