import { DECISION_STEPS } from "@sightline/alertmanager/dispatch/decision";

const places: ReadonlyMap<string, number> = new Map(DECISION_STEPS.map((step, place) => [step, place]));

/** What a rule finds comes first. */
const FIRST = -1;

/**
 * The order in which a story is told: by time, and within a millisecond from the rule to the answer. What different parts decided at the
 * same time was written in any order.
 */
export function compareInStory(
  a: { readonly atMs: number; readonly step: string },
  b: { readonly atMs: number; readonly step: string },
): number {
  return a.atMs - b.atMs || (places.get(a.step) ?? FIRST) - (places.get(b.step) ?? FIRST);
}
