import { struct, type ValueOf } from "../codec.ts";
import { secretUrl, text } from "../values.ts";
import { atLeastOne, atMostOne } from "./exclusive.ts";
import { notifier } from "./notifier.ts";

/** Microsoft Teams by a connector's webhook (notify/msteams). */
export const msteamsConfig = struct(
  "msteams_configs",
  {
    ...notifier(true),
    webhookUrl: secretUrl,
    webhookUrlFile: text(),
    title: text('{{ template "msteams.default.title" . }}'),
    summary: text('{{ template "msteams.default.summary" . }}'),
    text: text('{{ template "msteams.default.text" . }}'),
  },
  {
    finish(config, fail) {
      atLeastOne(fail, ["webhook_url", "webhook_url_file"], config.webhookUrl, config.webhookUrlFile);
      atMostOne(fail, ["webhook_url", "webhook_url_file"], config.webhookUrl, config.webhookUrlFile);
      return config;
    },
  },
);

export type MsteamsConfig = ValueOf<typeof msteamsConfig>;
