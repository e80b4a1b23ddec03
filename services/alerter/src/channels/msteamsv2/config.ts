import { msteamsv2Config } from "@sightline/alertmanager/config/integrations/msteamsv2";
import { z } from "zod";
import { commonHttpSettings, secretUrl, template } from "../settings.ts";

const { initial } = msteamsv2Config;

/** Alertmanager's msteamsv2_config with its defaults. */
export const teamsSettings = z.strictObject({
  ...commonHttpSettings(),
  /** Of a workflow "When a Teams webhook request is received". */
  webhookUrl: secretUrl,
  title: template.default(initial.title),
  text: template.default(initial.text),
});
export type TeamsSettings = z.infer<typeof teamsSettings>;
