import type { Decision as DispatchDecision } from "@sightline/alertmanager/dispatch/decision";
import { type Decision, describeDecision } from "@sightline/oncall/escalation/decision";
import type { Contact, KeptContact } from "./contact.ts";
import type { Escalation } from "./escalation.ts";
import { ESCALATION_REASONS } from "./reasons.ts";

/** What a line of the story of an escalation is about besides the escalation. */
export interface StoryLine {
  readonly atMs: number;
  /** In words that are the same each time. */
  readonly reason: string;
  readonly detail: string;
  readonly users?: readonly string[];
  /** Such as `email[0]`, of which receiver. */
  readonly receiver?: string;
  readonly integration?: string;
  readonly dueAtMs?: number;
}

/** A decision of an escalation as a line of its story. */
export function lineOf(decision: Decision): StoryLine {
  const dueAtMs = dueOf(decision);
  return {
    atMs: decision.atMs,
    reason: ESCALATION_REASONS[decision.kind],
    detail: describeDecision(decision),
    users: usersOf(decision),
    ...(dueAtMs !== undefined && { dueAtMs }),
  };
}

function dueOf(decision: Decision): number | undefined {
  switch (decision.kind) {
    case "started":
      return decision.firstAtMs;
    case "repeats":
    case "resumed":
      return decision.nextAtMs;
    case "snoozed":
      return decision.untilMs;
    case "worsened":
      return decision.nextAtMs ?? undefined;
    default:
      return undefined;
  }
}

function usersOf(decision: Decision): string[] {
  switch (decision.kind) {
    case "told":
      return decision.recipient.kind === "user" ? [decision.recipient.user] : [];
    case "not_told":
      return decision.target.kind === "user" ? [decision.target.user] : [];
    case "acknowledged":
    case "snoozed":
    case "resumed":
    case "resolved":
      return decision.by === "" ? [] : [decision.by];
    case "reassigned":
      return decision.to.kind === "user" ? [decision.by, decision.to.user] : [decision.by];
    default:
      return [];
  }
}

/** A line about somebody's being told. */
export function contactLine({ contact }: Pick<KeptContact, "contact">, line: StoryLine): StoryLine {
  const { recipient, receiver } = contact;
  const users = recipient.kind === "user" ? [recipient.user] : [];
  return { ...line, users, receiver, integration: integrationOf(contact) };
}

/** Such as `email[0]`. */
export function integrationOf({ integration, index }: Contact): string {
  return `${integration}[${index}]`;
}

/** Who is told by what, in words: "ann by email[0] of mail". */
export function whomOf(contact: Contact): string {
  const { recipient, receiver } = contact;
  const by = `${integrationOf(contact)} of ${receiver}`;
  return recipient.kind === "user" ? `${recipient.user} by ${by}` : by;
}

/**
 * A line as it is kept with all other decisions about the group, so that it is told in the same story. Its ids are the escalation's, and
 * `user:` with the name of each user that it is about.
 */
export function decisionOf(escalation: Escalation, line: StoryLine): DispatchDecision {
  const { receiver, groupKey, escalationId } = escalation;
  const { users = [], ...rest } = line;
  return {
    receiver,
    groupKey,
    ...rest,
    step: "escalation",
    fingerprints: [],
    ids: [escalationId, ...users.map((user) => `user:${user}`)],
  };
}
