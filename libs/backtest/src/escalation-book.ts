import type { Flush } from "@sightline/alertmanager/dispatch/flush";
import type { Severity } from "@sightline/model/severity";
import { advance, type Outcome, start } from "@sightline/oncall/escalation/advance";
import { planContacts } from "@sightline/oncall/escalation/contacts";
import { acknowledge, resolve, resume, snooze } from "@sightline/oncall/escalation/interventions";
import type { EscalationPolicy } from "@sightline/oncall/escalation/policy";
import type { EscalationState, Recipient } from "@sightline/oncall/escalation/state";
import { worsen } from "@sightline/oncall/escalation/worsen";
import type { createDuty, People } from "./people.ts";

export interface EscalationBookOptions {
  readonly people: People;
  readonly onCall: ReturnType<typeof createDuty>;
  /** The policies that are none of people's own. */
  recipientPolicy(name: string): EscalationPolicy | undefined;
  /** Whether a receiver has anything to tell people by. */
  canTell(receiver: string): boolean;
  /** Somebody is told that something fires, of these alerts. */
  onTold(recipient: Recipient, atMs: number, fingerprints: readonly string[]): void;
  note(sentence: string): void;
}

/** The escalations of the groups of one side. */
export interface EscalationBook {
  /** A group is told to a receiver that has a policy. */
  told(flush: Flush, policy: string, nowMs: number): void;
  nextDueMs(): number;
  advance(nowMs: number): void;
}

interface Open {
  readonly policy: EscalationPolicy;
  state: EscalationState;
  fingerprints: readonly string[];
  /** Who will be told later, as they wish or after their quiet hours, unless something is done before. */
  waiting: readonly { readonly recipient: Recipient; readonly atMs: number }[];
}

/** One without escalations. What is told follows the rules of the machine that tells people. */
export function createEscalationBook(options: EscalationBookOptions): EscalationBook {
  const { people, onCall, canTell, onTold, note } = options;
  const open = new Map<string, Open>();

  function take(one: Open, { state, tell }: Outcome, nowMs: number): void {
    one.state = state;
    // Who takes care, or the end, is news after which nobody is told that it fires.
    if (state.status !== "running" && state.status !== "exhausted") one.waiting = [];
    for (const recipient of tell) tellAt(one, recipient, reachedAt(recipient, state.severity, nowMs), nowMs);
  }

  function tellAt(one: Open, recipient: Recipient, atMs: number | undefined, nowMs: number): void {
    if (atMs === undefined) return;
    if (atMs <= nowMs) onTold(recipient, nowMs, one.fingerprints);
    else one.waiting = [...one.waiting, { recipient, atMs }];
  }

  /** When the first message reaches a recipient; undefined when none does. */
  function reachedAt(recipient: Recipient, severity: Severity, nowMs: number): number | undefined {
    if (recipient.kind === "receiver") return canTell(recipient.receiver) ? nowMs : undefined;
    const { user } = recipient;
    const preferences = people.contacts.get(user);
    if (preferences === undefined || preferences.methods.length === 0) {
      note(`${user} has no contact methods: what they would have been told is not counted`);
      return undefined;
    }
    const planned = planContacts(preferences, { severity, atMs: nowMs });
    const times = planned.flatMap(({ method, atMs }) => (atMs !== undefined && canTell(method.receiver) ? [atMs] : []));
    return times.length === 0 ? undefined : Math.min(...times);
  }

  function begin(flush: Flush, name: string, nowMs: number): Open | undefined {
    const policy = people.policies.get(name) ?? options.recipientPolicy(name);
    if (policy === undefined) {
      note(`there is no escalation policy ${name}: nobody is told by it`);
      return undefined;
    }
    const { state } = start({ policy, severity: people.severityOf(flush.notification), nowMs });
    return { policy, state, fingerprints: [], waiting: [] };
  }

  /** Who was told before and is reached sooner now that it is more severe is told anew. */
  function grow(one: Open, severity: Severity, nowMs: number): void {
    const { state: before, policy } = one;
    take(one, worsen(before, { severity, policy, nowMs, onCall }), nowMs);
    if (before.status !== "running" || one.state.severity === before.severity) return;
    for (const recipient of before.told) {
      const beforeMs = reachedAt(recipient, before.severity, nowMs) ?? Number.POSITIVE_INFINITY;
      const atMs = reachedAt(recipient, severity, nowMs);
      if (atMs !== undefined && atMs < beforeMs) tellAt(one, recipient, atMs, nowMs);
    }
  }

  function follow(one: Open, { notification, acknowledgement }: Flush, nowMs: number): void {
    one.fingerprints = notification.alerts
      .filter(({ status }) => status === "firing")
      .map(({ fingerprint }) => fingerprint);
    grow(one, people.severityOf(notification), nowMs);
    const { status } = one.state;
    if (acknowledgement === undefined) {
      const isHeld = status === "acknowledged" || status === "snoozed";
      if (isHeld) take(one, resume(one.state, { by: "", note: "", nowMs, policy: one.policy }), nowMs);
      return;
    }
    const { by, untilMs } = acknowledgement;
    if (untilMs === undefined) take(one, acknowledge(one.state, { by, note: "", nowMs }), nowMs);
    else if (untilMs > nowMs) take(one, snooze(one.state, { by, note: "", nowMs, untilMs }), nowMs);
  }

  function proceed(one: Open, nowMs: number): void {
    const due = one.waiting.filter(({ atMs }) => atMs <= nowMs);
    if (due.length > 0) one.waiting = one.waiting.filter(({ atMs }) => atMs > nowMs);
    for (const { recipient } of due) onTold(recipient, nowMs, one.fingerprints);
    if (dueMs(one.state) <= nowMs) take(one, advance(one.state, { policy: one.policy, nowMs, onCall }), nowMs);
  }

  return {
    told(flush, policy, nowMs) {
      const key = JSON.stringify([flush.receiver, flush.groupKey]);
      const known = open.get(key);
      if (flush.notification.status === "resolved") {
        if (known !== undefined) take(known, resolve(known.state, { by: "", note: "", nowMs }), nowMs);
        open.delete(key);
        return;
      }
      const one = known ?? begin(flush, policy, nowMs);
      if (one === undefined) return;
      open.set(key, one);
      follow(one, flush, nowMs);
    },
    nextDueMs() {
      let nextMs = Number.POSITIVE_INFINITY;
      for (const { state, waiting } of open.values()) {
        nextMs = Math.min(nextMs, dueMs(state));
        for (const { atMs } of waiting) nextMs = Math.min(nextMs, atMs);
      }
      return nextMs;
    },
    advance(nowMs) {
      for (const one of open.values()) proceed(one, nowMs);
    },
  };
}

function dueMs({ dueAtMs }: EscalationState): number {
  return dueAtMs ?? Number.POSITIVE_INFINITY;
}
