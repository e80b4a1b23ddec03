import {
  commonAnnotations,
  commonLabels,
  type Labels,
  type Notification,
  type NotifiedAlert,
} from "@sightline/alertmanager/notification";

/**
 * Alertmanager's webhook, version 4, with its fields in its order (prometheus/alertmanager notify/webhook/webhook.go and
 * template/template.go).
 */
export interface WebhookMessage {
  readonly receiver: string;
  readonly status: "firing" | "resolved";
  readonly alerts: readonly WebhookAlert[];
  readonly notification_reason: string;
  readonly groupLabels: Labels;
  readonly commonLabels: Labels;
  readonly commonAnnotations: Labels;
  readonly routeLabels: Labels;
  readonly externalURL: string;
  readonly version: "4";
  readonly groupKey: string;
  readonly truncatedAlerts: number;
}

interface WebhookAlert {
  readonly status: "firing" | "resolved";
  readonly labels: Labels;
  readonly annotations: Labels;
  /** RFC 3339. */
  readonly startsAt: string;
  /** RFC 3339; Go's zero time while it fires. */
  readonly endsAt: string;
  readonly generatorURL: string;
  readonly fingerprint: string;
}

const goZeroTime = "0001-01-01T00:00:00Z";

/** The notification as receivers of Alertmanager expect it, with at most `maxAlerts` alerts where that is not 0. */
export function webhookMessage(notification: Notification, maxAlerts: number): WebhookMessage {
  const all = notification.alerts;
  const alerts = maxAlerts > 0 ? all.slice(0, maxAlerts) : all;
  return {
    receiver: quoteMeta(notification.receiver),
    status: alerts.some(({ status }) => status === "firing") ? "firing" : "resolved",
    alerts: alerts.map(webhookAlert),
    notification_reason: notification.reason,
    groupLabels: sortedLabels(notification.groupLabels),
    commonLabels: sortedLabels(commonLabels(alerts)),
    commonAnnotations: sortedLabels(commonAnnotations(alerts)),
    routeLabels: sortedLabels(notification.routeLabels),
    externalURL: notification.externalUrl,
    version: "4",
    groupKey: notification.groupKey,
    truncatedAlerts: notification.truncatedAlerts + all.length - alerts.length,
  };
}

function webhookAlert(alert: NotifiedAlert): WebhookAlert {
  const { status, startsAtMs, endsAtMs, generatorUrl, fingerprint } = alert;
  return {
    status,
    labels: sortedLabels(alert.labels),
    annotations: sortedLabels(alert.annotations),
    startsAt: goTime(startsAtMs),
    // When a firing alert would end by itself the dispatcher clears (dispatch/dispatch.go, flush).
    endsAt: status === "resolved" && endsAtMs !== undefined ? goTime(endsAtMs) : goZeroTime,
    generatorURL: generatorUrl,
    fingerprint,
  };
}

/** Go writes the names of a map in order. */
function sortedLabels(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A time as Go writes it: without zeros at the end of the fraction. */
function goTime(unixMs: number): string {
  return new Date(unixMs).toISOString().replace(/\.?0*Z$/, "Z");
}

/** Alertmanager gives the receiver's name as a pattern that matches it (regexp.QuoteMeta). */
function quoteMeta(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, "\\$&");
}
