import { filled } from "../filled.ts";
import { plainText, plainTitle } from "../plain.ts";
import type { Rendering } from "../sending.ts";
import { renderBlocks } from "./blocks.ts";
import type { SlackSettings } from "./config.ts";

/** In characters: the title as in Alertmanager, the text as chat.postMessage documents it. */
export const attachmentLimits = { title: 1024, text: 40_000 } as const;

/** What chat.postMessage, chat.update and incoming webhooks take. */
export interface SlackMessage {
  readonly channel?: string;
  readonly username?: string;
  readonly icon_emoji?: string;
  readonly icon_url?: string;
  readonly link_names?: boolean;
  readonly text?: string;
  readonly attachments: readonly Readonly<Record<string, unknown>>[];
}

/** The message for one notification, in the layout that is configured. */
export function renderSlack(settings: SlackSettings, rendering: Rendering): SlackMessage {
  const { fields } = rendering;
  const optional = {
    channel: settings.channel === "" ? "" : fields.must("channel", settings.channel),
    username: fields.text("username", settings.username, ""),
    icon_emoji: fields.text("iconEmoji", settings.iconEmoji, ""),
    icon_url: fields.text("iconUrl", settings.iconUrl, ""),
    text: [mentions(settings, rendering), fields.text("messageText", settings.messageText, "")].join(" ").trim(),
  };
  const attachment = settings.layout === "blocks" ? blocks(settings, rendering) : legacy(settings, rendering);
  return {
    ...filled(optional),
    ...(settings.linkNames && { link_names: true }),
    attachments: [attachment],
  };
}

/** What an answer in the thread says: the line on top is enough. */
export function renderReply(settings: SlackSettings, rendering: Rendering): { readonly text: string } {
  const { fields, notification, acknowledgement } = rendering;
  const title = fields.text("title", settings.title, plainTitle(notification));
  const by = acknowledgement === undefined ? "" : ` Acknowledged by ${acknowledgement.by}. ${acknowledgement.note}`;
  return { text: fields.cut("title", `${title}${by}`.trim(), attachmentLimits.title) };
}

function blocks(settings: SlackSettings, rendering: Rendering): SlackMessage["attachments"][number] {
  const { fields, notification, acknowledgement, care } = rendering;
  const title = fields.text("title", settings.title, plainTitle(notification));
  const color = fields.text("color", settings.color, notification.status === "firing" ? "danger" : "good");
  const isTaken = (care ?? acknowledgement) !== undefined && notification.status === "firing";
  const fallback = fields.cut("fallback", title, attachmentLimits.title);
  // In an attachment, so that there is a bar in the color of the state.
  return {
    color: isTaken ? "warning" : color,
    fallback,
    blocks: renderBlocks(settings, rendering, title),
  };
}

function legacy(settings: SlackSettings, rendering: Rendering): SlackMessage["attachments"][number] {
  const { fields, notification, acknowledgement } = rendering;
  const title = fields.text("title", settings.title, plainTitle(notification));
  const footer = fields.text("footer", settings.footer, "");
  const attachment = {
    title: fields.cut("title", title, attachmentLimits.title),
    title_link: fields.text("titleLink", settings.titleLink, ""),
    pretext: fields.text("pretext", settings.pretext, ""),
    fallback: fields.text("fallback", settings.fallback, title),
    callback_id: fields.text("callbackId", settings.callbackId, ""),
    fields: settings.fields.map(({ title, value, short = settings.shortFields }, index) => ({
      title: fields.text(`fields.${index}.title`, title, ""),
      value: fields.text(`fields.${index}.value`, value, ""),
      short,
    })),
    actions: legacyActions(settings, rendering),
    image_url: fields.text("imageUrl", settings.imageUrl, ""),
    thumb_url: fields.text("thumbUrl", settings.thumbUrl, ""),
    footer: acknowledgement === undefined ? footer : `Acknowledged by ${acknowledgement.by} ${footer}`.trim(),
    color: fields.text("color", settings.color, notification.status === "firing" ? "danger" : "good"),
    mrkdwn_in: settings.mrkdwnIn.length === 0 ? ["fallback", "pretext", "text"] : settings.mrkdwnIn,
  };
  const given = fields.text("text", settings.text, "");
  const note = fields.note();
  const text = note === "" ? given : `${note}\n${plainText(notification)}\n${given}`;
  return { ...attachment, text: fields.cut("text", text, attachmentLimits.text) };
}

function legacyActions(settings: SlackSettings, { fields }: Rendering): object[] {
  return settings.actions.map((action, index) => {
    const fill = (name: string, template: string) => fields.text(`actions.${index}.${name}`, template, "");
    const { type, text, url, style, name, value, confirm } = action;
    const common = { type: fill("type", type), text: fill("text", text), style: fill("style", style) };
    // A link has none of what a button of a message has.
    if (url !== "") return { ...common, url: fill("url", url) };
    return {
      ...common,
      name: fill("name", name),
      value: fill("value", value),
      ...(confirm !== undefined && {
        confirm: {
          text: fill("confirm.text", confirm.text),
          title: fill("confirm.title", confirm.title),
          ok_text: fill("confirm.okText", confirm.okText),
          dismiss_text: fill("confirm.dismissText", confirm.dismissText),
        },
      }),
    };
  });
}

function mentions({ mentionUsers }: SlackSettings, { notification, acknowledgement }: Rendering): string {
  if (notification.status === "resolved" || acknowledgement !== undefined) return "";
  return mentionUsers
    .map((user) => user.replace(/^@/, ""))
    .map((user) => {
      if (/^[a-z]/.test(user)) return `<!${user}>`;
      return user.startsWith("S") ? `<!subteam^${user}>` : `<@${user}>`;
    })
    .join(" ");
}
