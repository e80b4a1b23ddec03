import type { Decision } from "../decision.ts";

/** Decisions as texts that a test can compare: the step, who was told, why, by what, and what is particular to it. */
export function describeDecisions(decisions: readonly Decision[]): string[] {
  return decisions.map(({ step, reason, integration, ids, detail }) =>
    [
      step,
      ...(integration === undefined ? [] : [integration]),
      reason,
      ...(ids ?? []),
      ...(detail === undefined ? [] : [detail]),
    ].join(": "),
  );
}
