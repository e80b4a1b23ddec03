import { telegramConfig } from "@sightline/alertmanager/config/integrations/telegram";
import { z } from "zod";
import { commonHttpSettings, plainUrl, secretText, template } from "../settings.ts";

const { initial } = telegramConfig;

/** Alertmanager's telegram_config with its defaults. */
export const telegramSettings = z.strictObject({
  ...commonHttpSettings(),
  apiUrl: plainUrl.default("https://api.telegram.org"),
  botToken: secretText,
  /** Groups have negative ones. */
  chatId: z.int().refine((id) => id !== 0, "expected the id of a chat"),
  /** The topic, in groups that have such. */
  messageThreadId: z.int().min(0).default(0),
  message: template.default(initial.message),
  disableNotifications: z.boolean().default(false),
  parseMode: z.enum(["HTML", "Markdown", "MarkdownV2", ""]).default("HTML"),
});
export type TelegramSettings = z.infer<typeof telegramSettings>;
