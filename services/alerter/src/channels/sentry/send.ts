import { defineIntegration } from "../define-integration.ts";
import { answerSentry } from "./answer.ts";
import { sentrySettings } from "./config.ts";
import { renderSentry } from "./render.ts";

/** Sentry's issues. */
export const sentry = defineIntegration({
  kind: "sentry",
  settings: sentrySettings,
  // Depends on the plan: what Sentry answers counts.
  rateLimits: [],
  rateKey: ({ dsn }) => dsn.reveal(),
  async send(settings, sending) {
    const nowMs = sending.rim.clock();
    return answerSentry(await sending.fetch(renderSentry(settings, sending, nowMs)), nowMs);
  },
});
