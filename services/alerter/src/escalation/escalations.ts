import { AppError } from "@sightline/errors/app-error";
import { type Severity, severityRank } from "@sightline/model/severity";
import type { Clock } from "@sightline/model/time";
import { type Outcome, start } from "@sightline/oncall/escalation/advance";
import { resolve } from "@sightline/oncall/escalation/interventions";
import { worsen } from "@sightline/oncall/escalation/worsen";
import type { Pool, Sql } from "@sightline/postgres/pool";
import type { EscalationAnswer, EscalationNews, Escalations } from "../channels/integration.ts";
import { worstSeverity } from "../channels/severity.ts";
import { insertDecisions } from "../dispatch/decision-store.ts";
import { releaseCare, takeCare } from "./care.ts";
import { type ChangeOptions, keepChange } from "./change.ts";
import { findPolicy, readDuty } from "./duty.ts";
import type { Escalation } from "./escalation.ts";
import { insertEscalation, lockOfGroup } from "./escalation-store.ts";
import type { IntegrationsOf } from "./reach.ts";

export interface EscalationsOptions {
  readonly sql: Pool;
  readonly clock: Clock;
  readonly newId: () => string;
  integrationsOf(tenant: string): Promise<IntegrationsOf>;
  /** Called when there may be something to do. */
  readonly onChanged: () => void;
}

/** Of an alert that says nothing of it, as PagerDuty has it. */
const UNSAID: Severity = "error";

/** Takes what is told of groups to receivers that have an escalation policy: the same twice changes nothing. */
export function createEscalations({ sql, clock, newId, integrationsOf, onChanged }: EscalationsOptions): Escalations {
  return {
    async told(news) {
      const options = { nowMs: clock(), newId, integrationsOf };
      const answer = await sql.transaction((tx) => take(tx, news, options));
      onChanged();
      return answer;
    },
  };
}

interface TakeOptions extends ChangeOptions {
  readonly newId: () => string;
}

async function take(tx: Sql, news: EscalationNews, options: TakeOptions): Promise<EscalationAnswer> {
  const { tenant, notification } = news;
  const { nowMs } = options;
  const [open] = await lockOfGroup(tx, tenant, notification.groupKey, notification.receiver);
  if (notification.status === "resolved") {
    if (open === undefined) return { taken: true, said: "no escalation was open" };
    const outcome = resolve(open.state, { by: "", note: "", nowMs });
    await keepChange(tx, open, { outcome, notification }, options);
    return { taken: true, said: `the escalation ${open.state.policy} is over` };
  }
  // It was resolved by hand in the meantime: what was done before that pages nobody again.
  if (open === undefined && news.onlyCareChanged) return { taken: true, said: "no escalation was open" };
  const current = open === undefined ? await begin(tx, news, options) : await follow(tx, open, news, options);
  if (current === undefined) return { taken: false, said: `there is no escalation policy ${news.policy}` };
  const { status, policy } = await followCare(tx, current, news, options).then(({ state }) => state);
  return { taken: true, said: `the escalation ${policy} ${open === undefined ? "began" : `is ${status}`}` };
}

/** Undefined where there is no such policy, which is said where people look for why nobody was told. */
async function begin(tx: Sql, news: EscalationNews, options: TakeOptions): Promise<Escalation | undefined> {
  const { tenant, notification } = news;
  const { nowMs, newId } = options;
  const { receiver, groupKey } = notification;
  const policy = await findPolicy(tx, tenant, news.policy);
  if (policy === undefined) {
    const why = { reason: "an escalation could not begin", detail: `there is no escalation policy ${news.policy}` };
    await insertDecisions(tx, tenant, [
      { atMs: nowMs, step: "escalation", fingerprints: [], receiver, groupKey, ...why },
    ]);
    return undefined;
  }
  const outcome = start({ policy, severity: worstSeverity(notification) ?? UNSAID, nowMs });
  const escalation: Escalation = {
    tenant,
    escalationId: newId(),
    receiver,
    groupKey,
    state: outcome.state,
    notification,
    careAtMs: undefined,
    careConfirmed: false,
    begunAtMs: nowMs,
    endedAtMs: undefined,
  };
  if (!(await insertEscalation(tx, escalation))) {
    throw new AppError("unavailable", "cannot begin an escalation: another one of the group began just now");
  }
  return keepChange(tx, escalation, { outcome }, options);
}

/** One that goes on: what is told from now on is what the group is like now. It never becomes less severe. */
async function follow(
  tx: Sql,
  open: Escalation,
  { notification }: EscalationNews,
  options: TakeOptions,
): Promise<Escalation> {
  const severity = worstSeverity(notification) ?? open.state.severity;
  const outcome = await worsened(tx, open, severity, options.nowMs);
  return keepChange(tx, open, { outcome, notification }, options);
}

async function worsened(tx: Sql, { tenant, state }: Escalation, severity: Severity, nowMs: number): Promise<Outcome> {
  const unchanged = { state, tell: [], decisions: [] };
  if (severityRank(severity) <= severityRank(state.severity)) return unchanged;
  const policy = await findPolicy(tx, tenant, state.policy);
  if (policy === undefined) return { ...unchanged, state: { ...state, severity } };
  return worsen(state, { severity, policy, nowMs, onCall: await readDuty(tx, tenant, { policy, nowMs }) });
}

async function followCare(
  tx: Sql,
  escalation: Escalation,
  { care }: EscalationNews,
  options: TakeOptions,
): Promise<Escalation> {
  if (care !== undefined) return takeCare(tx, escalation, { ...care, confirmed: true }, options);
  if (!escalation.careConfirmed) return escalation;
  const note = "not all that fires is acknowledged any more";
  return releaseCare(tx, escalation, { by: "Sightline", note }, options);
}
