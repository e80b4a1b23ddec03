import { struct, type ValueOf } from "../codec.ts";
import { secretUrl, text } from "../values.ts";
import { atLeastOne, atMostOne } from "./exclusive.ts";
import { notifier } from "./notifier.ts";

/** Discord by webhook (notify/discord). */
export const discordConfig = struct(
  "discord_configs",
  {
    ...notifier(true),
    webhookUrl: secretUrl,
    webhookUrlFile: text(),
    content: text(),
    title: text('{{ template "discord.default.title" . }}'),
    message: text('{{ template "discord.default.message" . }}'),
    username: text(),
    avatarUrl: text(),
  },
  {
    finish(config, fail) {
      atLeastOne(fail, ["webhook_url", "webhook_url_file"], config.webhookUrl, config.webhookUrlFile);
      atMostOne(fail, ["webhook_url", "webhook_url_file"], config.webhookUrl, config.webhookUrlFile);
      return config;
    },
  },
);

export type DiscordConfig = ValueOf<typeof discordConfig>;
