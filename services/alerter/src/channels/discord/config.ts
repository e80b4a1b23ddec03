import { discordConfig } from "@sightline/alertmanager/config/integrations/discord";
import { z } from "zod";
import { commonHttpSettings, secretUrl, template } from "../settings.ts";

const { initial } = discordConfig;

/** Alertmanager's discord_config with its defaults. */
export const discordSettings = z.strictObject({
  ...commonHttpSettings(),
  webhookUrl: secretUrl,
  content: template.default(""),
  title: template.default(initial.title),
  message: template.default(initial.message),
  username: z.string().max(80).default(""),
  avatarUrl: z.string().max(2048).default(""),
});
export type DiscordSettings = z.infer<typeof discordSettings>;
