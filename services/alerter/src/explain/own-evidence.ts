import { AppError } from "@sightline/errors/app-error";
import type { Sql } from "@sightline/postgres/pool";
import { decisionsAboutUser, type RecordedDecision, type UserPeriod } from "../dispatch/decision-store.ts";
import { findEscalation } from "../escalation/escalation-store.ts";

const MAX_DECISIONS = 500;
/** An escalation is of a group: what became of some of its alerts became of all. */
const MAX_ALERTS_OF_ESCALATION = 5;

/**
 * What was decided in a time that shows that a user was told, newest first, with the alerts that it is about. It is read by itself, since of all
 * that was decided only so much is looked at, and of this nothing may be missing.
 */
export async function ownEvidence(sql: Sql, tenant: string, period: UserPeriod): Promise<RecordedDecision[]> {
  const own = await decisionsAboutUser(sql, tenant, period, MAX_DECISIONS);
  const members = new Map<string, readonly string[]>();
  for (const [id = ""] of own.filter(isOfGroup).map(({ ids = [] }) => ids)) {
    if (!members.has(id)) members.set(id, await alertsOf(sql, tenant, id));
  }
  return own.map((decision) =>
    isOfGroup(decision) ? { ...decision, fingerprints: members.get(decision.ids?.[0] ?? "") ?? [] } : decision,
  );
}

function isOfGroup({ step, fingerprints }: RecordedDecision): boolean {
  return step === "escalation" && fingerprints.length === 0;
}

/** None when the escalation is not kept any more, or it was about something else, such as a hand-over. */
async function alertsOf(sql: Sql, tenant: string, escalationId: string): Promise<readonly string[]> {
  try {
    const { alerts } = (await findEscalation(sql, tenant, escalationId)).notification;
    return alerts.slice(0, MAX_ALERTS_OF_ESCALATION).map(({ fingerprint }) => fingerprint);
  } catch (thrown) {
    const { code } = AppError.from(thrown);
    if (code === "not_found" || code === "invalid_argument") return [];
    throw thrown;
  }
}
