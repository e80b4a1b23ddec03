import { defineIntegration } from "../define-integration.ts";
import { answerVictorops } from "./answer.ts";
import { victoropsSettings } from "./config.ts";
import { renderVictorops } from "./render.ts";

/** VictorOps, now Splunk On-Call. */
export const victorops = defineIntegration({
  kind: "victorops",
  settings: victoropsSettings,
  acknowledges: true,
  // None are documented.
  rateLimits: [],
  rateKey: ({ apiKey }) => apiKey.reveal(),
  async send(settings, sending) {
    const answer = await sending.fetch(renderVictorops(settings, sending));
    return answerVictorops(answer, sending.rim.clock());
  },
});
