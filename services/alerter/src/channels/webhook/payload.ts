import { formatRfc3339 } from "@sightline/model/rfc3339";
import { nanosOfDate } from "../../alerts/alert.ts";
import type { Labels } from "../../alerts/labels.ts";
import { commonLabels, type Notice, type NoticeAlert, type NoticeStatus } from "../notice.ts";

/** Alertmanager's webhook, version 4 (prometheus/alertmanager notify/webhook/webhook.go and template/template.go). */
export interface WebhookPayload {
  readonly version: "4";
  readonly groupKey: string;
  readonly truncatedAlerts: number;
  readonly status: NoticeStatus;
  readonly receiver: string;
  readonly groupLabels: Labels;
  readonly commonLabels: Labels;
  readonly commonAnnotations: Labels;
  readonly externalURL: string;
  readonly alerts: readonly WebhookAlert[];
}

interface WebhookAlert {
  readonly status: NoticeStatus;
  readonly labels: Labels;
  readonly annotations: Labels;
  /** RFC 3339. */
  readonly startsAt: string;
  /** RFC 3339; Go's zero time while it fires, as receivers of Alertmanager know it. */
  readonly endsAt: string;
  readonly generatorURL: string;
  readonly fingerprint: string;
}

const goZeroTime = "0001-01-01T00:00:00Z";

/** The notice as the receivers of Alertmanager expect it. */
export function webhookPayload(notice: Notice): WebhookPayload {
  const alerts = notice.alerts.map((told) => webhookAlert(told, notice.externalUrl));
  return {
    version: "4",
    groupKey: notice.groupKey,
    truncatedAlerts: 0,
    status: notice.status,
    receiver: notice.channel,
    groupLabels: notice.groupLabels,
    commonLabels: commonLabels(alerts.map(({ labels }) => labels)),
    commonAnnotations: commonLabels(alerts.map(({ annotations }) => annotations)),
    externalURL: notice.externalUrl,
    alerts,
  };
}

function webhookAlert({ alert, status }: NoticeAlert, externalUrl: string): WebhookAlert {
  const { resolvedAt } = alert;
  return {
    status,
    labels: alert.labels,
    annotations: { summary: alert.summary, ...alert.annotations },
    startsAt: formatRfc3339(nanosOfDate(alert.firedAt ?? alert.pendingSince)),
    endsAt: status === "resolved" && resolvedAt !== null ? formatRfc3339(nanosOfDate(resolvedAt)) : goZeroTime,
    generatorURL: `${externalUrl}/alerts/${alert.alertId}`,
    fingerprint: alert.fingerprint,
  };
}
