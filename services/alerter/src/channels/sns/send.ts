import { defineIntegration } from "../define-integration.ts";
import { answerSns } from "./answer.ts";
import { snsSettings } from "./config.ts";
import { renderSns } from "./render.ts";

/** Amazon's Simple Notification Service. */
export const sns = defineIntegration({
  kind: "sns",
  settings: snsSettings,
  // docs.aws.amazon.com, SNS quotas: 300 a second in the smallest regions.
  rateLimits: [{ count: 300, perMs: 1000 }],
  rateKey: ({ sigv4 }) => `${sigv4.accessKey} ${sigv4.region}`,
  async send(settings, sending) {
    const nowMs = sending.rim.clock();
    return answerSns(await sending.fetch(renderSns(settings, sending, nowMs)), nowMs);
  },
});
