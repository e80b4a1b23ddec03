import { type Fail, type StructOf, struct } from "../codec.ts";
import { json, number, secretTemplateUrl, shownText, timeoutMs } from "../values.ts";
import { atLeastOne, atMostOne } from "./exclusive.ts";
import { notifier } from "./notifier.ts";

const fields = {
  ...notifier(true),
  /** May be a template. */
  url: secretTemplateUrl,
  urlFile: shownText,
  /** 0 is any number. */
  maxAlerts: number({ min: 0, isWhole: true, isQuiet: false }),
  /** 0 is without an end. */
  timeoutMs,
  /** What is sent in place of Alertmanager's own payload; its texts are templates. Null is not set. */
  payload: json,
};

export type WebhookConfig = StructOf<typeof fields>;

/** Anybody, by a POST of JSON (notify/webhook). */
export const webhookConfig = struct("webhook_configs", fields, { finish });

function finish(config: WebhookConfig, fail: Fail): WebhookConfig {
  atLeastOne(fail, ["url", "url_file"], config.url, config.urlFile);
  atMostOne(fail, ["url", "url_file"], config.url, config.urlFile);
  return config;
}
