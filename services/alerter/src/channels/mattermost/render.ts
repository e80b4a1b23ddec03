import { filled } from "../filled.ts";
import type { HttpRequest } from "../http.ts";
import { plainText, plainTitle } from "../plain.ts";
import type { Rendering } from "../sending.ts";
import type { AttachmentSettings, MattermostSettings } from "./config.ts";

/** In characters (developers.mattermost.com, incoming webhooks). */
export const maxTextChars = 16_383;

/** The message for one notification: with attachments of one's own the text stands above them. */
export function renderMattermost(settings: MattermostSettings, rendering: Rendering): HttpRequest {
  const { fields } = rendering;
  const own = settings.attachments;
  const fill = (name: string, template: string) => fields.text(name, template, "");
  const attachments = own.length > 0 ? own.map((one) => attachment(one, rendering)) : [attachment(settings, rendering)];
  const message = filled({
    channel: settings.channel === "" ? "" : fields.must("channel", settings.channel),
    username: fill("username", settings.username),
    icon_url: fill("iconUrl", settings.iconUrl),
    icon_emoji: fill("iconEmoji", settings.iconEmoji),
    type: fill("type", settings.type),
    text: own.length > 0 ? textOf(settings.text, rendering) : "",
  });
  const card = fill("props.card", settings.props?.card ?? "");
  return {
    url: settings.webhookUrl.reveal(),
    json: { ...message, attachments, ...(card !== "" && { props: { card } }), ...priorityOf(settings, rendering) },
  };
}

function attachment(settings: AttachmentSettings, rendering: Rendering): object {
  const { fields, notification } = rendering;
  const fill = (name: string, template: string, instead = "") => fields.text(name, template, instead);
  const rest = filled({
    fallback: fill("fallback", settings.fallback, plainTitle(notification)),
    color: fill("color", settings.color, notification.status === "firing" ? "danger" : "good"),
    pretext: fill("pretext", settings.pretext),
    author_name: fill("authorName", settings.authorName),
    author_link: fill("authorLink", settings.authorLink),
    author_icon: fill("authorIcon", settings.authorIcon),
    title: fill("title", settings.title, plainTitle(notification)),
    title_link: fill("titleLink", settings.titleLink),
    thumb_url: fill("thumbUrl", settings.thumbUrl),
    footer: fill("footer", settings.footer),
    footer_icon: fill("footerIcon", settings.footerIcon),
    image_url: fill("imageUrl", settings.imageUrl),
  });
  const shown = settings.fields.map(({ title, value, short }, index) => ({
    title: fill(`fields.${index}.title`, title),
    value: fill(`fields.${index}.value`, value),
    ...(short !== undefined && { short }),
  }));
  const text = textOf(settings.text, rendering);
  return { ...rest, ...filled({ text }), ...(shown.length > 0 && { fields: shown }) };
}

function textOf(template: string, { fields, notification }: Rendering): string {
  const given = fields.text("text", template, plainText(notification));
  const note = fields.note();
  return fields.cut("text", note === "" ? given : `${note}\n\n${given}`, maxTextChars);
}

/** Only what Mattermost takes together: acknowledgements of what is not standard, reminders of what is urgent. */
function priorityOf({ priority: settings }: MattermostSettings, { fields }: Rendering): object {
  if (settings === undefined || settings.priority === "") return {};
  const given = fields.text("priority", settings.priority, "standard").toLowerCase();
  const priority = given === "urgent" || given === "important" ? given : "standard";
  return {
    priority: {
      priority,
      ...(settings.requestedAck && priority !== "standard" && { requested_ack: true }),
      ...(settings.persistentNotifications && priority === "urgent" && { persistent_notifications: true }),
    },
  };
}
