import { RECIPIENT_REASONS } from "@sightline/alertmanager/dispatch/decision";
import type { Labels } from "@sightline/alertmanager/notification";
import type { ToldDecision } from "../dispatch/decision-store.ts";

/** A decision as one sentence for people, without its time. */
export function sentenceOf(decision: ToldDecision): string {
  const { step, reason } = decision;
  const detail = decision.detail ?? "";
  return `${subjects[step]?.(decision) ?? `${capital(step.replaceAll("_", " "))}${toWhom(decision)}: ${reason}`}${
    detail === "" || quotesDetail.has(step) ? "" : ` (${detail})`
  }.`;
}

/** Steps whose sentences have the detail in them. */
const quotesDetail = new Set(["grouped", "acknowledged", "action", "escalation", "rule", "attempted", "failed"]);

/** Those that need other words than "Step: reason". */
const subjects: Readonly<Record<string, (decision: ToldDecision) => string>> = {
  pending: ({ reason }) => `The condition of its rule holds, not yet long enough (${reason})`,
  firing: ({ reason }) => `Its rule fires (${reason})`,
  nodata: ({ reason }) => `Its rule has no data (${reason})`,
  eval_error: ({ reason }) => `Its rule could not be evaluated (${reason})`,
  received: ({ reason }) => `The alert came in: ${reason}`,
  merged: ({ reason }) => `The alert came in again: ${reason}`,
  grouped: groupedText,
  waiting: ({ dueAtMs }) => `Its group waits for more alerts${until(dueAtMs)}`,
  inhibited: (decision) => `Not told${toWhom(decision)}: ${by("the alert", decision)} fires and inhibits it`,
  outside_active_times: (decision) =>
    `Not told${toWhom(decision)}: it is outside of ${by("the active times", decision)} of the route`,
  muted_by_time: (decision) => `Not told${toWhom(decision)}: ${by("the time interval", decision)} mutes the route`,
  silenced: (decision) => `Not told${toWhom(decision)}: ${by("the silence", decision)} matches it`,
  maintenance: (decision) => `Not told${toWhom(decision)}: ${by("the maintenance window", decision)} matches it`,
  deduplicated: (decision) => `Nothing to tell${toWhom(decision)}: ${decision.reason}`,
  due: (decision) => `A notification is due${toWhom(decision)}: ${decision.reason}`,
  attempted: attemptText,
  delivered: (decision) => `The notification${toWhom(decision)} was delivered: ${decision.reason}`,
  failed: (decision) => `The notification${toWhom(decision)} was not delivered: ${decision.detail || decision.reason}`,
  resolved: ({ reason }) => `The alert is over: ${reason}`,
  acknowledged: ({ detail, dueAtMs, reason }) =>
    `${dueAtMs === undefined ? "Acknowledged" : `Snoozed${until(dueAtMs)}`}${detail ? ` by ${detail}` : `: ${reason}`}`,
  escalation: ({ reason, detail }) => capital(detail || reason),
  rule: ({ reason, detail }) => (detail ? `${capital(detail)}: ${reason}` : `Rules: ${reason}`),
  action: ({ reason, detail }) => capital(detail ? `${reason}: ${detail}` : reason),
  dropped: ({ reason }) =>
    reason === RECIPIENT_REASONS.unknown ? `Somebody is not told: ${reason}` : `The alert was not taken: ${reason}`,
};

function groupedText({ groupKey, receiver, detail, reason }: ToldDecision): string {
  const group = `It belongs to the group ${groupKey} of the receiver ${receiver}`;
  if (reason === RECIPIENT_REASONS.named) return `${group}, since its rule names ${detail}`;
  return detail ? `${group}, by the route ${detail}` : group;
}

function attemptText(decision: ToldDecision): string {
  const [, number = "", rest = decision.reason] = /^attempt (\d+)(?:: (.*))?$/s.exec(decision.detail ?? "") ?? [];
  return `Attempt ${number}${toWhom(decision)}: ${rest}`;
}

function toWhom({ receiver = "", integration = "" }: ToldDecision): string {
  if (receiver === "") return "";
  return integration === "" ? ` to ${receiver}` : ` to ${receiver} (${integration})`;
}

function by(what: string, { ids = [] }: ToldDecision): string {
  return ids.length === 0 ? what : `${what}${ids.length > 1 ? "s" : ""} ${ids.join(", ")}`;
}

function until(atMs: number | undefined): string {
  return atMs === undefined ? "" : ` until ${momentText(atMs)}`;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** A moment as sentences have it: UTC, to the second. */
export function momentText(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

const shownLabels = 4;

/** An alert as sentences name it: its name, and what tells it from its siblings. */
export function alertText(labels: Labels): string {
  const { alertname = "without a name", ...others } = labels;
  const shown = Object.entries(others).slice(0, shownLabels);
  const more = Object.keys(others).length - shown.length;
  if (shown.length === 0) return alertname;
  const listed = shown.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(", ");
  return `${alertname} {${listed}${more > 0 ? `, and ${more} more` : ""}}`;
}
