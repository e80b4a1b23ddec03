import { defineIntegration } from "../define-integration.ts";
import { answerDiscord } from "./answer.ts";
import { discordSettings } from "./config.ts";
import { renderDiscord } from "./render.ts";

/** A channel of Discord, by webhook. */
export const discord = defineIntegration({
  kind: "discord",
  settings: discordSettings,
  // Discord documents only that the limits are in its answers; five in two seconds is what those of webhooks say.
  rateLimits: [{ count: 5, perMs: 2000 }],
  rateKey: ({ webhookUrl }) => webhookUrl.reveal(),
  async send(settings, sending) {
    const answer = await sending.fetch(renderDiscord(settings, sending));
    return answerDiscord(answer, sending.rim.clock());
  },
});
