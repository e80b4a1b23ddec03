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

/** One block of Block Kit, or an element of one. */
export type Block = Readonly<Record<string, unknown>> & { readonly type: string };

/** Text with Slack's markup. */
export function mrkdwn(text: string): Block {
  return { type: "mrkdwn", text };
}

/** Text as it is. */
export function plainElement(text: string): Block {
  return { type: "plain_text", text };
}

/** Text of others as Slack shows it and not as markup (docs.slack.dev, formatting message text, escaping). */
export function escapeMrkdwn(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
