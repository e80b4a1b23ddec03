import { type Severity, severityRank } from "@sightline/model/severity";
import { type AdvanceOptions, delayOf, type Outcome, tellStep } from "./advance.ts";
import type { Decision } from "./decision.ts";
import type { EscalationPolicy, EscalationStep } from "./policy.ts";
import type { EscalationState, Recipient } from "./state.ts";

export interface WorsenOptions extends AdvanceOptions {
  readonly severity: Severity;
}

/**
 * What it is about has become more severe; what is not changes nothing. Where no step was left the steps begin again. Where one still comes,
 * those behind it that were left out for the severity are made up for at once, and the next comes when it was due. Who has it, or wants to
 * hear of it later, has it still.
 */
export function worsen(state: EscalationState, { severity, ...options }: WorsenOptions): Outcome {
  const { policy, nowMs } = options;
  const isWorse = state.status !== "resolved" && severityRank(severity) > severityRank(state.severity);
  if (!isWorse) return { state, tell: [], decisions: [] };
  const said = { atMs: nowMs, kind: "worsened", severity } as const;
  if (state.status === "exhausted") {
    const nextAtMs = nowMs + delayOf(policy, 0);
    const begun = { status: "running", severity, round: 0, step: 0, dueAtMs: nextAtMs } as const;
    return { state: { ...state, ...begun }, tell: [], decisions: [{ ...said, nextAtMs }] };
  }
  let { told } = state;
  const tell: Recipient[] = [];
  const decisions: Decision[] = [{ ...said, nextAtMs: null }];
  for (const [index, step] of passedSteps(state, policy)) {
    if (!isFor(step, severity) || isFor(step, state.severity)) continue;
    const made = tellStep({ ...state, severity, step: index, told }, step, options);
    ({ told } = made.state);
    tell.push(...made.tell);
    decisions.push(...made.decisions);
  }
  return { state: { ...state, severity, told }, tell, decisions };
}

/** Those that will not come in this round any more; between two rounds, all. */
function passedSteps(
  { status, round, step }: EscalationState,
  { steps }: EscalationPolicy,
): [number, EscalationStep][] {
  if (status !== "running") return [];
  const all = [...steps.entries()];
  return round > 0 && step === 0 ? all : all.slice(0, step);
}

function isFor({ severities }: EscalationStep, severity: Severity): boolean {
  return severities.length === 0 || severities.includes(severity);
}
