import type { ToldDecision } from "../dispatch/decision-store.ts";
import { ESCALATION_REASONS as REASONS } from "../escalation/reasons.ts";

/** What a decision of an escalation was, as its reason says it. */
const kinds = {
  [REASONS.started]: "started",
  [REASONS.told]: "told",
  [REASONS.not_told]: "not_told",
  [REASONS.left_out]: "left_out",
  [REASONS.nobody_reached]: "nobody_reached",
  [REASONS.exhausted]: "exhausted",
  [REASONS.acknowledged]: "acknowledged",
  [REASONS.snoozed]: "snoozed",
  [REASONS.resolved]: "resolved",
  [REASONS.resumed]: "resumed",
  [REASONS.reassigned]: "reassigned",
  [REASONS.contactWaits]: "deferred",
  [REASONS.contactUnused]: "unused",
  [REASONS.contactTold]: "delivered",
  [REASONS.contactNotTold]: "failed",
  [REASONS.notTaken]: "failed",
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
