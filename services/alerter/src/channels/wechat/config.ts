import { wechatConfig } from "@sightline/alertmanager/config/integrations/wechat";
import { z } from "zod";
import { commonHttpSettings, plainUrl, secretText, template } from "../settings.ts";

const { initial } = wechatConfig;

/** Alertmanager's wechat_config with its defaults. */
export const wechatSettings = z.strictObject({
  ...commonHttpSettings({ sendResolved: false }),
  apiUrl: plainUrl.default("https://qyapi.weixin.qq.com/cgi-bin/"),
  /** May hold templates. */
  apiSecret: secretText,
  corpId: template.min(1),
  message: template.default(initial.message),
  toUser: template.default(initial.toUser),
  toParty: template.default(initial.toParty),
  toTag: template.default(initial.toTag),
  agentId: template.default(initial.agentId),
  messageType: z.enum(["text", "markdown"]).default("text"),
});
export type WechatSettings = z.infer<typeof wechatSettings>;
