import { AppError, invalid } from "@sightline/errors/app-error";
import { delayOf, type Outcome, withTold } from "./advance.ts";
import type { Assignment } from "./decision.ts";
import type { EscalationPolicy } from "./policy.ts";
import type { EscalationState } from "./state.ts";

/**
 * What people do with an escalation. Each throws failed_precondition once it is resolved; what changes nothing, such
 * as acknowledging twice, is no decision.
 */
export interface Intervention {
  /** The user. */
  readonly by: string;
  readonly note: string;
  readonly nowMs: number;
}

/** Somebody has it: no further step comes. */
export function acknowledge(state: EscalationState, { by, note, nowMs }: Intervention): Outcome {
  assertOpen(state, "acknowledge");
  if (state.status === "acknowledged") return unchanged(state);
  return {
    state: { ...state, status: "acknowledged", dueAtMs: null, assignee: by },
    tell: [],
    decisions: [{ atMs: nowMs, kind: "acknowledged", by, note }],
  };
}

/** No further step comes until then; then the steps begin again. Throws invalid_argument for a time that is over. */
export function snooze(
  state: EscalationState,
  { by, note, nowMs, untilMs }: Intervention & { readonly untilMs: number },
): Outcome {
  assertOpen(state, "snooze");
  if (!(untilMs > nowMs)) {
    throw invalid(`cannot snooze escalation: until: got ${textOf(untilMs)}, want a time after ${textOf(nowMs)}`);
  }
  return {
    state: { ...state, status: "snoozed", dueAtMs: untilMs },
    tell: [],
    decisions: [{ atMs: nowMs, kind: "snoozed", by, note, untilMs }],
  };
}

/** The steps begin again, whether it was acknowledged, snoozed or exhausted. */
export function resume(
  state: EscalationState,
  { by, note, nowMs, policy }: Intervention & { readonly policy: EscalationPolicy },
): Outcome {
  assertOpen(state, "resume");
  if (state.status === "running") return unchanged(state);
  const nextAtMs = nowMs + delayOf(policy, 0);
  return {
    state: { ...state, status: "running", round: 0, step: 0, dueAtMs: nextAtMs, assignee: null },
    tell: [],
    decisions: [{ atMs: nowMs, kind: "resumed", by, note, nextAtMs }],
  };
}

/**
 * Gives it to a user, who is told at once and has the policy's `repeatAfterMs` before the next step comes, or to
 * another policy, which begins with its first step.
 *
 * @param policy the one that goes on: that of the assignment where it names one
 */
export function reassign(
  state: EscalationState,
  { by, note, nowMs, to, policy }: Intervention & { readonly to: Assignment; readonly policy: EscalationPolicy },
): Outcome {
  assertOpen(state, "reassign");
  const decision = { atMs: nowMs, kind: "reassigned", by, note, to } as const;
  if (to.kind === "policy") {
    const dueAtMs = nowMs + delayOf(policy, 0);
    const begun = { status: "running", policy: policy.name, round: 0, step: 0, dueAtMs, assignee: null } as const;
    return { state: { ...state, ...begun }, tell: [], decisions: [decision] };
  }
  const { round, step } = state;
  const told = withTold(state.told, [to]);
  const dueAtMs = nowMs + policy.repeatAfterMs;
  return {
    state: { ...state, status: "running", dueAtMs, assignee: to.user, told },
    tell: [to],
    decisions: [decision, { atMs: nowMs, kind: "told", recipient: to, target: null, round, step }],
  };
}

/**
 * It is over, whoever or whatever ended it. The state's `told` are those who are to hear of it. Resolving twice changes
 * nothing.
 *
 * @param by "" when the alert ended by itself
 */
export function resolve(state: EscalationState, { by, note, nowMs }: Intervention): Outcome {
  if (state.status === "resolved") return unchanged(state);
  return {
    state: { ...state, status: "resolved", dueAtMs: null },
    tell: [],
    decisions: [{ atMs: nowMs, kind: "resolved", by, note }],
  };
}

function assertOpen({ status }: EscalationState, verb: string): void {
  if (status === "resolved") {
    throw new AppError("failed_precondition", `cannot ${verb} escalation: got a resolved one, want one that is open`);
  }
}

function unchanged(state: EscalationState): Outcome {
  return { state, tell: [], decisions: [] };
}

function textOf(ms: number): string {
  return Number.isFinite(ms) ? new Date(ms).toISOString() : `${ms}`;
}
