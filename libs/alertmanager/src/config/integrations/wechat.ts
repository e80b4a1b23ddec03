import { type Fail, type StructOf, struct } from "../codec.ts";
import { secret, text, url } from "../values.ts";
import { atMostOne } from "./exclusive.ts";
import { notifier } from "./notifier.ts";

const fields = {
  ...notifier(false),
  apiSecret: secret,
  apiSecretFile: text(),
  corpId: text(),
  message: text('{{ template "wechat.default.message" . }}'),
  apiUrl: url,
  toUser: text('{{ template "wechat.default.to_user" . }}'),
  toParty: text('{{ template "wechat.default.to_party" . }}'),
  toTag: text('{{ template "wechat.default.to_tag" . }}'),
  agentId: text('{{ template "wechat.default.agent_id" . }}'),
  messageType: text("text"),
};

export type WechatConfig = StructOf<typeof fields>;

/** WeChat Work (config/notifiers.go, WechatConfig). */
export const wechatConfig = struct("wechat_configs", fields, { finish });

function finish(config: WechatConfig, fail: Fail): WechatConfig {
  const messageType = config.messageType === "" ? "text" : config.messageType;
  if (messageType !== "text" && messageType !== "markdown") {
    fail(`weChat message type "${messageType}" does not match valid options ^(text|markdown)$`, "message_type");
  }
  atMostOne(fail, ["api_secret", "api_secret_file"], config.apiSecret, config.apiSecretFile);
  return { ...config, messageType };
}
