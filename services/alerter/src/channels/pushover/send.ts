import { defineIntegration } from "../define-integration.ts";
import { answerPushover } from "./answer.ts";
import { pushoverSettings } from "./config.ts";
import { renderPushover } from "./render.ts";

/** Pushover's push messages. */
export const pushover = defineIntegration({
  kind: "pushover",
  settings: pushoverSettings,
  // A month's quota is all that is documented.
  rateLimits: [],
  rateKey: ({ token }) => token.reveal(),
  async send(settings, sending) {
    const answer = await sending.fetch(renderPushover(settings, sending));
    return answerPushover(answer, sending.rim.clock());
  },
});
