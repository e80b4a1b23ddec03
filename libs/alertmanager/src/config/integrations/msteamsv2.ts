import { struct, type ValueOf } from "../codec.ts";
import { secretUrl, text } from "../values.ts";
import { atLeastOne, atMostOne } from "./exclusive.ts";
import { notifier } from "./notifier.ts";

/** Microsoft Teams by a workflow's webhook (notify/msteamsv2). */
export const msteamsv2Config = struct(
  "msteamsv2_configs",
  {
    ...notifier(true),
    webhookUrl: secretUrl,
    webhookUrlFile: text(),
    title: text('{{ template "msteamsv2.default.title" . }}'),
    text: text('{{ template "msteamsv2.default.text" . }}'),
  },
  {
    finish(config, fail) {
      atLeastOne(fail, ["webhook_url", "webhook_url_file"], config.webhookUrl, config.webhookUrlFile);
      atMostOne(fail, ["webhook_url", "webhook_url_file"], config.webhookUrl, config.webhookUrlFile);
      return config;
    },
  },
);

export type Msteamsv2Config = ValueOf<typeof msteamsv2Config>;
