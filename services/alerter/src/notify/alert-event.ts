import { createHash } from "node:crypto";
import { createEventBuilder } from "@sightline/events/builder";
import { EVENT_TYPES } from "@sightline/model/event-vocabulary";
import type { Severity } from "@sightline/model/severity";
import { uuid7 } from "@sightline/model/uuid7";
import type { SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import type { Alert } from "../alerts/alert.ts";
import type { Labels } from "../alerts/labels.ts";
import type { AlertState } from "../evaluate/decide.ts";

/** A change of an alert, with the alert as it is now. */
export interface RecordedChange {
  readonly changeId: string;
  readonly changedAt: Date;
  /** "" for the first. */
  readonly from: AlertState | "";
  readonly to: AlertState;
  readonly reason: string;
  readonly actor: string;
  readonly note: string;
  readonly value: number;
  readonly alert: Alert;
}

const types = {
  pending: EVENT_TYPES.alertPending,
  firing: EVENT_TYPES.alertFiring,
  acknowledged: EVENT_TYPES.alertAcknowledged,
  resolved: EVENT_TYPES.alertResolved,
} as const satisfies Record<AlertState, string>;

/** Labels that name the thing an alert is about, the most telling first. */
const targetLabels = ["target", "host.name", "host_name", "host", "instance", "service.name", "service_name"];

/**
 * The event of a change: the same, with the same id, however often it is made, so that it is kept once. Only firing is
 * as bad as its rule says; the other steps are news.
 */
export function eventOfChange(change: RecordedChange): SystemEvent {
  const { alert, changedAt, to } = change;
  const clock = () => changedAt.getTime();
  const isTakenBack = change.from === "acknowledged" && to === "firing";
  const severity: Severity = to === "firing" && !isTakenBack ? alert.severity : "info";
  return createEventBuilder({ clock }).build({
    eventId: uuid7(clock(), (bytes) => bytes.set(digest(`${alert.tenant} ${alert.alertId} ${change.changeId}`))),
    eventType: isTakenBack ? EVENT_TYPES.alertUnacknowledged : types[to],
    severity,
    source: "alerter",
    target: targetOf(alert.labels),
    category: "alert",
    title: cut(`${isTakenBack ? "Unacknowledged" : titleOf(to)}: ${alert.summary}`, 1000),
    description: change.note,
    details: {
      alert_id: alert.alertId,
      rule_id: alert.ruleId,
      rule_name: alert.ruleName,
      fingerprint: alert.fingerprint,
      state: to,
      previous_state: change.from,
      reason: change.reason,
      actor: change.actor,
      // JSON has no NaN and no infinity.
      value: Number.isFinite(change.value) ? change.value : String(change.value),
      labels: alert.labels,
    },
    metadata: { correlationId: alert.alertId },
  });
}

function digest(text: string): Uint8Array {
  return createHash("sha256").update(text).digest().subarray(0, 10);
}

/** The thing that an alert with these labels is about; "" where none of them names it. */
export function targetOf(labels: Labels): string {
  const name = targetLabels.find((label) => labels[label] !== undefined);
  return name === undefined ? "" : cut(labels[name] ?? "", 1024);
}

function titleOf(state: AlertState): string {
  return state.charAt(0).toUpperCase() + state.slice(1);
}

/** Within so many bytes, whole characters. */
export function cut(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  return bytes.length <= maxBytes ? text : new TextDecoder().decode(bytes.subarray(0, maxBytes)).replace(/\uFFFD$/, "");
}
