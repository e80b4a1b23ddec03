import { defineIntegration } from "../define-integration.ts";
import { answerEscalation } from "./answer.ts";
import { escalationSettings } from "./config.ts";
import { renderEscalation } from "./render.ts";

/** An escalation policy: people are told one after the other until somebody acknowledges. */
export const escalation = defineIntegration({
  kind: "escalation",
  settings: escalationSettings,
  acknowledges: true,
  rateLimits: [],
  rateKey: ({ policy }) => policy,
  async send(settings, sending) {
    return answerEscalation(await sending.rim.escalations.told(renderEscalation(settings, sending)));
  },
});
