import type { Labels, Notification, NotificationReason, NotifiedAlert } from "../notification.ts";
import type { DispatchConfig } from "./dispatch-config.ts";
import type { Group } from "./group.ts";
import { isResolved, type KeptAlert } from "./kept-alert.ts";

export interface NotificationParts {
  readonly group: Group;
  /** In the order of a notification. */
  readonly alerts: readonly KeptAlert[];
  readonly reason: NotificationReason;
  readonly config: DispatchConfig;
  readonly externalUrl: string;
  readonly nowMs: number;
}

/** The labels of a group's route as they would be told now. Hardly any route has some. */
export function routeLabelsOf(parts: NotificationParts): Labels {
  const { labels } = parts.group.route.options;
  return Object.keys(labels).length === 0 ? labels : notificationOf(parts).routeLabels;
}

/** What is told of alerts of a group. */
export function notificationOf({ group, alerts, reason, config, externalUrl, nowMs }: NotificationParts): Notification {
  const { receiver, labels } = group.route.options;
  const notified = alerts.map((alert) => notifiedAlert(alert, nowMs));
  const notification: Notification = {
    receiver,
    groupKey: group.key,
    groupLabels: group.labels,
    routeLabels: labels,
    status: notified.some(({ status }) => status === "firing") ? "firing" : "resolved",
    reason,
    alerts: notified,
    truncatedAlerts: 0,
    externalUrl,
  };
  // Hardly any route has labels.
  if (config.fillRouteLabels === undefined || Object.keys(labels).length === 0) return notification;
  return { ...notification, routeLabels: config.fillRouteLabels(labels, notification) };
}

function notifiedAlert(alert: KeptAlert, nowMs: number): NotifiedAlert {
  const { labels, annotations, startsAtMs, generatorUrl, fingerprint } = alert;
  const resolved = isResolved(alert, nowMs);
  return {
    labels,
    annotations,
    status: resolved ? "resolved" : "firing",
    startsAtMs,
    endsAtMs: resolved ? alert.endsAtMs : undefined,
    generatorUrl,
    fingerprint,
  };
}
