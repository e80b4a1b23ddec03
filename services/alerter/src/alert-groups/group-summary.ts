import type { GroupStatus } from "@sightline/alertmanager/dispatch/status";
import { SEVERITIES } from "@sightline/model/severity";
import { GroupedAlertState, type GroupSummary } from "@sightline/proto/sightline/alert/v1/alert_group_service";
import { careMessage } from "../actions/care.ts";
import { groupHash } from "../channels/group-hash.ts";
import { severityOfLabels } from "../channels/severity.ts";
import { groupedAlertMessage, type Shown, type ShownState, STATE_ORDER } from "./grouped-alert.ts";

/** A group with those of its alerts that are asked for. */
export interface ShownGroup {
  readonly group: GroupStatus;
  /** All that the matchers are about, whatever their state. */
  readonly alerts: readonly Shown[];
}

/** What is counted of alerts. */
export type StateCounts = Readonly<Record<ShownState, number>>;

export function countStates(alerts: readonly Shown[]): StateCounts {
  const counts = {
    [GroupedAlertState.FIRING]: 0,
    [GroupedAlertState.ACKNOWLEDGED]: 0,
    [GroupedAlertState.SUPPRESSED]: 0,
  };
  for (const { state } of alerts) counts[state]++;
  return counts;
}

/** A group as the list of groups has it, before the first of its alerts are added. */
export function groupSummary({ group, alerts }: ShownGroup, nowMs: number): GroupSummary {
  const counts = countStates(alerts);
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
    severity: worstOf(alerts),
    newestUnixMs: BigInt(alerts.reduce((newest, { status }) => Math.max(newest, status.alert.startsAtMs), 0)),
    care: careMessage(group.acknowledgement, group.assignment, nowMs),
    alerts: [],
  };
}

/** The alerts of a group in the order in which they are shown: those that fire first, else as they are told. */
export function inShownOrder(alerts: readonly Shown[]): Shown[] {
  return STATE_ORDER.flatMap((wanted) => alerts.filter(({ state }) => state === wanted));
}

/** The first alerts of a group. */
export function firstAlerts({ group, alerts }: ShownGroup, limit: number) {
  return inShownOrder(alerts)
    .slice(0, limit)
    .map((shown) => groupedAlertMessage(shown, group.mutedBy));
}

/** Groups in which something fires first, then those that somebody has; in each the worst first, then the newest. */
export function compareSummaries(a: GroupSummary, b: GroupSummary): number {
  return (
    rankOf(a) - rankOf(b) ||
    severityRank(b) - severityRank(a) ||
    Number(b.newestUnixMs - a.newestUnixMs) ||
    (a.groupKey < b.groupKey ? -1 : 1)
  );
}

function rankOf({ firing, acknowledged }: GroupSummary): number {
  if (firing > 0) return 0;
  return acknowledged > 0 ? 1 : 2;
}

const severityNames: readonly string[] = SEVERITIES;

/** -1 where none is named. */
function severityRank({ severity }: GroupSummary): number {
  return severityNames.indexOf(severity);
}

function worstOf(alerts: readonly Shown[]): string {
  const named = new Set(alerts.map(({ status }) => severityOfLabels(status.alert.labels)));
  return SEVERITIES.findLast((severity) => named.has(severity)) ?? "";
}
