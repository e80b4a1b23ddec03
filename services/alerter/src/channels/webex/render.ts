import type { HttpRequest } from "../http.ts";
import { plainText } from "../plain.ts";
import type { Rendering } from "../sending.ts";
import type { WebexSettings } from "./config.ts";

/** In bytes (developer.webex.com, create a message). */
export const maxMessageBytes = 7439;

/** The message for one notification, in Markdown. */
export function renderWebex(settings: WebexSettings, { fields, notification }: Rendering): HttpRequest {
  const roomId = fields.must("roomId", settings.roomId);
  const message = fields.text("message", settings.message, `\`\`\`\n${plainText(notification)}\n\`\`\``);
  const note = fields.note();
  const markdown = fields.cutBytes("message", note === "" ? message : `${note}\n\n${message}`, maxMessageBytes);
  return { url: settings.apiUrl, json: { markdown, roomId } };
}
