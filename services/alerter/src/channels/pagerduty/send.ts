import { defineIntegration } from "../define-integration.ts";
import { answerPagerduty } from "./answer.ts";
import { pagerdutySettings } from "./config.ts";
import { renderPagerduty } from "./render.ts";

/** PagerDuty's events. */
export const pagerduty = defineIntegration({
  kind: "pagerduty",
  settings: pagerdutySettings,
  acknowledges: true,
  // What PagerDuty's support says of events of one integration (community.pagerduty.com, "Monitoring API rate limiting").
  rateLimits: [{ count: 120, perMs: 60_000 }],
  rateKey: ({ routingKey, serviceKey }) => (routingKey ?? serviceKey)?.reveal() ?? "",
  async send(settings, sending) {
    const answer = await sending.fetch(renderPagerduty(settings, sending));
    return answerPagerduty(answer, sending.rim.clock(), settings.serviceKey === undefined ? "v2" : "v1");
  },
});
