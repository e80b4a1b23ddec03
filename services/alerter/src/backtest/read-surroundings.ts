import type { People } from "@sightline/backtest/people";
import type { Surroundings } from "@sightline/backtest/replay-side";
import type { Sql } from "@sightline/postgres/pool";
import { Contacts, EscalationPolicy } from "@sightline/proto/sightline/alert/v1/oncall_service";
import { worstSeverity } from "../channels/severity.ts";
import { readSilences } from "../dispatch/silence-store.ts";
import { readWindows } from "../maintenance/window-store.ts";
import { scheduleVersions } from "../oncall/duty-calls.ts";
import { contactsFromMessage, policyFromMessage } from "../oncall/policy-message.ts";
import { AS_IT_IS_MS, listKept } from "../oncall/revision-store.ts";
import { readPastActions } from "./past-actions.ts";

export interface Period {
  readonly startMs: number;
  readonly endMs: number;
}

const MAX_ACTIONS = 100_000;

/** Reads what both sides have in common: who is on call and how they are told, what hid alerts, and what people did. */
export async function readSurroundings(sql: Sql, tenant: string, period: Period): Promise<Surroundings> {
  const [people, silences, windows, actions] = await Promise.all([
    readPeople(sql, tenant, period),
    readSilences(sql, tenant),
    readWindows(sql, tenant),
    readPastActions(sql, tenant, { ...period, limit: MAX_ACTIONS }),
  ]);
  return { people, silences, windows, actions };
}

async function readPeople(sql: Sql, tenant: string, { startMs, endMs }: Period): Promise<People> {
  const now = { tenant, asOfMs: AS_IT_IS_MS };
  const policies = (await listKept(sql, { ...now, kind: "policy" })).map(({ definition }) =>
    policyFromMessage(EscalationPolicy.decode(definition)),
  );
  const contacts = await listKept(sql, { ...now, kind: "contacts" });
  const named = policies.flatMap(({ steps }) =>
    steps.flatMap(({ targets }) => targets.flatMap((to) => (to.kind === "schedule" ? [to.schedule] : []))),
  );
  const schedules = new Map<string, Awaited<ReturnType<typeof scheduleVersions>>>();
  for (const name of new Set(named)) {
    schedules.set(name, await scheduleVersions(sql, { tenant, name }, { startMs, endMs }));
  }
  return {
    policies: new Map(policies.map((policy) => [policy.name, policy])),
    contacts: new Map(contacts.map(({ name, definition }) => [name, contactsFromMessage(Contacts.decode(definition))])),
    schedules,
    // Of an alert that says nothing of it, as escalations have it.
    severityOf: (notification) => worstSeverity(notification) ?? "error",
  };
}
