import { defineIntegration } from "../define-integration.ts";
import { answerMattermost } from "./answer.ts";
import { mattermostSettings } from "./config.ts";
import { renderMattermost } from "./render.ts";

/** Mattermost, by an incoming webhook. */
export const mattermost = defineIntegration({
  kind: "mattermost",
  settings: mattermostSettings,
  // docs.mattermost.com, rate limiting: ten a second where an administrator turned it on.
  rateLimits: [{ count: 10, perMs: 1000 }],
  rateKey: ({ webhookUrl }) => webhookUrl.reveal(),
  async send(settings, sending) {
    const answer = await sending.fetch(renderMattermost(settings, sending));
    return answerMattermost(answer, sending.rim.clock());
  },
});
