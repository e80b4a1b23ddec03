import { AppError } from "@sightline/errors/app-error";
import { advance } from "@sightline/oncall/escalation/advance";
import type { Pool, Sql } from "@sightline/postgres/pool";
import type { Logger } from "@sightline/service/logger";
import { insertDecisions } from "../dispatch/decision-store.ts";
import { holdEpoch } from "../dispatch/epoch.ts";
import { type ChangeOptions, keepChange } from "./change.ts";
import { findPolicy, readDuty } from "./duty.ts";
import type { Escalation } from "./escalation.ts";
import {
  type DueEscalation,
  dueEscalations,
  lockEscalation,
  postponeEscalation,
  writeEscalation,
} from "./escalation-store.ts";
import type { IntegrationsOf } from "./reach.ts";
import { decisionOf } from "./story.ts";

/** Throws what is not retryable where a tenant's configuration cannot be used. */
export interface AdvanceDueOptions extends ChangeOptions {
  readonly sql: Pool;
  readonly epoch: string;
  readonly log: Logger;
  /** Called again and again while there is more to do: who was reached so far need not wait for the rest. */
  readonly onSome: () => void;
}

const AT_A_TIME = 1000;
const SOME = 50;
/** When one that could not be seen to is looked at again. */
const POSTPONED_MS = 60_000;

/**
 * Carries out what is due of all escalations, each by itself: what is wrong with one, or with the configuration of its tenant, is no other
 * one's trouble.
 */
export async function advanceDue(options: AdvanceDueOptions, signal: AbortSignal): Promise<void> {
  const { sql, nowMs } = options;
  const integrationsOf = askedOnce(options.integrationsOf);
  let due: DueEscalation[];
  do {
    due = await dueEscalations(sql, nowMs, AT_A_TIME);
    for (const [index, one] of due.entries()) {
      if (signal.aborted) return;
      await advanceOne(one, { ...options, integrationsOf });
      if ((index + 1) % SOME === 0) options.onSome();
    }
  } while (due.length === AT_A_TIME);
}

/** A configuration is opened and read once, however many escalations of its tenant are due. */
function askedOnce(integrationsOf: AdvanceDueOptions["integrationsOf"]): AdvanceDueOptions["integrationsOf"] {
  const asked = new Map<string, Promise<IntegrationsOf>>();
  return (tenant) => {
    const answer = asked.get(tenant) ?? integrationsOf(tenant);
    asked.set(tenant, answer);
    return answer;
  };
}

async function advanceOne(due: DueEscalation, options: AdvanceDueOptions): Promise<void> {
  const { sql, epoch, nowMs, log } = options;
  const { tenant, escalationId } = due;
  try {
    // Before the transaction: that a configuration cannot be used has to look otherwise than that Postgres is away.
    await options.integrationsOf(tenant);
    await sql.transaction(async (tx) => {
      await holdEpoch(tx, epoch);
      await carryOut(tx, await lockEscalation(tx, tenant, escalationId), options);
    });
  } catch (thrown) {
    const error = AppError.from(thrown);
    if (error.retryable || error.code === "cancelled") throw error;
    log.error({ tenant, escalationId, error: error.message }, "an escalation could not go on; it is tried again");
    await postponeEscalation(sql, due, nowMs + POSTPONED_MS);
  }
}

async function carryOut(tx: Sql, current: Escalation, options: AdvanceDueOptions): Promise<void> {
  const { tenant, state, endedAtMs } = current;
  const { nowMs } = options;
  if (endedAtMs !== undefined || state.dueAtMs === null || state.dueAtMs > nowMs) return;
  const policy = await findPolicy(tx, tenant, state.policy);
  if (policy === undefined) return endWithoutPolicy(tx, current, nowMs);
  const onCall = await readDuty(tx, tenant, { policy, nowMs });
  await keepChange(tx, current, { outcome: advance(state, { policy, nowMs, onCall }) }, options);
}

/** Somebody deleted it meanwhile. It stays open, so that people see it. */
async function endWithoutPolicy(tx: Sql, current: Escalation, nowMs: number): Promise<void> {
  const state = { ...current.state, status: "exhausted", dueAtMs: null } as const;
  await writeEscalation(tx, { ...current, state });
  const detail = `there is no escalation policy ${state.policy} any more`;
  const line = { atMs: nowMs, reason: "the escalation could not go on", detail };
  await insertDecisions(tx, current.tenant, [decisionOf(current, line)]);
}
