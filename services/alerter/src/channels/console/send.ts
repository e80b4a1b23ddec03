import { defineIntegration } from "../define-integration.ts";
import { answerConsole } from "./answer.ts";
import { consoleSettings } from "./config.ts";
import { renderConsole } from "./render.ts";

/** The service's own log. */
export const consoleLog = defineIntegration({
  kind: "console",
  settings: consoleSettings,
  acknowledges: true,
  rateLimits: [],
  rateKey: () => "",
  async send(_settings, sending) {
    for (const { fields, message } of renderConsole(sending)) sending.rim.log.info(fields, message);
    return answerConsole();
  },
});
