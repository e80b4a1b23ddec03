/**
 * The life of an alert, one decision at a time:
 *
 * | is           | holds                                  | ended    | unknown |
 * | ------------ | -------------------------------------- | -------- | ------- |
 * | nothing      | pending, or firing when nothing to wait | –        | –       |
 * | pending      | firing once it has held for long enough | resolved | –       |
 * | firing       | –                                      | resolved | –       |
 * | acknowledged | –                                      | resolved | –       |
 *
 * A dash changes nothing. People move alerts too: firing to acknowledged, and any open one to resolved.
 */

/** An alert that is not resolved. */
export type OpenState = "pending" | "firing" | "acknowledged";
export type AlertState = OpenState | "resolved";

/** What an evaluation found out about one thing. */
export type Observation =
  | { readonly kind: "holds" }
  | { readonly kind: "ended"; readonly reason: EndReason }
  /** It could not be looked at: nothing may change, or an outage of ours would resolve or fire alerts. */
  | { readonly kind: "unknown" };

export type EndReason =
  | "condition_ended"
  /** The series has no sample that is new enough. */
  | "series_gone"
  /** Fewer events than the threshold are left in the window. */
  | "window_passed"
  /** An event said that it is over. */
  | "resolving_event";

export type Decision =
  | { readonly move: "pending"; readonly reason: "condition_began" }
  | { readonly move: "firing"; readonly reason: "nothing_to_wait_for" | "held_long_enough" }
  | { readonly move: "resolved"; readonly reason: EndReason }
  | { readonly move: undefined; readonly reason: "quiet" | "still_waiting" | "still_holds" | "not_observed" };

export interface Known {
  readonly state: OpenState;
  /** When the condition began to hold; milliseconds since the Unix epoch. */
  readonly sinceMs: number;
}

export interface Moment {
  readonly nowMs: number;
  /** How long the condition must hold before the alert fires, milliseconds. */
  readonly forMs: number;
}

/** What follows for an alert, or for what is none yet, from what was observed. */
export function decide(known: Known | undefined, observation: Observation, { nowMs, forMs }: Moment): Decision {
  if (observation.kind === "unknown") return { move: undefined, reason: "not_observed" };
  if (observation.kind === "ended") {
    return known === undefined
      ? { move: undefined, reason: "quiet" }
      : { move: "resolved", reason: observation.reason };
  }
  if (known === undefined) {
    return forMs === 0
      ? { move: "firing", reason: "nothing_to_wait_for" }
      : { move: "pending", reason: "condition_began" };
  }
  if (known.state !== "pending") return { move: undefined, reason: "still_holds" };
  return nowMs - known.sinceMs >= forMs
    ? { move: "firing", reason: "held_long_enough" }
    : { move: undefined, reason: "still_waiting" };
}
