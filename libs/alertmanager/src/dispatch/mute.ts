import type { Inhibitor } from "../inhibit/inhibitor.ts";
import type { Labels } from "../notification.ts";
import { namesContaining } from "../time-interval/contains.ts";
import type { Decide, DecisionStep } from "./decision.ts";
import type { DispatchConfig, Muter } from "./dispatch-config.ts";
import { type Group, type Member, membersInOrder } from "./group.ts";
import { isResolved, type KeptAlert } from "./kept-alert.ts";

/** What may hide alerts, in the order in which it is asked. */
export interface Muters {
  readonly config: DispatchConfig;
  readonly inhibitor: Inhibitor;
  readonly silences: Muter;
  readonly maintenance: Muter;
}

/** What hides a group as a whole. */
export interface TimeMute {
  readonly step: "outside_active_times" | "muted_by_time";
  /** The names of the time intervals. */
  readonly intervals: readonly string[];
}

/** What hides one alert. */
export interface AlertMute {
  readonly step: "inhibited" | "silenced" | "maintenance";
  /** Why, in words that are the same each time. */
  readonly reason: string;
  /** Fingerprints of alerts, or ids of silences or windows. */
  readonly ids: readonly string[];
}

const reasons: Readonly<Record<TimeMute["step"] | AlertMute["step"], string>> = {
  inhibited: "another alert that fires inhibits it",
  outside_active_times: "none of the active time intervals of its route contains the time",
  muted_by_time: "a mute time interval of its route contains the time",
  silenced: "a silence matches it",
  maintenance: "a maintenance window matches it",
};

/** Whether time intervals hide a group now (notify/mute.go, TimeActiveStage and TimeMuteStage). */
export function timeMuteOf({ route }: Group, { timeIntervals }: DispatchConfig, nowMs: number): TimeMute | undefined {
  const { activeTimeIntervals, muteTimeIntervals } = route.options;
  if (activeTimeIntervals.length > 0 && namesContaining(activeTimeIntervals, timeIntervals, nowMs).length === 0) {
    return { step: "outside_active_times", intervals: activeTimeIntervals };
  }
  const intervals = namesContaining(muteTimeIntervals, timeIntervals, nowMs);
  return intervals.length === 0 ? undefined : { step: "muted_by_time", intervals };
}

/** The fingerprint of the alert that inhibits one with these labels; one is enough. */
export function inhibitedBy(inhibitor: Inhibitor, labels: Labels, nowMs: number): readonly string[] {
  const inhibition = inhibitor.inhibitionOf(labels, nowMs);
  return inhibition === undefined ? none : [inhibition.sourceFingerprint];
}

const none: readonly string[] = [];

/** What hides an alert in whatever group it is, the first that is asked; undefined while nothing does. */
export function alertMuteOf(
  alert: Pick<KeptAlert, "fingerprint" | "labels">,
  { inhibitor, silences, maintenance }: Muters,
  nowMs: number,
): AlertMute | undefined {
  const muteBy = (step: AlertMute["step"], ids: readonly string[]): AlertMute | undefined =>
    ids.length === 0 ? undefined : { step, reason: reasons[step], ids };
  return (
    muteBy("inhibited", inhibitedBy(inhibitor, alert.labels, nowMs)) ??
    muteBy("silenced", silences.mutedBy(alert, nowMs)) ??
    muteBy("maintenance", maintenance.mutedBy(alert, nowMs))
  );
}

/**
 * The members of a group that nothing hides: inhibition, time intervals, silences, maintenance windows are asked in this order
 * (notify/notify.go, PipelineBuilder.New). What hides them is told where it is another than at the last flush.
 */
export function visibleMembers(group: Group, muters: Muters, nowMs: number, decide: Decide): readonly Member[] {
  const { config, inhibitor, silences, maintenance } = muters;
  const told = { group, nowMs, decide };
  const uninhibited = membersInOrder(group).filter((member) =>
    passes(member, "inhibited", inhibitedBy(inhibitor, member.entry.alert.labels, nowMs), told),
  );
  if (uninhibited.length === 0) return [];
  const timeMute = timeMuteOf(group, config, nowMs);
  tellTimeMute(timeMute, told);
  if (timeMute !== undefined) return [];
  const visible = uninhibited
    .filter((member) => passes(member, "silenced", silences.mutedBy(member.entry.alert, nowMs), told))
    .filter((member) => passes(member, "maintenance", maintenance.mutedBy(member.entry.alert, nowMs), told));
  // What ended while it was hidden goes on to have been hidden.
  for (const member of visible) if (!isResolved(member.entry.alert, nowMs)) member.hiddenBy = "";
  return visible;
}

/** Whether a maintenance window hid it when its group was last flushed, or when it ended. */
export function isHeld({ hiddenBy }: Member): boolean {
  return hiddenBy.startsWith("maintenance:");
}

interface Telling {
  readonly group: Group;
  readonly nowMs: number;
  readonly decide: Decide;
}

function passes(
  member: Member,
  step: AlertMute["step"],
  ids: readonly string[],
  { group, nowMs, decide }: Telling,
): boolean {
  if (ids.length === 0) return true;
  const hiddenBy = nameOf(step, ids);
  if (member.hiddenBy !== hiddenBy) {
    member.hiddenBy = hiddenBy;
    const fingerprints = [member.entry.alert.fingerprint];
    const { receiver } = group.route.options;
    decide({ atMs: nowMs, step, reason: reasons[step], fingerprints, groupKey: group.key, receiver, ids });
  }
  return false;
}

function tellTimeMute(mute: TimeMute | undefined, { group, nowMs, decide }: Telling): void {
  const hiddenBy = mute === undefined ? "" : nameOf(mute.step, mute.intervals);
  if (group.hiddenBy === hiddenBy) return;
  group.hiddenBy = hiddenBy;
  if (mute === undefined) return;
  const { step, intervals: ids } = mute;
  const { receiver } = group.route.options;
  decide({ atMs: nowMs, step, reason: reasons[step], fingerprints: [], groupKey: group.key, receiver, ids });
}

function nameOf(step: DecisionStep, ids: readonly string[]): string {
  return `${step}:${ids.join(",")}`;
}
