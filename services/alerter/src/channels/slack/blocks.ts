import { groupHash } from "../group-hash.ts";
import { groupTag } from "../group-tag.ts";
import { type Links, linksOf } from "../links.ts";
import { plainText } from "../plain.ts";
import type { Rendering } from "../sending.ts";
import { type Block, blockLimits, escapeMrkdwn, mrkdwn, plainElement } from "./block.ts";
import { careButtons, type Standing } from "./care-buttons.ts";
import { careText } from "./care-text.ts";
import type { SlackSettings } from "./config.ts";

const plainChars = 2400;

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

/** Who takes care of it stands first, as an element of its own: whoever presses a button changes it and nothing else. */
function context(settings: SlackSettings, { fields, notification, acknowledgement, care }: Rendering): Block {
  const taken = care ?? acknowledgement;
  const who = taken === undefined ? [] : [mrkdwn(careText(taken))];
  const footer = fields.text("footer", settings.footer, "");
  const told = [footer, `Receiver ${escapeMrkdwn(notification.receiver)}`].filter((text) => text !== "");
  const text = fields.cut("footer", told.join(" · "), blockLimits.contextText);
  return { type: "context", elements: [...who, mrkdwn(text)] };
}

function buttons(settings: SlackSettings, rendering: Rendering): Block[] {
  const { fields, notification, tenant } = rendering;
  const tag = groupTag(tenant, notification.groupKey);
  const links = linksOf(notification);
  const value = groupHash(notification.groupKey);
  const own = settings.actions.flatMap((action, index) => {
    const text = fields.text(`actions.${index}.text`, action.text, "");
    const url = fields.text(`actions.${index}.url`, action.url, "");
    return isLink(url) && text !== "" ? [link(text, { url, id: `action_${index}`, value })] : [];
  });
  const standing = standingOf(rendering);
  const acting = settings.interactive ? careButtons(standing, tag) : acknowledgeLinks(links, standing, value);
  return [...acting, ...places(links, standing, value), ...own];
}

function standingOf({ notification, acknowledgement, care }: Rendering): Standing {
  if (notification.status !== "firing") return "over";
  return (care ?? acknowledgement) === undefined ? "open" : "taken";
}

function acknowledgeLinks(links: Links, standing: Standing, value: string): Block[] {
  if (standing !== "open" || links.acknowledge.length > blockLimits.url) return [];
  return [{ ...link("Acknowledge", { url: links.acknowledge, id: "acknowledge", value }), style: "primary" }];
}

/** Where people go from here. */
function places(links: Links, standing: Standing, value: string): Block[] {
  return [
    ...(standing === "over" ? [] : [link("Silence", { url: links.silence, id: "silence", value })]),
    ...(links.runbook === undefined ? [] : [link("Runbook", { url: links.runbook, id: "runbook", value })]),
    link("Open", { url: links.group, id: "open", value }),
  ].filter(({ url }) => url.length <= blockLimits.url);
}

/** A button that is a link, and tells an app that listens which group it was for. */
function link(text: string, { url, id, value }: { url: string; id: string; value: string }) {
  const shown = plainElement(text.slice(0, blockLimits.buttonText));
  return { type: "button", text: shown, url, value, action_id: `sightline_${id}` };
}

function isLink(url: string): boolean {
  return /^https?:\/\//.test(url) && url.length <= blockLimits.url;
}
