import type { HttpRequest } from "../http.ts";
import { oneLine } from "../one-line.ts";
import { plainText, plainTitle } from "../plain.ts";
import type { Rendering } from "../sending.ts";
import type { TelegramSettings } from "./config.ts";

/** In characters, after entities are parsed (core.telegram.org/bots/api#sendmessage); Alertmanager counts before. */
export const maxMessageChars = 4096;

/**
 * The message for one notification. HTML cannot be cut, so that one that is too long makes room for the alert in plain
 * form (Alertmanager sends only that it was too long).
 */
export function renderTelegram(settings: TelegramSettings, rendering: Rendering, chatId: string | number): HttpRequest {
  const { fields } = rendering;
  const message = expanded(settings, rendering);
  if (message === undefined) return plainTelegram(settings, rendering, chatId);
  if (settings.parseMode === "HTML") {
    if (Array.from(message).length <= maxMessageChars) return request(settings, chatId, { message, formatted: true });
    fields.remark(`the message was longer than ${maxMessageChars} characters and is sent in plain form`);
    return plainTelegram(settings, rendering, chatId);
  }
  return request(settings, chatId, { message: fields.cut("message", message, maxMessageChars), formatted: true });
}

/** The message in plain form: where its template failed, is too long, or Telegram could not read its markup. */
export function plainTelegram(settings: TelegramSettings, rendering: Rendering, chatId: string | number): HttpRequest {
  const { fields, notification } = rendering;
  const why = fields.remarks.at(-1);
  const parts = [
    plainTitle(notification),
    ...(why === undefined ? [] : [`(${oneLine(why, 300)})`]),
    plainText(notification),
  ];
  return request(settings, chatId, {
    message: fields.cut("message", parts.join("\n"), maxMessageChars),
    formatted: false,
  });
}

function expanded({ parseMode, message }: TelegramSettings, { fields }: Rendering): string | undefined {
  const expand = parseMode === "HTML" ? fields.html : fields.text;
  const text = expand("message", message, "");
  return fields.note() === "" ? text : undefined;
}

interface Text {
  readonly message: string;
  readonly formatted: boolean;
}

function request(settings: TelegramSettings, chatId: string | number, { message, formatted }: Text): HttpRequest {
  const { apiUrl, botToken, parseMode, messageThreadId, disableNotifications } = settings;
  return {
    url: `${apiUrl.replace(/\/+$/, "")}/bot${botToken.reveal()}/sendMessage`,
    json: {
      chat_id: chatId,
      text: message,
      ...(formatted && parseMode !== "" && { parse_mode: parseMode }),
      link_preview_options: { is_disabled: true },
      ...(disableNotifications && { disable_notification: true }),
      ...(messageThreadId !== 0 && { message_thread_id: messageThreadId }),
    },
  };
}
