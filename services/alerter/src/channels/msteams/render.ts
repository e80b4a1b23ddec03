import { fitBytes } from "../fit-bytes.ts";
import type { HttpRequest } from "../http.ts";
import { plainText, plainTitle } from "../plain.ts";
import type { Rendering } from "../sending.ts";
import type { MsteamsSettings } from "./config.ts";

/** A message with everything in it (learn.microsoft.com, limits and specifications for Teams). */
export const maxMessageBytes = 28 * 1024;

const maxTitleBytes = 1024;
const colors = { firing: "8C1A1A", resolved: "2DC72D" } as const;

/** The message for one notification: a card of Office 365's connectors, its text as long as there is room for. */
export function renderMsteams(settings: MsteamsSettings, rendering: Rendering): HttpRequest {
  const { fields, notification } = rendering;
  const title = fields.cutBytes("title", fields.text("title", settings.title, plainTitle(notification)), maxTitleBytes);
  const summary = fields.cutBytes("summary", fields.text("summary", settings.summary, title), maxTitleBytes);
  const given = fields.text("text", settings.text, plainText(notification));
  const note = fields.note();
  const text = note === "" ? given : `${note}\n\n${given}`;
  const card = (shown: string) => ({
    "@context": "http://schema.org/extensions",
    type: "MessageCard",
    title,
    summary,
    text: shown,
    themeColor: colors[notification.status],
  });
  const shown = fitBytes(text, maxMessageBytes, (part) => Buffer.byteLength(JSON.stringify(card(part))));
  if (shown !== text) fields.remark(`text was cut, since messages may have ${maxMessageBytes} bytes`);
  return { url: settings.webhookUrl.reveal(), json: card(shown) };
}
