import { eventOfAlert } from "../event-of-alert.ts";
import type { Told, ToldAlert } from "../told.ts";
import type { ReadWebhook, WebhookAlert } from "./read.ts";

/** Alerts stay what they are. Alertmanager has no id of a delivery, and repeats itself on purpose. */
export function translateWebhook({ alerts, dropped }: ReadWebhook): Told {
  const told = alerts.map(toldAlert);
  return { alerts: told, events: told.map((alert) => eventOfAlert(alert)), dropped };
}

function toldAlert({ status, labels, annotations, startsAt, endsAt, generatorURL }: WebhookAlert): ToldAlert {
  return { status, labels, annotations, startsAtMs: startsAt, endsAtMs: endsAt, link: generatorURL };
}
