import { defineIntegration } from "../define-integration.ts";
import { answerIncidentio } from "./answer.ts";
import { incidentioSettings } from "./config.ts";
import { renderIncidentio } from "./render.ts";

/** incident.io, by an alert source. */
export const incidentio = defineIntegration({
  kind: "incidentio",
  settings: incidentioSettings,
  // None are documented but 429.
  rateLimits: [],
  rateKey: ({ url }) => url,
  async send(settings, sending) {
    const answer = await sending.fetch(renderIncidentio(settings, sending));
    return answerIncidentio(answer, sending.rim.clock());
  },
});
