import { type Fail, type StructOf, struct } from "../codec.ts";
import { goDurationMs, quietFlag, secret, text } from "../values.ts";
import { atLeastOne, atMostOne } from "./exclusive.ts";
import { notifier } from "./notifier.ts";

const fields = {
  ...notifier(true),
  userKey: secret,
  userKeyFile: text(),
  token: secret,
  tokenFile: text(),
  title: text('{{ template "pushover.default.title" . }}'),
  message: text('{{ template "pushover.default.message" . }}'),
  url: text('{{ template "pushover.default.url" . }}'),
  urlTitle: text(),
  device: text(),
  sound: text(),
  priority: text('{{ if eq .Status "firing" }}2{{ else }}0{{ end }}'),
  retryMs: goDurationMs(60_000),
  expireMs: goDurationMs(3_600_000),
  ttlMs: goDurationMs(),
  html: quietFlag,
  monospace: quietFlag,
};

export type PushoverConfig = StructOf<typeof fields>;

/** Pushover (config/notifiers.go, PushoverConfig). */
export const pushoverConfig = struct("pushover_configs", fields, { finish });

function finish(config: PushoverConfig, fail: Fail): PushoverConfig {
  atLeastOne(fail, ["user_key", "user_key_file"], config.userKey, config.userKeyFile);
  atMostOne(fail, ["user_key", "user_key_file"], config.userKey, config.userKeyFile);
  atLeastOne(fail, ["token", "token_file"], config.token, config.tokenFile);
  atMostOne(fail, ["token", "token_file"], config.token, config.tokenFile);
  atMostOne(fail, ["monospace", "html"], config.monospace, config.html);
  return config;
}
