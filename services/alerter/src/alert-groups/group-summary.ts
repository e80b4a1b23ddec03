import { SEVERITIES } from "@sightline/model/severity";
import { GroupedAlertState, type GroupSummary } from "@sightline/proto/sightline/alert/v1/alert_group_service";
import { careMessage } from "../actions/care.ts";
import { groupHash } from "../channels/group-hash.ts";
import { severityOfLabels } from "../channels/severity.ts";
import type { ShownGroup } from "./board.ts";
import { groupedAlertMessage, type Shown, type ShownState, STATE_ORDER } from "./grouped-alert.ts";

/** What is counted of alerts. */
export type StateCounts = Record<ShownState, number>;

/** Counts of nothing. */
export function noCounts(): StateCounts {
  return { [GroupedAlertState.FIRING]: 0, [GroupedAlertState.ACKNOWLEDGED]: 0, [GroupedAlertState.SUPPRESSED]: 0 };
}

/** A group with what decides its place in the list. */
export interface RankedGroup extends ShownGroup {
  readonly counts: Readonly<StateCounts>;
  /** The index of the worst severity that labels name; -1 where none is named. */
  readonly severity: number;
  readonly newestMs: number;
}

/** Counts what is in a group. */
export function rankedGroup({ group, alerts }: ShownGroup): RankedGroup {
  const counts = noCounts();
  let severity = -1;
  let newestMs = 0;
  for (const { state, status } of alerts) {
    counts[state]++;
    const named = severityOfLabels(status.alert.labels);
    if (named !== undefined) severity = Math.max(severity, SEVERITIES.indexOf(named));
    newestMs = Math.max(newestMs, status.alert.startsAtMs);
  }
  return { group, alerts, counts, severity, newestMs };
}

/** Groups in which something fires first, then those that somebody has; in each the worst first, then the newest. */
export function compareRanked(a: RankedGroup, b: RankedGroup): number {
  return (
    placeOf(a) - placeOf(b) ||
    b.severity - a.severity ||
    b.newestMs - a.newestMs ||
    (a.group.groupKey < b.group.groupKey ? -1 : 1)
  );
}

function placeOf({ counts }: RankedGroup): number {
  return STATE_ORDER.findIndex((state) => counts[state] > 0);
}

/** A group as the list of groups has it, with the first of its alerts. */
export function groupSummary(ranked: RankedGroup, listed: number, nowMs: number): GroupSummary {
  const { group, alerts, counts, severity, newestMs } = ranked;
  const first = inShownOrder(alerts).slice(0, listed);
  return {
    groupId: groupHash(group.groupKey),
    groupKey: group.groupKey,
    receiver: group.receiver,
    labels: group.labels,
    mutedBy: [...group.mutedBy],
    dueUnixMs: BigInt(group.dueMs),
    firing: counts[GroupedAlertState.FIRING],
    acknowledged: counts[GroupedAlertState.ACKNOWLEDGED],
    suppressed: counts[GroupedAlertState.SUPPRESSED],
    severity: SEVERITIES[severity] ?? "",
    newestUnixMs: BigInt(newestMs),
    care: careMessage(group.acknowledgement, group.assignment, nowMs),
    alerts: first.map((shown) => groupedAlertMessage(shown, group.mutedBy)),
  };
}

/** The alerts of a group in the order in which they are shown: those that fire first, else as they are told. */
export function inShownOrder(alerts: readonly Shown[]): Shown[] {
  return STATE_ORDER.flatMap((wanted) => alerts.filter(({ state }) => state === wanted));
}
