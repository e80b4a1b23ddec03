import { pushoverConfig } from "@sightline/alertmanager/config/integrations/pushover";
import { z } from "zod";
import { commonHttpSettings, plainUrl, secretText, template } from "../settings.ts";

const { initial } = pushoverConfig;

/** Alertmanager's pushover_config with its defaults. */
export const pushoverSettings = z
  .strictObject({
    ...commonHttpSettings(),
    apiUrl: plainUrl.default("https://api.pushover.net/1/messages.json"),
    /** Both may hold templates. */
    userKey: secretText,
    token: secretText,
    title: template.default(initial.title),
    message: template.default(initial.message),
    url: template.default(initial.url),
    urlTitle: template.default(""),
    device: template.default(""),
    sound: template.default(""),
    /** -2 to 2; 2 is repeated until somebody acknowledges it. */
    priority: template.default(initial.priority),
    retryMs: z.number().min(0).default(initial.retryMs),
    expireMs: z.number().min(0).default(initial.expireMs),
    ttlMs: z.number().min(0).default(0),
    html: z.boolean().default(false),
    monospace: z.boolean().default(false),
  })
  .refine(({ html, monospace }) => !(html && monospace), "at most one of monospace & html must be configured");
export type PushoverSettings = z.infer<typeof pushoverSettings>;
