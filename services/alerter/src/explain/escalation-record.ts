import type { ToldDecision } from "../dispatch/decision-store.ts";

/** What a decision of an escalation was, as its reason says it. */
const kinds = {
  "an escalation began": "started",
  "somebody is told": "told",
  "a target led to nobody": "not_told",
  "a step was left out": "left_out",
  "a step reached nobody": "nobody_reached",
  "no step is left": "exhausted",
  "somebody takes care of it": "acknowledged",
  "somebody wants to hear of it later": "snoozed",
  "the escalation is over": "resolved",
  "the steps begin again": "resumed",
  "it was given to somebody": "reassigned",
  "a contact method waits": "deferred",
  "a contact method is not used": "unused",
  "a contact was told": "delivered",
  "a contact was not told": "failed",
  "the receiver did not take it": "failed",
} as const;

export type EscalationKind = (typeof kinds)[keyof typeof kinds] | "other";

/** A decision of an escalation, as far as it matters to whom it told. */
export interface EscalationRecord {
  readonly atMs: number;
  readonly kind: EscalationKind;
  /** The decision as one sentence. */
  readonly text: string;
  /** Whom it is about. */
  readonly users: readonly string[];
  /** From 1; undefined where it is about none. */
  readonly step: number | undefined;
  readonly receiver: string;
  /** Until when it waits. */
  readonly dueAtMs: number | undefined;
}

/** Those of escalations among decisions. */
export function escalationsAmong(decisions: readonly ToldDecision[]): EscalationRecord[] {
  return decisions.filter(({ step }) => step === "escalation").map(recordOf);
}

function recordOf({ atMs, reason, detail = "", ids = [], receiver = "", dueAtMs }: ToldDecision): EscalationRecord {
  const text = detail || reason;
  const [, step] = /^step (\d+)/.exec(text) ?? [];
  return {
    atMs,
    // Who hears that it is acknowledged or over is not paged by that.
    kind: /was told that it is/.test(text) ? "other" : (byReason.get(reason) ?? "other"),
    text,
    users: ids.flatMap((id) => (id.startsWith(USER) ? [id.slice(USER.length)] : [])),
    step: step === undefined ? undefined : Number(step),
    receiver,
    dueAtMs,
  };
}

/** What the ids of users begin with, among those of escalations. */
const USER = "user:";

const byReason: ReadonlyMap<string, EscalationKind> = new Map(Object.entries(kinds));
