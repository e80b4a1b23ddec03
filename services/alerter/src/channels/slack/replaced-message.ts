import { z } from "zod";
import type { Pressed } from "../interaction.ts";
import { type Block, escapeMrkdwn, mrkdwn } from "./block.ts";
import { careButtons, isCareButton, type Standing } from "./care-buttons.ts";
import { careText } from "./care-text.ts";

const block = z.looseObject({ type: z.string() });
const attachment = z.looseObject({ blocks: z.array(block).optional() });

/** A message as Slack tells it with what somebody pressed below it. */
export const shownMessage = z.looseObject({
  text: z.string().optional(),
  blocks: z.array(block).optional(),
  attachments: z.array(attachment).optional(),
});
export type ShownMessage = z.infer<typeof shownMessage>;

/**
 * What is sent to an interaction's response_url (docs.slack.dev, interactivity/handling-user-interaction): the message as it is, but for
 * its buttons and for who takes care, for everybody to see. Where the message is none of ours any more, a line for whoever pressed; where
 * the group is unknown, too: what the message says may be so.
 */
export function replacedMessage(message: ShownMessage | undefined, pressed: Pressed): object {
  if (pressed.kind === "unknown") return forWhoPressed("Cannot find this group any more; open Sightline");
  const change = changeFor(pressed);
  const attachments = message?.attachments?.map((one) => changedAttachment(one, change));
  const blocks = message?.blocks && changedBlocks(message.blocks, change);
  if (message === undefined || !(blocks?.isChanged || attachments?.some(({ isChanged }) => isChanged))) {
    return forWhoPressed(change.line);
  }
  return {
    replace_original: true,
    ...(message.text !== undefined && { text: message.text }),
    ...(blocks !== undefined && blocks.changed.length > 0 && { blocks: blocks.changed }),
    ...(attachments !== undefined && { attachments: attachments.map(({ changed }) => changed) }),
  };
}

function forWhoPressed(text: string): object {
  return { response_type: "ephemeral", replace_original: false, text };
}

interface Change {
  readonly line: string;
  readonly standing: Standing;
}

function changeFor(pressed: Exclude<Pressed, { kind: "unknown" }>): Change {
  if (pressed.kind === "over") return { line: "Nothing of it fires any more", standing: "over" };
  const { verb, by, untilMs } = pressed;
  switch (verb) {
    case "acknowledge":
    case "snooze":
      return { line: careText({ by, note: "", ...(untilMs !== undefined && { untilMs }) }), standing: "taken" };
    case "unacknowledge":
      return { line: `Un-acknowledged by ${escapeMrkdwn(by)}`, standing: "open" };
    case "resolve":
      return { line: `Resolved by ${escapeMrkdwn(by)}`, standing: "over" };
  }
}

const colors = { open: "danger", taken: "warning", over: "good" } as const satisfies Record<Standing, string>;

/** Of an attachment with blocks Slack takes only these back; others stay as they are. */
function changedAttachment(shown: z.infer<typeof attachment>, change: Change) {
  const blocks = shown.blocks && changedBlocks(shown.blocks, change);
  if (!blocks?.isChanged) return { isChanged: false, changed: shown };
  const { fallback } = shown;
  const changed = { color: colors[change.standing], ...(typeof fallback === "string" && { fallback }) };
  return { isChanged: true, changed: { ...changed, blocks: blocks.changed } };
}

/** The buttons, and the first line of what stands right above them. */
function changedBlocks(blocks: readonly Block[], change: Change) {
  const at = blocks.findIndex((one) => groupOf(one) !== undefined);
  const changed = blocks.flatMap((one, index): Block[] => {
    // Slack wants the blocks of a message that is changed to have new ids.
    const { block_id: _, ...rest } = one;
    if (at >= 0 && index === at) return withButtons(rest, groupOf(one) ?? "", change.standing);
    return [at > 0 && index === at - 1 && one.type === "context" ? withLine(rest, change.line) : rest];
  });
  return { isChanged: at >= 0, changed };
}

const elements = z.array(z.looseObject({ type: z.string(), action_id: z.string().optional() }));
const button = z.object({ value: z.string(), action_id: z.string().refine(isCareButton) });

/** The group that the buttons of a block act on; undefined where it has none of ours. */
function groupOf(one: Block): string | undefined {
  const listed = one.type === "actions" ? elements.safeParse(one["elements"]).data : undefined;
  return listed?.map((element) => button.safeParse(element).data?.value).find((value) => value !== undefined);
}

/** Slack takes no block without elements. */
function withButtons(one: Block, groupTag: string, standing: Standing): Block[] {
  const listed = elements.safeParse(one["elements"]).data ?? [];
  const links = listed.filter(({ action_id: id = "" }) => !isCareButton(id));
  const buttons = [...careButtons(standing, groupTag), ...links];
  return buttons.length === 0 ? [] : [{ ...one, elements: buttons }];
}

/** The last element is what is known beside it. */
function withLine(one: Block, line: string): Block {
  const listed = elements.safeParse(one["elements"]).data ?? [];
  return { ...one, elements: [mrkdwn(line), ...listed.slice(-1)] };
}
