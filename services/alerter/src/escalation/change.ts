import type { Notification } from "@sightline/alertmanager/notification";
import type { Outcome } from "@sightline/oncall/escalation/advance";
import { type ContactPreferences, planContacts } from "@sightline/oncall/escalation/contacts";
import type { Decision } from "@sightline/oncall/escalation/decision";
import type { EscalationState } from "@sightline/oncall/escalation/state";
import type { Sql } from "@sightline/postgres/pool";
import { knowsAcknowledgements } from "../channels/integrations.ts";
import { insertDecisions } from "../dispatch/decision-store.ts";
import { type KeptContact, outletOf, type PlannedContact } from "./contact.ts";
import { type About, dropContacts, putContacts, toldContacts } from "./contact-store.ts";
import { findPreferences } from "./duty.ts";
import type { Escalation } from "./escalation.ts";
import { writeEscalation } from "./escalation-store.ts";
import { type IntegrationsOf, joined, type Reached, reach, reachSooner } from "./reach.ts";
import { ESCALATION_REASONS } from "./reasons.ts";
import { contactLine, decisionOf, lineOf, type StoryLine, whomOf } from "./story.ts";

export interface ChangeOptions {
  readonly nowMs: number;
  /** Asked when somebody is to be told. */
  integrationsOf(tenant: string): Promise<IntegrationsOf>;
}

/** What else changes with an outcome. */
export interface Change {
  readonly outcome: Outcome;
  readonly notification?: Notification;
  /** What is to be said of it besides what the outcome says. */
  readonly lines?: readonly StoryLine[];
  readonly care?: Pick<Escalation, "careAtMs" | "careConfirmed">;
}

/**
 * Keeps what an outcome comes to, all in the transaction in which the escalation is locked: where it stands, who is to be told by what,
 * who need not be told any more, who hears that it is acknowledged or over, and why.
 */
export async function keepChange(
  tx: Sql,
  before: Escalation,
  change: Change,
  options: ChangeOptions,
): Promise<Escalation> {
  const { outcome, notification = before.notification, care } = change;
  const { state, decisions } = outcome;
  const endedAtMs = state.status === "resolved" ? (before.endedAtMs ?? options.nowMs) : undefined;
  const after: Escalation = { ...before, ...care, state, notification, endedAtMs };
  await writeEscalation(tx, after);
  const about = { tenant: after.tenant, about: after.escalationId };
  const lines: StoryLine[] = [...(change.lines ?? [])];
  for (const decision of decisions) {
    lines.push(lineOf(decision));
    const reached = await reachedBy(tx, after, decision, { ...options, before: before.state });
    await putContacts(tx, about, reached.contacts);
    lines.push(...reached.lines);
    if (!endsTelling(decision)) continue;
    // Before whoever is told because of it: reassigning stops one and begins another.
    lines.push(...(await dropContacts(tx, about, options.nowMs)).map((dropped) => droppedLine(dropped, options.nowMs)));
  }
  await insertDecisions(
    tx,
    after.tenant,
    lines.map((line) => decisionOf(after, line)),
  );
  return after;
}

/** After these nobody is told any more that it fires, unless something new is decided. */
function endsTelling({ kind }: Decision): boolean {
  return kind === "acknowledged" || kind === "snoozed" || kind === "resolved" || kind === "reassigned";
}

function droppedLine(dropped: KeptContact, nowMs: number): StoryLine {
  const detail = `${whomOf(dropped.contact)} need not be told any more`;
  return contactLine(dropped, { atMs: nowMs, reason: ESCALATION_REASONS.contactDropped, detail });
}

