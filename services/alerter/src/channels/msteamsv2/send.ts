import { defineIntegration } from "../define-integration.ts";
import { answerTeams } from "./answer.ts";
import { teamsSettings } from "./config.ts";
import { renderTeams } from "./render.ts";

/** Microsoft Teams, by a workflow's webhook (Alertmanager's msteamsv2). */
export const teams = defineIntegration({
  kind: "msteamsv2",
  settings: teamsSettings,
  // learn.microsoft.com, webhooks and connectors, rate limiting: beyond four requests in a second it throttles.
  rateLimits: [{ count: 4, perMs: 1000 }],
  rateKey: ({ webhookUrl }) => webhookUrl.reveal(),
  async send(settings, sending) {
    const answer = await sending.fetch(renderTeams(settings, sending));
    return answerTeams(answer, sending.rim.clock());
  },
});
