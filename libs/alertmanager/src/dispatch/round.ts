import type { Decide } from "./decision.ts";
import { type Group, leave, type Member, membersInOrder, type Round } from "./group.ts";
import type { Groups } from "./groups.ts";
import { isResolved, type KeptAlert } from "./kept-alert.ts";
import { isHeld } from "./mute.ts";
import type { NotificationLog } from "./notification-log.ts";
import type { Touched } from "./touched.ts";

/**
 * The round that a flush begins. While something is still being sent from before, what is resolved has to stay; so does what ended in a
 * maintenance window as long as that is open, where somebody was told that it fires.
 */
export function beginRound(group: Group, visible: readonly Member[], { log, nowMs }: RoundContext): Round {
  const shown = new Set(visible);
  const isTold = ({ entry }: Member) =>
    group.outlets.some((outlet) => log.get(outlet.logKey)?.firing.includes(entry.alert.fingerprint) === true);
  const resolved = membersInOrder(group)
    .filter(({ entry }) => isResolved(entry.alert, nowMs))
    .filter((member) => shown.has(member) || !isHeld(member) || !isTold(member))
    .map((member) => ({ alert: member.entry.alert, hidden: !shown.has(member) }));
  return { resolved, open: 0, failed: group.outlets.some(({ inFlight }) => inFlight !== undefined) };
}

export interface RoundContext {
  readonly log: Pick<NotificationLog, "get">;
  readonly nowMs: number;
}

export interface RoundsOptions {
  readonly groups: Groups;
  readonly log: NotificationLog;
  readonly touched: Touched;
  readonly decide: Decide;
  /** An alert has left its last group. */
  readonly onAlertGone: (alert: KeptAlert) => void;
}

/** Ends rounds. */
export interface Rounds {
  /**
   * When everybody was told who had to be, resolved alerts that did not change meanwhile leave their group, and an empty group ends
   * (dispatch/dispatch.go, flush). What was hidden when it ended is taken out of the log too: Alertmanager would not tell of it when
   * it fires again, since it takes it for told.
   */
  endIfOver(group: Group, round: Round, nowMs: number): void;
}

/** Makes it. */
export function createRounds({ groups, log, touched, decide, onAlertGone }: RoundsOptions): Rounds {
  function remove(group: Group, alert: KeptAlert): void {
    const entry = group.members.get(alert.fingerprint)?.entry;
    if (entry === undefined) return;
    leave(group, entry);
    if (entry.memberships === 0) onAlertGone(alert);
  }

  function tell(group: Group, alerts: readonly KeptAlert[], nowMs: number): void {
    const about = {
      atMs: nowMs,
      step: "resolved",
      groupKey: group.key,
      receiver: group.route.options.receiver,
    } as const;
    const timedOut = alerts.filter((alert) => alert.timeout).map(({ fingerprint }) => fingerprint);
    const ended = alerts.filter((alert) => !alert.timeout).map(({ fingerprint }) => fingerprint);
    if (ended.length > 0) decide({ ...about, reason: "its sender said that it ended", fingerprints: ended });
    if (timedOut.length > 0) decide({ ...about, reason: "nobody sent it again in time", fingerprints: timedOut });
  }

  return {
    endIfOver(group, round, nowMs) {
      if (round.open > 0 || round.failed) return;
      const over = round.resolved.filter(({ alert }) => group.members.get(alert.fingerprint)?.entry.alert === alert);
      if (over.length === 0) return;
      const alerts = over.map(({ alert }) => alert);
      for (const alert of alerts) remove(group, alert);
      const hidden = new Set(over.filter((one) => one.hidden).map(({ alert }) => alert.fingerprint));
      const keys = group.outlets.map((outlet) => outlet.logKey);
      if (hidden.size > 0) for (const key of log.forgetFiring(keys, hidden)) touched.log.add(key);
      tell(group, alerts, nowMs);
      touched.groups.add(group.id);
      if (group.members.size === 0) groups.remove(group);
    },
  };
}
