import { invalid } from "@sightline/errors/app-error";
import type { Press } from "../interaction.ts";
import { type Block, plainElement } from "./block.ts";

/** How things are with a group: nobody takes care of it, somebody does, nothing of it fires any more. */
export type Standing = "open" | "taken" | "over";

/** Other ids are those of links, which ask nothing of us though Slack tells of them too. */
const PREFIX = "sightline_act_";
const isTag = /^[0-9a-f]{64}$/;

const snoozes = [
  { seconds: 1800, text: "30 minutes" },
  { seconds: 3600, text: "1 hour" },
  { seconds: 4 * 3600, text: "4 hours" },
  { seconds: 24 * 3600, text: "1 day" },
] as const;
const MAX_SNOOZE_SECONDS = 31 * 24 * 3600;

/** Buttons that act on a group, which they name by its tag: values of options have 75 characters at most. */
export function careButtons(standing: Standing, groupTag: string): Block[] {
  if (standing === "over") return [];
  const first =
    standing === "open"
      ? { ...button("acknowledge", "Acknowledge", groupTag), style: "primary" }
      : button("unacknowledge", "Un-acknowledge", groupTag);
  return [first, snoozeMenu(groupTag), { ...button("resolve", "Resolve", groupTag), confirm: resolveConfirmation }];
}

const resolveConfirmation = {
  title: plainElement("Resolve the group?"),
  text: plainElement("All alerts of it count as over, until their rules or senders find them again."),
  confirm: plainElement("Resolve"),
  deny: plainElement("Cancel"),
};

function button(verb: Press["verb"], text: string, groupTag: string): Block {
  return { type: "button", text: plainElement(text), value: groupTag, action_id: `${PREFIX}${verb}` };
}

function snoozeMenu(groupTag: string): Block {
  const options = snoozes.map(({ seconds, text }) => ({ text: plainElement(text), value: `${seconds} ${groupTag}` }));
  return { type: "static_select", placeholder: plainElement("Snooze for"), options, action_id: `${PREFIX}snooze` };
}

/** What Slack tells of an element that was used. */
export interface UsedElement {
  readonly actionId: string;
  /** Of the button, or of the option that was chosen. */
  readonly value: string;
}

/** Whether an element is one of these buttons. */
export function isCareButton(actionId: string): boolean {
  return actionId.startsWith(PREFIX);
}

/** What somebody wants who used an element; undefined where it is none of these. Throws invalid_argument for a value that we never give. */
export function pressOf({ actionId, value }: UsedElement): Press | undefined {
  if (!isCareButton(actionId)) return undefined;
  const verb = actionId.slice(PREFIX.length);
  switch (verb) {
    case "acknowledge":
    case "unacknowledge":
    case "resolve":
      return { verb, groupTag: tagOf(value) };
    case "snooze": {
      const [seconds = "", tag = ""] = value.split(" ");
      const forSeconds = /^\d{1,7}$/.test(seconds) ? Number(seconds) : 0;
      if (forSeconds < 1 || forSeconds > MAX_SNOOZE_SECONDS) throw refused(value, "seconds and the tag of a group");
      return { verb, forMs: forSeconds * 1000, groupTag: tagOf(tag) };
    }
    default:
      throw invalid(`cannot read the interaction: action_id: got ${JSON.stringify(actionId)}, want one of ours`);
  }
}

function tagOf(value: string): string {
  if (isTag.test(value)) return value;
  throw refused(value, "the tag of a group");
}

function refused(value: string, want: string) {
  return invalid(`cannot read the interaction: value: got ${JSON.stringify(value.slice(0, 100))}, want ${want}`);
}
