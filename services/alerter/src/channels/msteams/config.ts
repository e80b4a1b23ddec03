import { msteamsConfig } from "@sightline/alertmanager/config/integrations/msteams";
import { z } from "zod";
import { commonHttpSettings, secretUrl, template } from "../settings.ts";

const { initial } = msteamsConfig;

/** Alertmanager's msteams_config with its defaults. */
export const msteamsSettings = z.strictObject({
  ...commonHttpSettings(),
  webhookUrl: secretUrl,
  title: template.default(initial.title),
  summary: template.default(initial.summary),
  text: template.default(initial.text),
});
export type MsteamsSettings = z.infer<typeof msteamsSettings>;
