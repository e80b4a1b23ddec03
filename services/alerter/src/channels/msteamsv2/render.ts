import { fitBytes } from "../fit-bytes.ts";
import type { HttpRequest } from "../http.ts";
import { plainText, plainTitle } from "../plain.ts";
import type { Rendering } from "../sending.ts";
import type { TeamsSettings } from "./config.ts";

/** A message with everything in it (learn.microsoft.com, limits and specifications for Teams: 28 KB for webhooks). */
export const maxMessageBytes = 28 * 1024;

const maxTitleBytes = 1024;
const colors = { firing: "Attention", resolved: "Good" } as const;

/** The message for one notification: an Adaptive Card as Alertmanager's, its text as long as there is room for. */
export function renderTeams(settings: TeamsSettings, rendering: Rendering): HttpRequest {
  const { fields, notification } = rendering;
  const heading = fields.text("title", settings.title, plainTitle(notification));
  const given = fields.text("text", settings.text, plainText(notification));
  const note = fields.note();
  const title = fields.cutBytes("title", heading, maxTitleBytes);
  const text = note === "" ? given : `${note}\n\n${given}`;
  const card = (shown: string) => cardOf(title, shown, colors[notification.status]);
  const shown = fitBytes(text, maxMessageBytes, (part) => Buffer.byteLength(JSON.stringify(card(part))));
  if (shown !== text) fields.remark(`text was cut, since messages may have ${maxMessageBytes} bytes`);
  return { url: settings.webhookUrl.reveal(), json: card(shown) };
}

function cardOf(title: string, text: string, color: string): object {
  return {
    type: "message",
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        contentUrl: null,
        content: {
          $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
          type: "AdaptiveCard",
          version: "1.2",
          body: [
            {
              type: "TextBlock",
              text: title,
              weight: "Bolder",
              size: "Medium",
              wrap: true,
              style: "heading",
              color,
            },
            { type: "TextBlock", text, wrap: true },
          ],
          msteams: { width: "full" },
        },
      },
    ],
  };
}
