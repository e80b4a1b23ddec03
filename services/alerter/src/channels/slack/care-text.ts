import { truncateChars } from "../truncate.ts";
import { escapeMrkdwn } from "./block.ts";

const byChars = 100;
const noteChars = 300;

/** Who takes care of a group, or wants to hear of it later. */
export interface Taken {
  readonly by: string;
  /** Empty where there is none. */
  readonly note: string;
  /** Milliseconds since the Unix epoch; unset where it is acknowledged. */
  readonly untilMs?: number;
}

/** It in a short line of Slack's markup, the time in each reader's own zone. */
export function careText({ by, note, untilMs }: Taken): string {
  const who = escapeMrkdwn(truncateChars(by, byChars));
  const said = note === "" ? "" : `: ${escapeMrkdwn(truncateChars(note, noteChars))}`;
  if (untilMs === undefined) return `Acknowledged by ${who}${said}`;
  return `Snoozed by ${who} until ${dateText(untilMs)}${said}`;
}

/** docs.slack.dev, formatting message text, date formatting; what clients that do not know it show is UTC. */
function dateText(ms: number): string {
  const utc = `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")} UTC`;
  return `<!date^${Math.floor(ms / 1000)}^{date_short_pretty} {time}|${utc}>`;
}
