import { type Fail, type StructOf, struct } from "../codec.ts";
import { number, quietFlag, secret, text, url } from "../values.ts";
import { atMostOne } from "./exclusive.ts";
import { notifier } from "./notifier.ts";

const id = number({ min: Number.MIN_SAFE_INTEGER, isWhole: true, isQuiet: true });

const fields = {
  ...notifier(true),
  apiUrl: url,
  botToken: secret,
  botTokenFile: text(),
  /** 0 is not set. */
  chatId: id,
  chatIdFile: text(),
  /** 0 is not set. */
  messageThreadId: id,
  message: text('{{ template "telegram.default.message" . }}'),
  disableNotifications: quietFlag,
  parseMode: text("HTML"),
};

export type TelegramConfig = StructOf<typeof fields>;

/** Telegram (notify/telegram). */
export const telegramConfig = struct("telegram_configs", fields, { finish });

function finish(config: TelegramConfig, fail: Fail): TelegramConfig {
  atMostOne(fail, ["bot_token", "bot_token_file"], config.botToken, config.botTokenFile);
  if (config.chatId === 0 && config.chatIdFile === "") fail("missing chat_id or chat_id_file on telegram_config");
  if (config.chatId !== 0 && config.chatIdFile !== "") {
    fail("at most one of chat_id & chat_id_file must be configured", "chat_id_file");
  }
  if (!["", "Markdown", "MarkdownV2", "HTML"].includes(config.parseMode)) {
    fail("unknown parse_mode on telegram_config, must be Markdown, MarkdownV2, HTML or empty string", "parse_mode");
  }
  return config;
}
