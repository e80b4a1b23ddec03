import type { HttpRequest } from "../http.ts";
import { plainText, plainTitle } from "../plain.ts";
import type { Rendering } from "../sending.ts";
import type { DiscordSettings } from "./config.ts";

/** In characters (docs.discord.com, resources/message, embed limits; resources/webhook, execute webhook). */
export const limits = { content: 2000, title: 256, description: 4096 } as const;

/** As Alertmanager has them. */
const colors = { firing: 0x992d22, resolved: 0x2ecc71 } as const;

/** The message for one notification: an embed in the color of the state. */
export function renderDiscord(settings: DiscordSettings, rendering: Rendering): HttpRequest {
  const { fields, notification } = rendering;
  const title = fields.text("title", settings.title, plainTitle(notification));
  const message = fields.text("message", settings.message, plainText(notification));
  const content = fields.text("content", settings.content, "");
  const note = fields.note();
  const description = note === "" ? message : `${note}\n\n${message}`;
  return {
    url: settings.webhookUrl.reveal(),
    json: {
      content: fields.cut("content", content, limits.content),
      embeds: [
        {
          title: fields.cut("title", title, limits.title),
          description: fields.cut("message", description, limits.description),
          color: colors[notification.status],
        },
      ],
      ...(settings.username !== "" && { username: settings.username }),
      ...(settings.avatarUrl !== "" && { avatar_url: settings.avatarUrl }),
    },
  };
}
