import type { Severity } from "@sightline/model/severity";
import { type ContactPreferences, planContacts } from "@sightline/oncall/escalation/contacts";
import type { Recipient } from "@sightline/oncall/escalation/state";
import type { Contact, PlannedContact } from "./contact.ts";
import { ESCALATION_REASONS } from "./reasons.ts";
import type { StoryLine } from "./story.ts";

/** The integrations of a receiver, as the tenant's configuration has them; none for one that is not there. */
export type IntegrationsOf = (receiver: string) => readonly { readonly kind: string; readonly index: number }[];

export interface ReachOptions {
  readonly severity: Severity;
  readonly nowMs: number;
  readonly occasion: string;
  readonly news: Contact["news"];
  readonly integrationsOf: IntegrationsOf;
  /** Of a recipient who is a user; undefined when they have not said how they want to be told. */
  readonly preferences: ContactPreferences | undefined;
}

/** By what somebody is told and when, and what is said of why or why not. */
export interface Reached {
  readonly contacts: readonly PlannedContact[];
  readonly lines: readonly StoryLine[];
}

/** An escalation that tells a receiver that escalates would begin another one. */
const ESCALATION = "escalation";

/** By what a recipient is told: a user by their contact methods, a receiver by all that it has. */
export function reach(recipient: Recipient, options: ReachOptions): Reached {
  if (recipient.kind === "receiver")
    return byReceiver(recipient, { receiver: recipient.receiver, address: "" }, options);
  const { user } = recipient;
  const { severity, nowMs, preferences } = options;
  const planned = preferences === undefined ? [] : planContacts(preferences, { severity, atMs: nowMs });
  if (planned.length === 0) {
    return nothing({ atMs: nowMs, detail: `${user} has no contact methods`, users: [user] });
  }
  return joined(
    planned.map(({ method, atMs, reason }) => {
      const { receiver, address } = method;
      const named = { users: [user], receiver };
      if (atMs === undefined) {
        const detail = `${user} is not told by ${receiver}: ${leftOut[reason]}`;
        return nothing({ atMs: nowMs, detail, ...named });
      }
      const found = byReceiver(recipient, { receiver, address, dueAtMs: atMs }, options);
      if (atMs <= nowMs || found.contacts.length === 0) return found;
      const detail = `${user} is told by ${receiver} later: ${reason === "quiet_hours" ? "quiet hours" : "as they wish"}`;
      const line = { atMs: nowMs, reason: ESCALATION_REASONS.contactWaits, detail, ...named, dueAtMs: atMs };
      return { ...found, lines: [...found.lines, line] };
    }),
  );
}

const leftOut: Readonly<Record<string, string>> = {
  severity: "it is not for this severity",
  always_quiet: "their quiet hours do not end",
};

interface Way {
  readonly receiver: string;
  readonly address: string;
  readonly dueAtMs?: number;
}

/**
 * By what a user who was told before is told only now that it is more severe: by methods that are not for the severity that it had, and at
 * once where they would be told after their quiet hours.
 */
export function reachSooner(
  recipient: Recipient,
  { before, ...options }: ReachOptions & { readonly before: Severity },
): Reached {
  const { severity, nowMs, preferences } = options;
  if (recipient.kind !== "user" || preferences === undefined) return { contacts: [], lines: [] };
  const known = planContacts(preferences, { severity: before, atMs: nowMs });
  const methods = planContacts(preferences, { severity, atMs: nowMs }).flatMap(({ method, atMs }, index) => {
    const knownMs = known[index]?.atMs ?? Number.POSITIVE_INFINITY;
    return atMs !== undefined && atMs < knownMs ? [method] : [];
  });
  if (methods.length === 0) return { contacts: [], lines: [] };
  return reach(recipient, { ...options, preferences: { ...preferences, methods } });
}

function byReceiver(recipient: Recipient, way: Way, { integrationsOf, nowMs, occasion, news }: ReachOptions): Reached {
  const { receiver, address, dueAtMs = nowMs } = way;
  const usable = integrationsOf(receiver).filter(({ kind }) => kind !== ESCALATION);
  if (usable.length === 0) {
    const users = recipient.kind === "user" ? [recipient.user] : [];
    const detail = `the receiver ${receiver} is not there, or has nothing to tell people by`;
    return nothing({ atMs: nowMs, detail, users, receiver });
  }
  const contacts = usable.map(({ kind, index }) => {
    const contact = { recipient, receiver, integration: kind, index, address, news };
    return { ...contact, occasion, dueAtMs };
  });
  return { contacts, lines: [] };
}

function nothing(line: Omit<StoryLine, "reason">): Reached {
  return { contacts: [], lines: [{ ...line, reason: ESCALATION_REASONS.contactUnused }] };
}

/** All of them as one. */
export function joined(all: readonly Reached[]): Reached {
  return { contacts: all.flatMap(({ contacts }) => contacts), lines: all.flatMap(({ lines }) => lines) };
}
