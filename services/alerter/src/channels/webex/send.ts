import { defineIntegration } from "../define-integration.ts";
import { answerWebex } from "./answer.ts";
import { webexSettings } from "./config.ts";
import { renderWebex } from "./render.ts";

/** A room of Webex, by a bot. */
export const webex = defineIntegration({
  kind: "webex",
  settings: webexSettings,
  // Webex documents only that it answers 429.
  rateLimits: [],
  rateKey: ({ http, roomId }) => `${http.authorization?.credentials.reveal() ?? ""} ${roomId}`,
  async send(settings, sending) {
    const answer = await sending.fetch(renderWebex(settings, sending));
    return answerWebex(answer, sending.rim.clock());
  },
});
