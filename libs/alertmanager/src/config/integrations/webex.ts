import { type Fail, type StructOf, struct } from "../codec.ts";
import { text, url } from "../values.ts";
import { notifier } from "./notifier.ts";

const fields = {
  ...notifier(true),
  apiUrl: url,
  message: text('{{ template "webex.default.message" . }}'),
  roomId: text(),
};

export type WebexConfig = StructOf<typeof fields>;

/** Webex (config/notifiers.go, WebexConfig). */
export const webexConfig = struct("webex_configs", fields, { finish });

function finish(config: WebexConfig, fail: Fail): WebexConfig {
  if (config.roomId === "") fail("missing room_id on webex_config");
  if (config.httpConfig?.authorization === undefined) fail("missing webex_configs.http_config.authorization");
  return config;
}
