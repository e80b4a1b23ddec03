import { groupHash } from "../group-hash.ts";
import { type Links, linksOf } from "../links.ts";
import { plainText } from "../plain.ts";
import type { Rendering } from "../sending.ts";
import type { SlackSettings } from "./config.ts";

/** What Slack takes, in characters (docs.slack.dev, reference/block-kit); more is an error of the whole message. */
export const blockLimits = {
  headerText: 150,
  sectionText: 3000,
  sectionFields: 10,
  fieldText: 2000,
  /** Not documented: above some 13,200 in all Slack answers `msg_blocks_too_long` (slackapi/bolt-js#2509). */
  allFields: 6000,
  contextText: 2000,
  buttonText: 75,
  url: 3000,
  actionElements: 25,
} as const;

const plainChars = 2400;

/** One block of Block Kit. */
export type Block = Readonly<Record<string, unknown>> & { readonly type: string };

/** A notification in Block Kit: title, text, fields, what is known beside it, and buttons. */
export function renderBlocks(settings: SlackSettings, rendering: Rendering, title: string): Block[] {
  const { fields } = rendering;
  const header = fields.cut("title", title, blockLimits.headerText);
  const given = fields.text("text", settings.text, "");
  const shown = [...fieldBlocks(settings, rendering), context(settings, rendering)];
  const elements = buttons(settings, rendering).slice(0, blockLimits.actionElements);
  // After all templates: it tells of those that failed.
  const note = fields.note();
  const text = note === "" && given.trim() !== "" ? given : `${escapeMrkdwn(note)}\n${plainBlock(rendering)}`.trim();
  return [
    ...(header.trim() === "" ? [] : [{ type: "header", text: { type: "plain_text", text: header, emoji: true } }]),
    { type: "section", text: mrkdwn(fields.cut("text", text, blockLimits.sectionText)) },
    ...shown,
    { type: "actions", elements },
  ];
}

/** The alerts as they are, in a fixed width; shorter than a section, so that its end is not cut off. */
function plainBlock({ fields, notification }: Rendering): string {
  const plain = escapeMrkdwn(plainText(notification)).replaceAll("```", "'''");
  return `\`\`\`\n${fields.cut("text", plain, plainChars)}\n\`\`\``;
}

function fieldBlocks(settings: SlackSettings, { fields }: Rendering): Block[] {
  if (settings.fields.length === 0) return [];
  const share = Math.floor(blockLimits.allFields / settings.fields.length);
  const each = Math.min(blockLimits.fieldText, share);
  const texts = settings.fields.map(({ title, value }, index) => {
    const text = `*${fields.text(`fields.${index}.title`, title, "")}*\n${fields.text(`fields.${index}.value`, value, "")}`;
    return mrkdwn(fields.cut(`fields.${index}`, text, each));
  });
  const rows = Math.ceil(texts.length / blockLimits.sectionFields);
  return Array.from({ length: rows }, (_, row) => {
    const start = row * blockLimits.sectionFields;
    return { type: "section", fields: texts.slice(start, start + blockLimits.sectionFields) };
  });
}

function context(settings: SlackSettings, { fields, notification, acknowledgement }: Rendering): Block {
  const footer = fields.text("footer", settings.footer, "");
  const taken =
    acknowledgement === undefined
      ? ""
      : `Acknowledged by ${escapeMrkdwn(acknowledgement.by)}${acknowledgement.note === "" ? "" : `: ${escapeMrkdwn(acknowledgement.note)}`}`;
  const told = [taken, footer, `Receiver ${escapeMrkdwn(notification.receiver)}`].filter((text) => text !== "");
  const text = fields.cut("footer", told.join(" · "), blockLimits.contextText);
  return { type: "context", elements: [mrkdwn(text)] };
}

function buttons(settings: SlackSettings, rendering: Rendering): Block[] {
  const { fields, notification, acknowledgement } = rendering;
  const links = linksOf(notification);
  const value = groupHash(notification.groupKey);
  const own = settings.actions.flatMap((action, index) => {
    const text = fields.text(`actions.${index}.text`, action.text, "");
    const url = fields.text(`actions.${index}.url`, action.url, "");
    return isLink(url) && text !== "" ? [button(text, { url, id: `action_${index}`, value })] : [];
  });
  return [...standing(links, notification.status === "firing", acknowledgement !== undefined, value), ...own];
}

function standing(links: Links, firing: boolean, acknowledged: boolean, value: string): Block[] {
  return [
    ...(firing && !acknowledged
      ? [{ ...button("Acknowledge", { url: links.acknowledge, id: "acknowledge", value }), style: "primary" }]
      : []),
    ...(firing ? [button("Silence", { url: links.silence, id: "silence", value })] : []),
    ...(links.runbook === undefined ? [] : [button("Runbook", { url: links.runbook, id: "runbook", value })]),
    button("Open", { url: links.group, id: "open", value }),
  ].filter(({ url }) => url.length <= blockLimits.url);
}

/** A button that is a link, and tells an app that listens which group it was for. */
function button(text: string, { url, id, value }: { url: string; id: string; value: string }) {
  const shown = text.slice(0, blockLimits.buttonText);
  return {
    type: "button",
    text: { type: "plain_text", text: shown },
    url,
    value,
    action_id: `sightline_${id}`,
  };
}

function isLink(url: string): boolean {
  return /^https?:\/\//.test(url) && url.length <= blockLimits.url;
}

function mrkdwn(text: string): Block {
  return { type: "mrkdwn", text };
}

/** Text of others as Slack shows it and not as markup (docs.slack.dev, formatting message text, escaping). */
export function escapeMrkdwn(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
