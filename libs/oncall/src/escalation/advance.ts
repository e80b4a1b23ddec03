import type { Severity } from "@sightline/model/severity";
import { isOpen } from "../zone/wall-window.ts";
import { createZone } from "../zone/zone.ts";
import type { Decision, LeftOut, NotTold } from "./decision.ts";
import type { EscalationPolicy, EscalationStep, Target } from "./policy.ts";
import type { EscalationState, Recipient } from "./state.ts";

/** What something that was done comes to. */
export interface Outcome {
  readonly state: EscalationState;
  /** Who is to be told now. */
  readonly tell: readonly Recipient[];
  /** What was decided, in order: why somebody is told, and why somebody is not. */
  readonly decisions: readonly Decision[];
}

/** Who is on call in a schedule at a moment. */
export type OnCallAnswer =
  | { readonly kind: "user"; readonly user: string }
  | { readonly kind: "nobody" }
  | { readonly kind: "unknown" };

export interface StartOptions {
  readonly policy: EscalationPolicy;
  readonly severity: Severity;
  readonly nowMs: number;
}

/** Begins an escalation. Nobody is told yet: the first step is due at `dueAtMs`, which may be now. */
export function start({ policy, severity, nowMs }: StartOptions): Outcome {
  const dueAtMs = nowMs + delayOf(policy, 0);
  const state: EscalationState = {
    policy: policy.name,
    severity,
    status: "running",
    round: 0,
    step: 0,
    dueAtMs,
    assignee: null,
    told: [],
  };
  const decision = { atMs: nowMs, kind: "started", policy: policy.name, severity, firstAtMs: dueAtMs } as const;
  return { state, tell: [], decisions: [decision] };
}

export interface AdvanceOptions {
  /** The policy as it is now; one that has fewer steps than before ends earlier. */
  readonly policy: EscalationPolicy;
  readonly nowMs: number;
  /** Asked of each schedule that a step names. */
  onCall(schedule: string, atMs: number): OnCallAnswer;
}

/**
 * Carries out what is due. To be called at `dueAtMs` or later: delays count from when a step was carried out, so that
 * nobody is passed over because we are late. A step that reaches nobody does not wait for the next.
 */
export function advance(state: EscalationState, options: AdvanceOptions): Outcome {
  let current = state;
  const tell: Recipient[] = [];
  const decisions: Decision[] = [];
  // It ends: between two rounds is time, and in a round each turn takes one step further.
  while (current.dueAtMs !== null && current.dueAtMs <= options.nowMs) {
    const next = current.status === "snoozed" ? wake(current, options) : carryOut(current, options);
    current = next.state;
    tell.push(...next.tell);
    decisions.push(...next.decisions);
  }
  return { state: current, tell, decisions };
}

/** How long is waited for a step, in milliseconds. */
export function delayOf(policy: EscalationPolicy, step: number): number {
  return policy.steps[step]?.delayMs ?? 0;
}

function wake(state: EscalationState, { policy, nowMs }: AdvanceOptions): Outcome {
  const nextAtMs = nowMs + delayOf(policy, 0);
  return {
    state: { ...state, status: "running", round: 0, step: 0, dueAtMs: nextAtMs },
    tell: [],
    decisions: [{ atMs: nowMs, kind: "resumed", by: "", note: "", nextAtMs }],
  };
}

function carryOut(state: EscalationState, options: AdvanceOptions): Outcome {
  const { policy, nowMs } = options;
  const step = policy.steps[state.step];
  if (step === undefined) return endRound(state, options);
  const { isLeftOut, state: told, tell, decisions } = tellStep(state, step, options);
  const waits = isLeftOut || tell.length > 0;
  const next = goOn(told, options, nowMs + (waits ? delayOf(policy, state.step + 1) : 0));
  return { ...next, tell, decisions: [...decisions, ...next.decisions] };
}

/** Tells the targets of the step at which the state stands, which stays there; or leaves it out. */
export function tellStep(
  state: EscalationState,
  step: EscalationStep,
  options: AdvanceOptions,
): Outcome & { readonly isLeftOut: boolean } {
  const { nowMs } = options;
  const at = { atMs: nowMs, round: state.round, step: state.step };
  const reason = reasonToLeaveOut(step, state.severity, nowMs);
  if (reason !== undefined) {
    return { state, tell: [], decisions: [{ ...at, kind: "left_out", reason }], isLeftOut: true };
  }
  const tell: Recipient[] = [];
  const decisions = step.targets.map((target): Decision => {
    const found = recipientOf(target, tell, options);
    if (typeof found === "string") return { ...at, kind: "not_told", target, reason: found };
    tell.push(found);
    return { ...at, kind: "told", recipient: found, target };
  });
  if (tell.length === 0) decisions.push({ ...at, kind: "nobody_reached" });
  return { state: { ...state, told: withTold(state.told, tell) }, tell, decisions, isLeftOut: false };
}

/** On to the next step at that time, or to the end of the round at once. */
function goOn(state: EscalationState, options: AdvanceOptions, nextAtMs: number): Outcome {
  const step = state.step + 1;
  if (step >= options.policy.steps.length) return endRound({ ...state, step }, options);
  return { state: { ...state, step, dueAtMs: nextAtMs }, tell: [], decisions: [] };
}

function endRound(state: EscalationState, { policy, nowMs }: AdvanceOptions): Outcome {
  const round = state.round + 1;
  if (round > policy.repeat) {
    const decision = { atMs: nowMs, kind: "exhausted", rounds: round } as const;
    return { state: { ...state, status: "exhausted", dueAtMs: null }, tell: [], decisions: [decision] };
  }
  const nextAtMs = nowMs + policy.repeatAfterMs;
  return {
    state: { ...state, round, step: 0, dueAtMs: nextAtMs },
    tell: [],
    decisions: [{ atMs: nowMs, kind: "repeats", round, nextAtMs }],
  };
}

function reasonToLeaveOut(step: EscalationStep, severity: Severity, nowMs: number): LeftOut | undefined {
  if (step.severities.length > 0 && !step.severities.includes(severity)) return "severity";
  if (step.times === undefined) return undefined;
  const { windows, timeZone, inside } = step.times;
  if (isOpen(windows, createZone(timeZone), nowMs) === inside) return undefined;
  return inside ? "outside_times" : "inside_times";
}

function recipientOf(
  target: Target,
  reached: readonly Recipient[],
  { onCall, nowMs }: AdvanceOptions,
): Recipient | NotTold {
  if (target.kind === "schedule") {
    const answer = onCall(target.schedule, nowMs);
    if (answer.kind === "nobody") return "nobody_on_call";
    if (answer.kind === "unknown") return "unknown_schedule";
    return includes(reached, answer) ? "told_by_this_step" : { kind: "user", user: answer.user };
  }
  return includes(reached, target) ? "told_by_this_step" : target;
}

/** Those who were told, with others, once each. */
export function withTold(told: readonly Recipient[], others: readonly Recipient[]): Recipient[] {
  return [...told, ...others.filter((other) => !includes(told, other))];
}

function includes(recipients: readonly Recipient[], wanted: Recipient): boolean {
  return recipients.some((one) =>
    one.kind === "user"
      ? wanted.kind === "user" && one.user === wanted.user
      : wanted.kind === "receiver" && one.receiver === wanted.receiver,
  );
}
