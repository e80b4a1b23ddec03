import { defineIntegration } from "../define-integration.ts";
import { answerMsteams } from "./answer.ts";
import { msteamsSettings } from "./config.ts";
import { renderMsteams } from "./render.ts";

/** Microsoft Teams, by a connector of Office 365, which Microsoft is taking away. */
export const msteams = defineIntegration({
  kind: "msteams",
  settings: msteamsSettings,
  // learn.microsoft.com, webhooks and connectors, rate limiting: beyond four requests in a second it throttles.
  rateLimits: [{ count: 4, perMs: 1000 }],
  rateKey: ({ webhookUrl }) => webhookUrl.reveal(),
  async send(settings, sending) {
    const answer = await sending.fetch(renderMsteams(settings, sending));
    return answerMsteams(answer, sending.rim.clock());
  },
});
