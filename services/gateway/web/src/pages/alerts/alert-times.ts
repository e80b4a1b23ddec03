import type { Alert } from "../../api/alert-types.ts";
import { elapsed, msOf } from "../../time/format-time.ts";

/** When the alert came into the state it is in. */
export function sinceOf(alert: Alert): string | null {
  const times = {
    pending: alert.pendingSince,
    firing: alert.firedAt,
    acknowledged: alert.acknowledgedAt,
    resolved: alert.resolvedAt,
  };
  return times[alert.state] ?? alert.firedAt ?? alert.pendingSince;
}

/** How long it has been firing, or was until it ended: "12 min"; "" when it never fired. */
export function lastingOf(alert: Alert, nowMs: number): string {
  if (alert.firedAt === null) return "";
  const endMs = alert.resolvedAt === null ? nowMs : msOf(alert.resolvedAt);
  return elapsed(Math.max(0, (endMs - msOf(alert.firedAt)) / 1000));
}
