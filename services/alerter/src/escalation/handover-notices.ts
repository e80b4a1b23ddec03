import type { Notification } from "@sightline/alertmanager/notification";
import { AppError } from "@sightline/errors/app-error";
import { planContacts } from "@sightline/oncall/escalation/contacts";
import { handoverNotice, type OpenMatter } from "@sightline/oncall/schedule/handover-notice";
import { type Handover, handovers, nextHandovers } from "@sightline/oncall/schedule/handovers";
import type { Schedule } from "@sightline/oncall/schedule/schedule";
import type { Pool, Sql } from "@sightline/postgres/pool";
import { EscalationPolicy, Schedule as ScheduleMessage } from "@sightline/proto/sightline/alert/v1/oncall_service";
import type { Logger } from "@sightline/service/logger";
import { plainTitle } from "../channels/plain.ts";
import { holdEpoch } from "../dispatch/epoch.ts";
import { listOverrides } from "../oncall/override-store.ts";
import { AS_IT_IS_MS, listKept } from "../oncall/revision-store.ts";
import { keptSchedule } from "../oncall/schedule-message.ts";
import type { PlannedContact } from "./contact.ts";
import { putContacts } from "./contact-store.ts";
import { findPreferences } from "./duty.ts";
import { openEscalations } from "./escalation-store.ts";
import { insertHandover, listSchedulingTenants } from "./handover-store.ts";
import type { IntegrationsOf } from "./reach.ts";

export interface HandoverOptions {
  readonly sql: Pool;
  readonly epoch: string;
  readonly nowMs: number;
  readonly externalUrl: string;
  readonly log: Logger;
  /** Throws what is not retryable where a tenant's configuration cannot be used. */
  integrationsOf(tenant: string): Promise<IntegrationsOf>;
}

const HOUR_MS = 3_600_000;
/** What is further back was of interest then. */
const LOOK_BACK_MS = HOUR_MS;
const SHIFT_ENDS_WITHIN_MS = 30 * 24 * HOUR_MS;
const MAX_OPEN = 200;

/** Kinds that tell people something and leave nothing open that somebody would have to close. */
const messages: ReadonlySet<string> = new Set([
  "console",
  "discord",
  "email",
  "mattermost",
  "msteams",
  "msteamsv2",
  "pushover",
  "rocketchat",
  "slack",
  "sns",
  "telegram",
  "webex",
  "webhook",
  "wechat",
]);

/**
 * Who goes off and who comes on call is told, once for each hand-over of the last hour, with what is open. What is wrong with one tenant,
 * or with one schedule, is no other one's trouble.
 */
export async function noticeHandovers(options: HandoverOptions, signal: AbortSignal): Promise<void> {
  const { sql, nowMs } = options;
  for (const tenant of await listSchedulingTenants(sql)) {
    if (signal.aborted) return;
    await apart({ tenant }, options, async () => {
      for (const { name, read } of await schedulesOf(sql, tenant, nowMs)) {
        await apart({ tenant, schedule: name }, options, async () => {
          const schedule = read();
          for (const handover of handovers(schedule, nowMs - LOOK_BACK_MS, nowMs + 1)) {
            await notice({ tenant, name, schedule }, handover, options);
          }
        });
      }
    });
  }
}

/** Does something for somebody; what will fail for them again and again is logged, what fails for everybody now is thrown. */
async function apart(of: object, { log }: HandoverOptions, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    const { code, message, retryable } = AppError.from(thrown);
    if (retryable || code === "cancelled") throw thrown;
    log.error({ ...of, code, error: message }, "hand-overs cannot be told; it is tried again");
  }
}

interface NamedSchedule {
  readonly tenant: string;
  readonly name: string;
  readonly schedule: Schedule;
}

interface UnreadSchedule {
  readonly name: string;
  /** Throws where it cannot be read. */
  read(): Schedule;
}

async function schedulesOf(sql: Sql, tenant: string, nowMs: number): Promise<UnreadSchedule[]> {
  const kept = await listKept(sql, { tenant, kind: "schedule", asOfMs: AS_IT_IS_MS });
  const overrides = await listOverrides(sql, { tenant, asOfMs: AS_IT_IS_MS, endAfterMs: nowMs - 2 * LOOK_BACK_MS });
  const of = Map.groupBy(overrides, ({ schedule }) => schedule);
  return kept.map(({ name, definition }) => {
    const own = (of.get(name) ?? []).map(({ override }) => override);
    return { name, read: () => keptSchedule(ScheduleMessage.decode(definition), own) };
  });
}

