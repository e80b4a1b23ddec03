import { webexConfig } from "@sightline/alertmanager/config/integrations/webex";
import { z } from "zod";
import { commonHttpSettings, plainUrl, template } from "../settings.ts";

const { initial } = webexConfig;

/** Alertmanager's webex_config with its defaults. */
export const webexSettings = z
  .strictObject({
    ...commonHttpSettings(),
    apiUrl: plainUrl.default("https://webexapis.com/v1/messages"),
    message: template.default(initial.message),
    roomId: template.min(1),
  })
  .refine(({ http }) => http.authorization !== undefined, {
    path: ["http", "authorization"],
    message: "expected a bot's token",
  });
export type WebexSettings = z.infer<typeof webexSettings>;
