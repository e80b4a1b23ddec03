import type { Notification } from "@sightline/alertmanager/notification";
import { type EscalationState, escalationState } from "@sightline/oncall/escalation/state";
import { z } from "zod";

const labels = z.record(z.string(), z.string());

/** What was told of a group, as it is kept. */
export const keptNotification = z
  .object({
    receiver: z.string(),
    groupKey: z.string(),
    groupLabels: labels,
    routeLabels: labels,
    status: z.enum(["firing", "resolved"]),
    reason: z.enum([
      "first notification",
      "new alerts added",
      "some alerts resolved",
      "all alerts resolved",
      "repeat interval elapsed",
    ]),
    alerts: z.array(
      z.object({
        labels,
        annotations: labels,
        status: z.enum(["firing", "resolved"]),
        startsAtMs: z.number(),
        endsAtMs: z.number().optional(),
        generatorUrl: z.string(),
        fingerprint: z.string(),
      }),
    ),
    truncatedAlerts: z.number(),
    externalUrl: z.string(),
  })
  .transform(
    (kept): Notification => ({
      ...kept,
      alerts: kept.alerts.map(({ endsAtMs, ...alert }) => ({ ...alert, endsAtMs })),
    }),
  );

/**
 * The escalation of one group of alerts at one receiver: one for the group and not for each alert, as PagerDuty has one incident for a
 * deduplication key and Grafana OnCall one alert group, so that whoever is called at night is called once for what belongs together.
 */
export interface Escalation {
  readonly tenant: string;
  readonly escalationId: string;
  /** The receiver that has the policy. */
  readonly receiver: string;
  readonly groupKey: string;
  readonly state: EscalationState;
  /** What was told of the group last. */
  readonly notification: Notification;
  /** When somebody did something about it last; an acknowledgement that was made before is older news. */
  readonly careAtMs: number | undefined;
  /** Whether the dispatcher knows of it: only then does it mean something that it says nobody takes care. */
  readonly careConfirmed: boolean;
  readonly begunAtMs: number;
  /** Undefined while it is open. */
  readonly endedAtMs: number | undefined;
}

export const escalationRow = z
  .object({
    tenant: z.string(),
    escalation_id: z.string(),
    receiver: z.string(),
    group_key: z.string(),
    state: escalationState,
    notification: keptNotification,
    care_at: z.date().nullable(),
    care_confirmed: z.boolean(),
    begun_at: z.date(),
    ended_at: z.date().nullable(),
  })
  .transform(
    (row): Escalation => ({
      tenant: row.tenant,
      escalationId: row.escalation_id,
      receiver: row.receiver,
      groupKey: row.group_key,
      state: row.state,
      notification: row.notification,
      careAtMs: row.care_at?.getTime(),
      careConfirmed: row.care_confirmed,
      begunAtMs: row.begun_at.getTime(),
      endedAtMs: row.ended_at?.getTime(),
    }),
  );