async function notice(of: NamedSchedule, handover: Handover, options: HandoverOptions): Promise<void> {
  const { sql, epoch, nowMs, externalUrl } = options;
  const { tenant, name, schedule } = of;
  await sql.transaction(async (tx) => {
    await holdEpoch(tx, epoch);
    if (!(await insertHandover(tx, { tenant, schedule: name, atMs: handover.atMs }))) return;
    const [next] = nextHandovers(schedule, handover.atMs, { count: 1, withinMs: SHIFT_ENDS_WITHIN_MS });
    const { to, title, text } = handoverNotice({
      scheduleName: name,
      timeZone: schedule.timeZone,
      handover,
      untilMs: next?.atMs,
      open: await openMatters(tx, tenant, name),
    });
    const about = `handover of ${name} at ${new Date(handover.atMs).toISOString()}`;
    const notification = notificationOf({ title, text, about, externalUrl, atMs: handover.atMs, schedule: name });
    const integrationsOf = await options.integrationsOf(tenant);
    for (const user of to) {
      await putContacts(
        tx,
        { tenant, about },
        await contactsOf(tx, user, { tenant, notification, nowMs, integrationsOf }),
      );
    }
  });
}

/** What is open of all that is led by policies that tell whoever is on call in the schedule. */
async function openMatters(tx: Sql, tenant: string, schedule: string): Promise<OpenMatter[]> {
  const policies = await listKept(tx, { tenant, kind: "policy", asOfMs: AS_IT_IS_MS });
  const naming = policies.filter(({ definition }) =>
    EscalationPolicy.decode(definition).steps.some(({ targets }) =>
      targets.some(({ kind }) => kind?.$case === "schedule" && kind.value === schedule),
    ),
  );
  const names = naming.map(({ name }) => name);
  const open = names.length === 0 ? [] : await openEscalations(tx, tenant, names, MAX_OPEN);
  return open.map(({ notification, state, begunAtMs }) => ({
    title: plainTitle(notification),
    severity: state.severity,
    sinceMs: begunAtMs,
    acknowledgedBy: state.status === "acknowledged" ? (state.assignee ?? undefined) : undefined,
  }));
}

interface NoticeParts {
  readonly title: string;
  readonly text: string;
  readonly about: string;
  readonly externalUrl: string;
  readonly atMs: number;
  readonly schedule: string;
}

/** Channels know notifications of alerts: this one is about the hand-over. */
function notificationOf({ title, text, about, externalUrl, atMs, schedule }: NoticeParts): Notification {
  const labels = { alertname: "On-call hand-over", schedule, severity: "info" };
  const alert = {
    labels,
    annotations: { summary: title, description: text },
    status: "firing",
    startsAtMs: atMs,
    endsAtMs: undefined,
    generatorUrl: `${externalUrl}/oncall`,
    fingerprint: "0000000000000000",
  } as const;
  return {
    receiver: "",
    groupKey: about,
    groupLabels: { alertname: title },
    routeLabels: {},
    status: "firing",
    reason: "first notification",
    alerts: [alert],
    truncatedAlerts: 0,
    externalUrl,
  };
}

interface ContactsOptions {
  readonly tenant: string;
  readonly notification: Notification;
  readonly nowMs: number;
  readonly integrationsOf: IntegrationsOf;
}

/** By the first of a user's methods that takes what is no alert, at once or after their quiet hours. */
async function contactsOf(tx: Sql, user: string, options: ContactsOptions): Promise<PlannedContact[]> {
  const { tenant, notification, nowMs, integrationsOf } = options;
  const preferences = await findPreferences(tx, tenant, user);
  if (preferences === undefined) return [];
  const methods = preferences.methods.map((method) => ({ ...method, delayMs: 0, severities: [] }));
  for (const { method, atMs } of planContacts({ ...preferences, methods }, { severity: "info", atMs: nowMs })) {
    const { receiver, address } = method;
    const usable = integrationsOf(receiver).filter(({ kind }) => messages.has(kind));
    if (atMs === undefined || usable.length === 0) continue;
    return usable.map(({ kind, index }) => {
      const recipient = { kind: "user", user } as const;
      const contact = { recipient, receiver, integration: kind, index, address, news: "handover" } as const;
      return { ...contact, notification, occasion: "handover", dueAtMs: atMs };
    });
  }
  return [];
}
