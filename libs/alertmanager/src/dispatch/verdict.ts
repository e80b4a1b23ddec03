import type { NotificationReason } from "../notification.ts";
import type { Acknowledgements } from "./acknowledgements.ts";
import type { Group, Member, Outlet } from "./group.ts";
import { isResolved, type KeptAlert } from "./kept-alert.ts";
import type { LogEntry } from "./notification-log.ts";
import { notificationReason, SKIP_REASONS, type SkipReason } from "./notification-reason.ts";

/** What an integration would be told of, and what it was told last. */
export interface Question {
  readonly group: Group;
  readonly outlet: Outlet;
  /** The members that nothing hides, in the order of a notification. */
  readonly visible: readonly Member[];
  /** What is in the notification log, if anything is. */
  readonly entry: LogEntry | undefined;
  readonly acknowledgements: Acknowledgements;
  readonly nowMs: number;
}

/** The alerts that an integration would be told of. */
export interface Told {
  readonly alerts: readonly KeptAlert[];
  /** Their fingerprints, as the log will have them. */
  readonly firing: readonly string[];
  readonly resolved: readonly string[];
}

export type OutletVerdict =
  | { readonly kind: "notify"; readonly reason: NotificationReason; readonly told: Told }
  /** Nothing is sent, but the log says that it was. */
  | { readonly kind: "record"; readonly reason: SkipReason; readonly told: Told }
  | { readonly kind: "skip"; readonly reason: SkipReason };

/** Whether an integration has to be told of a group: Alertmanager's rules, and what is acknowledged or snoozed. */
export function verdictOf(question: Question): OutletVerdict {
  const { group, outlet, entry, nowMs } = question;
  const { sendResolved } = outlet.integration;
  const told = toldOf(question);
  const { firing, resolved } = told;
  const { repeatIntervalMs } = group.route.options;
  const verdict = notificationReason({ entry, firing, resolved, sendResolved, repeatIntervalMs, nowMs });
  if ("skip" in verdict) {
    const again = verdict.skip === SKIP_REASONS.unchanged && snoozeEnded(question, told);
    return again ? { kind: "notify", reason: "repeat interval elapsed", told } : { kind: "skip", reason: verdict.skip };
  }
  const reason = verdict.notify;
  if (reason === "repeat interval elapsed" && acknowledged(question, told)) {
    return { kind: "skip", reason: SKIP_REASONS.acknowledged };
  }
  if (firing.length === 0 && !sendResolved) return { kind: "record", reason: SKIP_REASONS.notWanted, told };
  return { kind: "notify", reason, told };
}

/** A snooze hides what the receiver was not told of; what it was told of is only not told again. */
function toldOf({ group, visible, entry, acknowledgements, nowMs }: Question): Told {
  const alerts: KeptAlert[] = [];
  const firing: string[] = [];
  const resolved: string[] = [];
  for (const { alert } of visible.map((member) => member.entry)) {
    const { fingerprint } = alert;
    if (isResolved(alert, nowMs)) resolved.push(fingerprint);
    else if (acknowledgements.snoozes(fingerprint, group.key, nowMs) && entry?.firing.includes(fingerprint) !== true)
      continue;
    else firing.push(fingerprint);
    alerts.push(alert);
  }
  return { alerts, firing, resolved };
}

/** Whether somebody takes care of everything that fires. */
function acknowledged({ group, acknowledgements, nowMs }: Question, { firing }: Told): boolean {
  return firing.every((fingerprint) => acknowledgements.holds(fingerprint, group.key, nowMs));
}

/** Whether a snooze ended since it was told last. */
function snoozeEnded({ group, entry, acknowledgements, nowMs }: Question, { firing }: Told): boolean {
  return firing.some((fingerprint) => {
    const endedMs = acknowledgements.snoozeEndedMs(fingerprint, group.key, nowMs);
    return endedMs !== undefined && entry !== undefined && endedMs > entry.atMs;
  });
}
