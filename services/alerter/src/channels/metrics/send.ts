import { defineIntegration } from "../define-integration.ts";
import { answerMetrics } from "./answer.ts";
import { metricsSettings } from "./config.ts";
import { renderMetrics } from "./render.ts";

/** The service's own metrics, for whoever scrapes them. */
export const metrics = defineIntegration({
  kind: "metrics",
  settings: metricsSettings,
  rateLimits: [],
  rateKey: () => "",
  async send(_settings, sending) {
    const series = renderMetrics(sending);
    for (const [labels, firing] of series) sending.rim.gauge.set(labels, firing);
    return answerMetrics(series.length);
  },
});
