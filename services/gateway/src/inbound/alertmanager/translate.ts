import { withEvent } from "../event-of-alert.ts";
import type { Told, ToldAlert } from "../told.ts";
import type { ReadWebhook, WebhookAlert } from "./read.ts";

/** Alerts stay what they are. Alertmanager has no id of a delivery, and repeats itself on purpose. */
export function translateWebhook({ alerts, dropped }: ReadWebhook): Told {
  return { alerts: alerts.map((alert) => withEvent(toldAlert(alert))), events: [], dropped };
}

function toldAlert({ status, labels, annotations, startsAt, endsAt, generatorURL }: WebhookAlert): ToldAlert {
  return { status, labels, annotations, startsAtMs: startsAt, endsAtMs: endsAt, link: generatorURL };
}
