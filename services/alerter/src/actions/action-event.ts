import type { AcknowledgementTarget } from "@sightline/alertmanager/dispatch/acknowledgements";
import type { Doing } from "@sightline/alertmanager/dispatch/care";
import type { Labels } from "@sightline/alertmanager/notification";
import { createEventBuilder } from "@sightline/events/builder";
import { EVENT_TYPES } from "@sightline/model/event-vocabulary";
import type { SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import { cut, targetOf } from "../notify/alert-event.ts";

/** Something that somebody did, which is no step of a rule's alert. */
export interface ActionTold {
  readonly verb: "acknowledge" | "unacknowledge" | "assign" | "snooze" | "resolve";
  readonly target: AcknowledgementTarget;
  /** Of the alert, or those that its group has in common. */
  readonly labels: Labels;
  /** Of an alert of a rule. */
  readonly alertId?: string | undefined;
  readonly doing: Doing;
  readonly assignee?: string;
  readonly untilMs?: number;
}

const words = {
  acknowledge: { eventType: EVENT_TYPES.alertAcknowledged, title: "Acknowledged" },
  unacknowledge: { eventType: EVENT_TYPES.alertUnacknowledged, title: "Unacknowledged" },
  assign: { eventType: EVENT_TYPES.alertAssigned, title: "Assigned" },
  snooze: { eventType: EVENT_TYPES.alertSnoozed, title: "Snoozed" },
  resolve: { eventType: EVENT_TYPES.alertResolved, title: "Resolved" },
} as const satisfies Record<ActionTold["verb"], { eventType: string; title: string }>;

const MAX_TEXT_BYTES = 4096;
/** Of all labels together: an event has to find room in one message of the bus. */
const MAX_LABELS_BYTES = 64 * 1024;

/** As many of the labels as there is room for, with values that are not too long. */
function cutLabels(labels: Labels): Labels {
  const kept: Record<string, string> = {};
  let bytes = 0;
  for (const [name, whole] of Object.entries(labels)) {
    const value = cut(whole, MAX_TEXT_BYTES);
    bytes += Buffer.byteLength(name) + Buffer.byteLength(value);
    if (bytes > MAX_LABELS_BYTES) break;
    kept[name] = value;
  }
  return kept;
}

/** The event of it, news for whoever watches. */
export function eventOfAction(told: ActionTold, eventId: string): SystemEvent {
  const { verb, target, labels, alertId, doing, assignee, untilMs } = told;
  const { eventType, title } = words[verb];
  const name = labels["alertname"] ?? ("groupKey" in target ? target.groupKey : target.fingerprint);
  return createEventBuilder({ clock: () => doing.atMs }).build({
    eventId,
    eventType,
    severity: "info",
    source: "alerter",
    target: targetOf(labels),
    category: "alert",
    title: cut(`${title}: ${name}`, 1000),
    description: doing.note,
    details: {
      action: verb,
      actor: doing.by,
      rule_name: cut(labels["alertname"] ?? "", MAX_TEXT_BYTES),
      labels: cutLabels(labels),
      ...("groupKey" in target
        ? { group_key: cut(target.groupKey, MAX_TEXT_BYTES) }
        : { fingerprint: target.fingerprint }),
      ...(alertId !== undefined && { alert_id: alertId }),
      ...(assignee !== undefined && { assignee }),
      ...(untilMs !== undefined && { until: new Date(untilMs).toISOString() }),
    },
  });
}
