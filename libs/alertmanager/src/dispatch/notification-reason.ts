import type { NotificationReason } from "../notification.ts";
import type { LogEntry } from "./notification-log.ts";

/** Why nothing is sent. */
export const SKIP_REASONS = {
  neverTold: "nothing fires, and nothing was ever told",
  allOverBefore: "nothing fires, and nothing was told that fires",
  unchanged: "told already, and the repeat interval has not passed",
  acknowledged: "told already, and everything that fires is acknowledged or snoozed",
  notWanted: "everything is resolved, and the receiver does not want to be told of that",
  inFlight: "the notification before is still being sent",
} as const;

export type SkipReason = (typeof SKIP_REASONS)[keyof typeof SKIP_REASONS];

export type Verdict = { readonly notify: NotificationReason } | { readonly skip: SkipReason };

export interface Standing {
  /** What was told last, if it is not forgotten. */
  readonly entry: Pick<LogEntry, "firing" | "resolved" | "atMs"> | undefined;
  /** Fingerprints of the group's alerts that nothing hides, each once. */
  readonly firing: readonly string[];
  readonly resolved: readonly string[];
  readonly sendResolved: boolean;
  readonly repeatIntervalMs: number;
  readonly nowMs: number;
}

/**
 * Whether an integration has to be told, and why (notify/dedup_stage.go, needsUpdate). "All alerts resolved" is answered even where
 * resolved alerts are not to be sent: what is in the log has to be cleared all the same, so that they are told when they fire again.
 */
export function notificationReason(standing: Standing): Verdict {
  const { entry, firing, resolved, nowMs } = standing;
  if (entry === undefined) {
    return firing.length > 0 ? { notify: "first notification" } : { skip: SKIP_REASONS.neverTold };
  }
  if (!includesAll(entry.firing, firing)) {
    return { notify: entry.firing.length === 0 ? "first notification" : "new alerts added" };
  }
  if (firing.length === 0) {
    // What fired and was resolved since it was told last, it never heard of.
    return entry.firing.length > 0 ? { notify: "all alerts resolved" } : { skip: SKIP_REASONS.allOverBefore };
  }
  if (standing.sendResolved && !includesAll(entry.resolved, resolved)) return { notify: "some alerts resolved" };
  if (entry.atMs < nowMs - standing.repeatIntervalMs) return { notify: "repeat interval elapsed" };
  return { skip: SKIP_REASONS.unchanged };
}

function includesAll(told: readonly string[], current: readonly string[]): boolean {
  if (told.length < current.length) return false;
  // Alerts are told in their order: what is told already mostly stands in the same places.
  if (current.every((fingerprint, at) => told[at] === fingerprint)) return true;
  const known = new Set(told);
  return current.every((fingerprint) => known.has(fingerprint));
}
