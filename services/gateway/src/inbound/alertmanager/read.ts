import { z } from "zod";
import { anyList, optionalText, optionalTime, textsByName } from "../fields.ts";
import { readEach, readWith } from "../read-with.ts";
import type { Dropped } from "../told.ts";

const alert = z.object({
  status: z.enum(["firing", "resolved"]),
  labels: textsByName,
  annotations: textsByName.nullish().transform((value) => value ?? {}),
  startsAt: optionalTime,
  endsAt: optionalTime,
  generatorURL: optionalText,
});
export type WebhookAlert = z.infer<typeof alert>;

const webhook = z.object({
  version: z.literal("4"),
  receiver: optionalText,
  externalURL: optionalText,
  alerts: anyList,
  truncatedAlerts: z.number().int().min(0).default(0),
});

export interface ReadWebhook {
  readonly receiver: string;
  readonly externalUrl: string;
  readonly alerts: readonly WebhookAlert[];
  readonly dropped: readonly Dropped[];
}

/** Alertmanager's webhook, version 4 (notify/webhook/webhook.go, template/template.go). */
export function readWebhook(payload: unknown): ReadWebhook {
  const { receiver, externalURL, alerts, truncatedAlerts } = readWith(webhook, payload, "webhook of Alertmanager");
  const { read, dropped } = readEach(alert, alerts, "alert");
  const cut: Dropped[] =
    truncatedAlerts === 0 ? [] : [{ reason: "cut_by_sender", what: "by max_alerts", count: truncatedAlerts }];
  return { receiver, externalUrl: externalURL, alerts: read, dropped: [...dropped, ...cut] };
}
