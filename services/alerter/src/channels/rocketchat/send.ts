import { defineIntegration } from "../define-integration.ts";
import { answerRocketchat } from "./answer.ts";
import { rocketchatSettings } from "./config.ts";
import { renderRocketchat } from "./render.ts";

/** Rocket.Chat, by a user's token. */
export const rocketchat = defineIntegration({
  kind: "rocketchat",
  settings: rocketchatSettings,
  // docs.rocket.chat, rate limiter: ten calls a minute of one method, unless its administrator set another.
  rateLimits: [{ count: 10, perMs: 60_000 }],
  rateKey: ({ token }) => token.reveal(),
  async send(settings, sending) {
    const answer = await sending.fetch(renderRocketchat(settings, sending));
    return answerRocketchat(answer, sending.rim.clock());
  },
});
