/**
 * The steps between an alert that was sent and a notification that arrived, in their order. Each is told once when it happens, not
 * again while nothing changes.
 */
export const DECISION_STEPS = [
  /** A rule was evaluated, and an alert of it begins to wait, fires or is over. */
  "rule",
  /** An alert was sent that is new, fires again or is resolved. */
  "received",
  /** An alert was sent again with another start or other annotations. */
  "merged",
  /** It is part of an incident. */
  "correlated",
  /** It belongs to a group. */
  "grouped",
  /** Its group is new, and is told at `dueAtMs`. */
  "waiting",
  "inhibited",
  /** The group's route is in none of its active time intervals. */
  "outside_active_times",
  /** The group's route is in one of its mute time intervals. */
  "muted_by_time",
  "silenced",
  /** A maintenance window hides it. */
  "maintenance",
  /** There is nothing that the receiver has not been told. */
  "deduplicated",
  /** A notification has to be sent. */
  "due",
  /** One try to send it. */
  "attempted",
  "delivered",
  /** It was not delivered before its deadline; it is due again when its group is next. */
  "failed",
  /** Resolved, told where it had to be, and no longer in its group. */
  "resolved",
  /** Somebody did something to it: took care of it, snoozed it until `dueAtMs`, assigned it or resolved it, or took that back. */
  "action",
  /** What follows until somebody acknowledges it: who is told next, by what, and who does something about it. */
  "escalation",
  /** There was no room for it, or nobody by whom a recipient could be told. */
  "dropped",
] as const;

export type DecisionStep = (typeof DECISION_STEPS)[number];

/** Why an alert that was sent is told of. One that nobody knew and that is over already never fired here. */
export const RECEIVED_REASONS = {
  new: "it is new",
  "over already": "its sender says that it is over already",
  "fires again": "it fires again",
  resolved: "its sender said that it ended",
} as const;

/** Whether a decision says that alerts begin to fire. */
export function saysFiring({ step, reason }: { readonly step: string; readonly reason: string }): boolean {
  return step === "received" && (reason === RECEIVED_REASONS.new || reason === RECEIVED_REASONS["fires again"]);
}

/** What becomes of recipients whom the rule of an alert names beside the routes. */
export const RECIPIENT_REASONS = {
  named: "its rule names the recipient",
  unknown: "its rule names a recipient whom nobody can tell",
} as const;

/** What people do to alerts and groups. */
export const ACTION_REASONS = {
  acknowledged: "somebody takes care of it",
  snoozed: "somebody wants to hear of it later",
  unacknowledged: "nobody takes care of it any more",
  newsInGroup: "something new fires in its group: who took care of the group took care of what it was before",
  assigned: "somebody shall see to it",
  unassigned: "nobody in particular shall see to it any more",
  resolved: "somebody says that it is over",
} as const;

/** One step, and why: what the question "why was I (not) told?" is answered from. */
export interface Decision {
  /** Milliseconds since the Unix epoch. */
  readonly atMs: number;
  readonly step: DecisionStep;
  /** Why, in words that are the same each time. */
  readonly reason: string;
  /** The alerts that it is about, by fingerprint; none where it is about a group as a whole. */
  readonly fingerprints: readonly string[];
  readonly groupKey?: string;
  readonly receiver?: string;
  /** Such as `webhook[0]`. */
  readonly integration?: string;
  /** The silences, inhibiting alerts, time intervals or maintenance windows that decided. */
  readonly ids?: readonly string[];
  /** When it will be told, or until when it will not. */
  readonly dueAtMs?: number;
  /** What is particular to this one, such as the text of an error. */
  readonly detail?: string;
}

/** Takes decisions as they are made. Called often: it must not wait and not throw. */
export type Decide = (decision: Decision) => void;
