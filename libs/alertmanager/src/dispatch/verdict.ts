import type { NotificationReason } from "../notification.ts";
import { type AcknowledgementRecord, type Acknowledgements, newest } from "./acknowledgements.ts";
import type { Group, Member, Outlet } from "./group.ts";
import { isResolved, type KeptAlert } from "./kept-alert.ts";
import { isHeld } from "./mute.ts";
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
  /** The newest acknowledgement, where the integration wants to hear of it and it holds for everything that fires. */
  readonly acknowledgement: AcknowledgementRecord | undefined;
}

export type OutletVerdict =
  | {
      readonly kind: "notify";
      readonly reason: NotificationReason;
      readonly told: Told;
      /** Nothing is new but who takes care, or that nobody does any more. */
      readonly onlyCareChanged?: true;
    }
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
  const again: OutletVerdict = { kind: "notify", reason: REPEATS, told };
  const ofCare: OutletVerdict = { ...again, onlyCareChanged: true };
  if ("skip" in verdict) {
    if (verdict.skip === SKIP_REASONS.unchanged && snoozeEnded(question, told)) return again;
    if (verdict.skip === SKIP_REASONS.unchanged && careChanged(question, told)) return ofCare;
    return { kind: "skip", reason: verdict.skip };
  }
  const reason = verdict.notify;
  if (reason === REPEATS && firing.every((fingerprint) => isCaredFor(question, fingerprint))) {
    return careChanged(question, told) ? ofCare : { kind: "skip", reason: SKIP_REASONS.acknowledged };
  }
  if (firing.length === 0 && !sendResolved) return { kind: "record", reason: SKIP_REASONS.notWanted, told };
  return { kind: "notify", reason, told };
}

/** In Alertmanager's words: nothing has changed but what only some receivers know of. */
const REPEATS = "repeat interval elapsed";

/**
 * A snooze hides what the receiver was not told of; what it was told of is only not told again. What ended in a maintenance window is
 * told to whom it was told of before.
 */
function toldOf(question: Question): Told {
  const { group, outlet, visible, entry, acknowledgements, nowMs } = question;
  const alerts: KeptAlert[] = [];
  const firing: string[] = [];
  const resolved: string[] = [];
  for (const member of visible) {
    const { alert } = member.entry;
    const { fingerprint } = alert;
    if (isResolved(alert, nowMs)) {
      if (isHeld(member) && entry?.firing.includes(fingerprint) !== true) continue;
      resolved.push(fingerprint);
    } else if (acknowledgements.snoozes(fingerprint, group.key, nowMs) && entry?.firing.includes(fingerprint) !== true)
      continue;
    else firing.push(fingerprint);
    alerts.push(alert);
  }
  const acknowledgement = outlet.integration.acknowledges === true ? holdingAll(question, firing) : undefined;
  return { alerts, firing, resolved, acknowledgement };
}

/** The newest acknowledgement, where everything that fires is acknowledged or snoozed. */
function holdingAll({ group, acknowledgements, nowMs }: Question, firing: readonly string[]) {
  const records = firing.map((fingerprint) => acknowledgements.holding(fingerprint, group.key, nowMs));
  const known = records.filter((record) => record !== undefined);
  return known.length === records.length ? newest(known) : undefined;
}

/** Whether somebody takes care of it. */
function isCaredFor({ group, acknowledgements, nowMs }: Question, fingerprint: string): boolean {
  return acknowledgements.holding(fingerprint, group.key, nowMs) !== undefined;
}

/** Whether the receiver wants to hear of acknowledgements, and knows of another one than there is, or of one that is no more. */
function careChanged({ outlet, entry }: Question, { acknowledgement }: Told): boolean {
  return outlet.integration.acknowledges === true && entry?.acknowledgedAtMs !== acknowledgement?.atMs;
}

/** Whether a snooze ended since it was told last. */
function snoozeEnded({ group, entry, acknowledgements, nowMs }: Question, { firing }: Told): boolean {
  return firing.some((fingerprint) => {
    const endedMs = acknowledgements.snoozeEndedMs(fingerprint, group.key, nowMs);
    return endedMs !== undefined && entry !== undefined && endedMs > entry.atMs;
  });
}
