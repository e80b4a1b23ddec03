import { defineIntegration } from "../define-integration.ts";
import { answerWebhook } from "./answer.ts";
import { webhookSettings } from "./config.ts";
import { renderWebhook } from "./render.ts";

/** Anything that takes Alertmanager's webhook, or JSON of one's own. */
export const webhook = defineIntegration({
  kind: "webhook",
  settings: webhookSettings,
  rateLimits: [],
  rateKey: (settings) => settings.url.reveal(),
  async send(settings, sending) {
    const nowMs = sending.rim.clock();
    return answerWebhook(await sending.fetch(renderWebhook(settings, sending, nowMs)), nowMs);
  },
});
