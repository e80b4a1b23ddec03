import { defineIntegration } from "../define-integration.ts";
import type { Outcome } from "../integration.ts";
import { delivered } from "../outcome.ts";
import { answerOpsgenie } from "./answer.ts";
import { opsgenieSettings } from "./config.ts";
import { renderOpsgenie } from "./render.ts";

/** Opsgenie's alerts. */
export const opsgenie = defineIntegration({
  kind: "opsgenie",
  settings: opsgenieSettings,
  acknowledges: true,
  // Depends on the plan and on the number of people: what Opsgenie answers counts.
  rateLimits: [],
  rateKey: ({ apiKey }) => apiKey.reveal(),
  async send(settings, sending) {
    let outcome: Outcome = delivered("");
    // All of them may be repeated.
    const requests = renderOpsgenie(settings, sending);
    for (const [at, request] of requests.entries()) {
      outcome = answerOpsgenie(await sending.fetch(request, requests.length - 1 - at), sending.rim.clock());
      if (!outcome.delivered) return outcome;
    }
    return outcome;
  },
});
