import type { OnCallAnswer } from "@sightline/oncall/escalation/advance";
import type { ContactPreferences } from "@sightline/oncall/escalation/contacts";
import type { EscalationPolicy } from "@sightline/oncall/escalation/policy";
import type { Schedule } from "@sightline/oncall/schedule/schedule";
import { whoIsOnCall } from "@sightline/oncall/schedule/shifts";
import type { Sql } from "@sightline/postgres/pool";
import {
  Contacts,
  EscalationPolicy as PolicyMessage,
  Schedule as ScheduleMessage,
} from "@sightline/proto/sightline/alert/v1/oncall_service";
import { listOverrides } from "../oncall/override-store.ts";
import { contactsFromMessage, policyFromMessage } from "../oncall/policy-message.ts";
import { AS_IT_IS_MS, findKept } from "../oncall/revision-store.ts";
import { keptSchedule } from "../oncall/schedule-message.ts";
import { recipientPolicy } from "../recipients/recipient-policy.ts";

/** The policy in force, or that of a rule's recipient; undefined when there is none of that name. */
export async function findPolicy(sql: Sql, tenant: string, name: string): Promise<EscalationPolicy | undefined> {
  const kept = await findKept(sql, { tenant, kind: "policy", name }, AS_IT_IS_MS);
  return kept === undefined ? recipientPolicy(name) : policyFromMessage(PolicyMessage.decode(kept.definition));
}

/** How a user wants to be told; undefined when they have not said. */
export async function findPreferences(sql: Sql, tenant: string, user: string): Promise<ContactPreferences | undefined> {
  const kept = await findKept(sql, { tenant, kind: "contacts", name: user }, AS_IT_IS_MS);
  return kept === undefined ? undefined : contactsFromMessage(Contacts.decode(kept.definition));
}

/** Who is on call now in each of the schedules that a policy names. */
export async function readDuty(
  sql: Sql,
  tenant: string,
  { policy, nowMs }: { readonly policy: EscalationPolicy; readonly nowMs: number },
): Promise<(schedule: string) => OnCallAnswer> {
  const named = policy.steps.flatMap(({ targets }) =>
    targets.flatMap((target) => (target.kind === "schedule" ? [target.schedule] : [])),
  );
  const answers = new Map<string, OnCallAnswer>();
  for (const name of new Set(named)) {
    const schedule = await findSchedule(sql, { tenant, name, nowMs });
    if (schedule === undefined) continue;
    const who = whoIsOnCall(schedule, nowMs);
    answers.set(name, who === undefined ? { kind: "nobody" } : { kind: "user", user: who.user });
  }
  return (schedule) => answers.get(schedule) ?? { kind: "unknown" };
}

async function findSchedule(
  sql: Sql,
  { tenant, name, nowMs }: { readonly tenant: string; readonly name: string; readonly nowMs: number },
): Promise<Schedule | undefined> {
  const kept = await findKept(sql, { tenant, kind: "schedule", name }, AS_IT_IS_MS);
  if (kept === undefined) return undefined;
  const overrides = await listOverrides(sql, { tenant, schedule: name, asOfMs: AS_IT_IS_MS, endAfterMs: nowMs });
  return keptSchedule(
    ScheduleMessage.decode(kept.definition),
    overrides.map(({ override }) => override),
  );
}
