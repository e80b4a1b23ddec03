import type { Acknowledgement } from "@sightline/alertmanager/dispatch/acknowledgements";
import type { Assignment } from "@sightline/alertmanager/dispatch/assignments";
import { AlertCare } from "@sightline/proto/sightline/alert/v1/care";

/** Who takes care of an alert or a group; undefined while nobody does. What was snoozed until a time before is not any more. */
export function careMessage(
  acknowledgement: Acknowledgement | undefined,
  assignment: Assignment | undefined,
  nowMs: number,
): AlertCare | undefined {
  const held = isHeld(acknowledgement, nowMs) ? acknowledgement : undefined;
  if (held === undefined && assignment === undefined) return undefined;
  return AlertCare.fromPartial({ ...heldFields(held), ...assignedFields(assignment) });
}

/** Whether it is acknowledged, or snoozed until later. */
export function isHeld(acknowledgement: Acknowledgement | undefined, nowMs: number): boolean {
  if (acknowledgement === undefined) return false;
  return acknowledgement.untilMs === undefined || acknowledgement.untilMs > nowMs;
}

function heldFields(acknowledgement: Acknowledgement | undefined): Partial<AlertCare> {
  if (acknowledgement === undefined) return {};
  const { by, note, atMs, untilMs } = acknowledgement;
  return untilMs === undefined
    ? { note, acknowledgedBy: by, acknowledgedAtUnixMs: BigInt(atMs) }
    : { note, snoozedBy: by, snoozedUntilUnixMs: BigInt(untilMs) };
}

function assignedFields(assignment: Assignment | undefined): Partial<AlertCare> {
  if (assignment === undefined) return {};
  return { assignee: assignment.to, assignedBy: assignment.by, assignedAtUnixMs: BigInt(assignment.atMs) };
}
