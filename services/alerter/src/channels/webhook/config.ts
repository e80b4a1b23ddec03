import { createSecret } from "@sightline/service/secret";
import { z } from "zod";
import { commonHttpSettings, plainUrl, secretText } from "../settings.ts";

/** Alertmanager's webhook_config; the signature and the seeds' time-out of 30 s are ours. */
export const webhookSettings = z.strictObject({
  ...commonHttpSettings({ timeoutMs: 30_000 }),
  /** May hold templates: then it is only looked at when they are filled in. */
  url: z.union([z.string().max(4096).includes("{{"), plainUrl]).transform(createSecret),
  /** Further alerts are left out and counted. 0: all are sent. */
  maxAlerts: z.int().min(0).default(0),
  /** Sent instead of version 4, its texts filled in as templates. */
  payload: z.json().optional(),
  /** Signs each message as Standard Webhooks has it: `whsec_` and base64, or any text. */
  signingSecret: secretText.optional(),
});
export type WebhookSettings = z.infer<typeof webhookSettings>;
