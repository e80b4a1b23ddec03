import { filled } from "../filled.ts";
import type { HttpRequest } from "../http.ts";
import { plainText, plainTitle } from "../plain.ts";
import type { Rendering } from "../sending.ts";
import type { RocketchatSettings } from "./config.ts";

/** In characters, as Alertmanager has it for the title; the text as Rocket.Chat's Message_MaxAllowedSize is by default. */
export const limits = { title: 1024, text: 5000 } as const;

/** The message for one notification. */
export function renderRocketchat(settings: RocketchatSettings, rendering: Rendering): HttpRequest {
  const { fields } = rendering;
  const message = {
    channel: fields.must("channel", settings.channel),
    emoji: fields.text("emoji", settings.emoji, ""),
    avatar: fields.text("iconUrl", settings.iconUrl, ""),
  };
  return {
    url: `${settings.apiUrl.replace(/\/+$/, "")}/api/v1/chat.postMessage`,
    headers: { "x-auth-token": settings.token.reveal(), "x-user-id": settings.tokenId.reveal() },
    json: { ...filled(message), attachments: [attachment(settings, rendering)] },
  };
}

function attachment(settings: RocketchatSettings, { fields, notification }: Rendering): object {
  const title = fields.text("title", settings.title, plainTitle(notification));
  const links = {
    title_link: fields.text("titleLink", settings.titleLink, ""),
    image_url: fields.text("imageUrl", settings.imageUrl, ""),
    thumb_url: fields.text("thumbUrl", settings.thumbUrl, ""),
    color: fields.text("color", settings.color, notification.status === "firing" ? "red" : "green"),
  };
  const shown = settings.fields.map(({ title, value, short = settings.shortFields }, index) => ({
    short,
    title: fields.text(`fields.${index}.title`, title, ""),
    value: fields.text(`fields.${index}.value`, value, ""),
  }));
  const actions = settings.actions.map(({ text, url, msg }, index) => ({
    type: "button",
    ...filled({
      text: fields.text(`actions.${index}.text`, text, ""),
      url: fields.text(`actions.${index}.url`, url, ""),
      msg: fields.text(`actions.${index}.msg`, msg, ""),
    }),
  }));
  const given = fields.text("text", settings.text, "");
  const note = fields.note();
  const text = note === "" ? given : `${note}\n${plainText(notification)}`;
  return {
    ...filled({
      title: fields.cut("title", title, limits.title),
      text: fields.cut("text", text, limits.text),
      ...links,
    }),
    ...(shown.length > 0 && { fields: shown }),
    ...(actions.length > 0 && { actions }),
  };
}
