import { filled } from "../filled.ts";
import type { HttpRequest } from "../http.ts";
import { plainText } from "../plain.ts";
import type { Rendering } from "../sending.ts";
import type { WechatSettings } from "./config.ts";

/** In bytes (developer.work.weixin.qq.com, sending application messages). */
export const maxMessageBytes = 2048;

/** Asks for the token that a message needs. */
export function renderToken(settings: WechatSettings, { fields }: Rendering): HttpRequest {
  const query = new URLSearchParams({
    corpsecret: fields.must("apiSecret", settings.apiSecret.reveal()),
    corpid: fields.must("corpId", settings.corpId),
  });
  return { method: "GET", url: `${baseOf(settings)}gettoken?${query}` };
}

/** The message for one notification. */
export function renderWechat(settings: WechatSettings, rendering: Rendering, token: string): HttpRequest {
  const { fields, notification } = rendering;
  const to = {
    touser: fields.text("toUser", settings.toUser, ""),
    toparty: fields.text("toParty", settings.toParty, ""),
    totag: fields.text("toTag", settings.toTag, ""),
    agentid: fields.text("agentId", settings.agentId, ""),
  };
  const message = fields.text("message", settings.message, plainText(notification));
  const note = fields.note();
  const content = fields.cutBytes("message", note === "" ? message : `${note}\n${message}`, maxMessageBytes);
  return {
    url: `${baseOf(settings)}message/send?access_token=${encodeURIComponent(token)}`,
    json: {
      ...filled(to),
      msgtype: settings.messageType,
      [settings.messageType]: { content },
      safe: "0",
    },
  };
}

function baseOf({ apiUrl }: WechatSettings): string {
  return apiUrl.endsWith("/") ? apiUrl : `${apiUrl}/`;
}