async function reachedBy(
  tx: Sql,
  after: Escalation,
  decision: Decision,
  { nowMs, integrationsOf, before }: ChangeOptions & { readonly before: EscalationState },
): Promise<Reached> {
  const { tenant, state, escalationId } = after;
  const about = { tenant, about: escalationId };
  switch (decision.kind) {
    case "told": {
      const { recipient } = decision;
      const preferences = recipient.kind === "user" ? await findPreferences(tx, tenant, recipient.user) : undefined;
      return reach(recipient, {
        severity: state.severity,
        nowMs,
        occasion: `told ${decision.atMs}`,
        news: "firing",
        integrationsOf: await integrationsOf(tenant),
        preferences,
      });
    }
    case "acknowledged":
      return toldOfCare(tx, about, { by: decision.by, note: decision.note, atMs: decision.atMs, nowMs });
    case "snoozed": {
      const until = `until ${new Date(decision.untilMs).toISOString()}`;
      const note = decision.note === "" ? until : `${until}: ${decision.note}`;
      return toldOfCare(tx, about, { by: decision.by, note, atMs: decision.atMs, nowMs });
    }
    case "worsened": {
      // Who has it was told enough; who is told anew hears of it by that.
      if (before.status !== "running") return { contacts: [], lines: [] };
      const occasion = `worse ${decision.atMs}`;
      const found: Reached[] = [];
      for (const recipient of before.told) {
        if (recipient.kind !== "user") continue;
        const preferences = await findPreferences(tx, tenant, recipient.user);
        const severities = { before: before.severity, severity: decision.severity };
        const asked = { nowMs, occasion, news: "firing", integrationsOf: await integrationsOf(tenant) } as const;
        found.push(reachSooner(recipient, { ...severities, ...asked, preferences }));
      }
      return joined(found);
    }
    case "resolved":
      return toldAllOfEnd(tx, about, nowMs);
    default:
      return { contacts: [], lines: [] };
  }
}

interface Taken {
  readonly by: string;
  readonly note: string;
  readonly atMs: number;
  readonly nowMs: number;
}

/** Whoever was told that it fires, and knows what an acknowledgement is, hears of it. */
async function toldOfCare(tx: Sql, about: About, { by, note, atMs, nowMs }: Taken): Promise<Reached> {
  const listening = (await newestOfOutlets(tx, about)).filter(({ contact }) =>
    knowsAcknowledgements(contact.integration),
  );
  const contacts = listening.map(({ contact }): PlannedContact => {
    const acknowledgement = { by, note };
    return { ...contact, news: "acknowledged", acknowledgement, occasion: `taken ${atMs}`, dueAtMs: nowMs };
  });
  return { contacts, lines: [] };
}

async function toldAllOfEnd(tx: Sql, about: About, nowMs: number): Promise<Reached> {
  const all: Reached[] = [];
  for (const told of await newestOfOutlets(tx, about)) all.push(await toldOfEnd(tx, told, nowMs));
  return joined(all);
}

/** Whoever was told that it fires hears that it is over; in their quiet hours, after them. */
async function toldOfEnd(tx: Sql, { tenant, contact }: KeptContact, nowMs: number): Promise<Reached> {
  const { recipient } = contact;
  const preferences = recipient.kind === "user" ? await findPreferences(tx, tenant, recipient.user) : undefined;
  const dueAtMs = preferences === undefined ? nowMs : quietUntil(preferences, nowMs);
  if (dueAtMs === undefined) return { contacts: [], lines: [] };
  return { contacts: [{ ...contact, news: "resolved", occasion: "over", dueAtMs }], lines: [] };
}

/** What somebody has still to hear who was told just now that it fires. */
export async function missedBy(
  tx: Sql,
  told: KeptContact,
  { of: { state, endedAtMs }, nowMs }: { readonly of: Escalation; readonly nowMs: number },
): Promise<readonly PlannedContact[]> {
  if (endedAtMs !== undefined) return (await toldOfEnd(tx, told, nowMs)).contacts;
  if (state.status !== "acknowledged" || !knowsAcknowledgements(told.contact.integration)) return [];
  const acknowledgement = { by: state.assignee ?? "", note: "" };
  return [{ ...told.contact, news: "acknowledged", acknowledgement, occasion: `missed ${nowMs}`, dueAtMs: nowMs }];
}

function quietUntil(preferences: ContactPreferences, nowMs: number): number | undefined {
  const method = { receiver: "", address: "", delayMs: 0, severities: [] };
  return planContacts({ ...preferences, methods: [method] }, { severity: "info", atMs: nowMs })[0]?.atMs;
}

/** Who was told that it fires, each outlet once. */
async function newestOfOutlets(tx: Sql, about: About): Promise<KeptContact[]> {
  const byOutlet = new Map<string, KeptContact>();
  for (const told of await toldContacts(tx, about)) {
    if (told.contact.news === "firing" && !byOutlet.has(outletOf(told.contact))) {
      byOutlet.set(outletOf(told.contact), told);
    }
  }
  return [...byOutlet.values()];
}
