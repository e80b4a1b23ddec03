import type { AcknowledgementRecord } from "@sightline/alertmanager/dispatch/acknowledgements";
import type { AlertStatus, GroupStatus } from "@sightline/alertmanager/dispatch/status";
import { type GroupedAlert, GroupedAlertState } from "@sightline/proto/sightline/alert/v1/alert_group_service";
import { AlertCare } from "@sightline/proto/sightline/alert/v1/care";

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
  readonly acknowledgement: AcknowledgementRecord | undefined;
}

/** What hides an alert comes before who has it: nobody is told either way, but only the latter is somebody's word on it. */
export function shownAlert(status: AlertStatus, group: GroupStatus | undefined, nowMs: number): Shown {
  const isHeld = (record: AcknowledgementRecord | undefined) =>
    record !== undefined && (record.untilMs === undefined || record.untilMs > nowMs);
  const acknowledgement = [status.acknowledgement, group?.acknowledgement].find(isHeld);
  const isHidden = status.state === "suppressed" || (group?.mutedBy.length ?? 0) > 0;
  if (isHidden) return { status, state: GroupedAlertState.SUPPRESSED, acknowledgement };
  const state = acknowledgement === undefined ? GroupedAlertState.FIRING : GroupedAlertState.ACKNOWLEDGED;
  return { status, state, acknowledgement };
}

export function groupedAlertMessage(
  { status, state, acknowledgement }: Shown,
  mutedBy: readonly string[],
): GroupedAlert {
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
    care: careMessage(acknowledgement),
  };
}

/** Who acknowledged or snoozed it. */
export function careMessage(record: AcknowledgementRecord | undefined): AlertCare | undefined {
  if (record === undefined) return undefined;
  const { by, note, atMs, untilMs } = record;
  return untilMs === undefined
    ? AlertCare.fromPartial({ note, acknowledgedBy: by, acknowledgedAtUnixMs: BigInt(atMs) })
    : AlertCare.fromPartial({ note, snoozedBy: by, snoozedUntilUnixMs: BigInt(untilMs) });
}
