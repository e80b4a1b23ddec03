import type { AlertStatus, GroupStatus, Said } from "@sightline/alertmanager/dispatch/status";
import { type GroupedAlert, GroupedAlertState } from "@sightline/proto/sightline/alert/v1/alert_group_service";
import type { AlertCare } from "@sightline/proto/sightline/alert/v1/care";
import { careMessage, isHeld } from "../actions/care.ts";

/** In the order in which people want to see them. */
export const STATE_ORDER = [
  GroupedAlertState.FIRING,
  GroupedAlertState.ACKNOWLEDGED,
  GroupedAlertState.SUPPRESSED,
] as const;

export type ShownState = (typeof STATE_ORDER)[number];

/** An alert in a group, with what people have to know of it first. */
export interface Shown {
  readonly status: AlertStatus;
  readonly state: ShownState;
  readonly care: AlertCare | undefined;
}

/** What hides an alert comes before who has it: nobody is told either way, but only the latter is somebody's word on it. */
export function shownAlert(status: AlertStatus, group: GroupStatus | undefined, nowMs: number): Shown {
  const said: Said[] = group === undefined ? [status, ...status.ofGroups] : [status, group];
  const acknowledgement = said.map((one) => one.acknowledgement).find((one) => isHeld(one, nowMs));
  const assignment = said.map((one) => one.assignment).find((one) => one !== undefined);
  const care = careMessage(acknowledgement, assignment, nowMs);
  const isHidden = status.state === "suppressed" || (group?.mutedBy.length ?? 0) > 0;
  if (isHidden) return { status, care, state: GroupedAlertState.SUPPRESSED };
  const state = acknowledgement === undefined ? GroupedAlertState.FIRING : GroupedAlertState.ACKNOWLEDGED;
  return { status, care, state };
}

export function groupedAlertMessage({ status, state, care }: Shown, mutedBy: readonly string[]): GroupedAlert {
  const { alert, silencedBy, inhibitedBy, maintenanceBy } = status;
  return {
    fingerprint: alert.fingerprint,
    labels: alert.labels,
    annotations: alert.annotations,
    startsAtUnixMs: BigInt(alert.startsAtMs),
    updatedAtUnixMs: BigInt(alert.updatedAtMs),
    generatorUrl: alert.generatorUrl,
    state,
    silencedBy: [...silencedBy],
    inhibitedBy: [...inhibitedBy],
    maintenanceBy: [...maintenanceBy],
    mutedBy: [...mutedBy],
    care,
  };
}
