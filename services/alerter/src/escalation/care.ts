import type { Outcome } from "@sightline/oncall/escalation/advance";
import { acknowledge, resume, snooze } from "@sightline/oncall/escalation/interventions";
import type { Sql } from "@sightline/postgres/pool";
import type { Care } from "../channels/integration.ts";
import { type ChangeOptions, keepChange } from "./change.ts";
import { findPolicy } from "./duty.ts";
import type { Escalation } from "./escalation.ts";

/**
 * Somebody takes care of all that fires of the group: the escalation stops, or waits until a snooze is over. What was done before
 * something else was done about the escalation is older news and changes nothing. Returns where it stands then.
 *
 * @param care.confirmed whether the dispatcher says so; whoever else says so tells the dispatcher too
 */
export async function takeCare(
  tx: Sql,
  escalation: Escalation,
  care: Care & { readonly confirmed: boolean },
  options: ChangeOptions,
): Promise<Escalation> {
  const { careAtMs, careConfirmed } = escalation;
  if (careAtMs !== undefined && (care.atMs < careAtMs || (care.atMs === careAtMs && careConfirmed))) return escalation;
  const known = { careAtMs: care.atMs, careConfirmed: care.confirmed };
  // Somebody did it here: the dispatcher has heard of it now.
  const outcome = care.atMs === careAtMs ? unchanged(escalation) : outcomeOf(escalation, care, options.nowMs);
  return keepChange(tx, escalation, { outcome, care: known }, options);
}

function outcomeOf({ state }: Escalation, { by, note, untilMs }: Care, nowMs: number): Outcome {
  if (untilMs === undefined) return acknowledge(state, { by, note, nowMs });
  return untilMs > nowMs ? snooze(state, { by, note, nowMs, untilMs }) : { state, tell: [], decisions: [] };
}

function unchanged({ state }: Escalation): Outcome {
  return { state, tell: [], decisions: [] };
}

/** Who takes care no more. */
export interface Release {
  readonly by: string;
  readonly note: string;
}

/** Nobody takes care of it any more, or not of all that fires: the steps begin again. A snooze that is over ends by itself. */
export async function releaseCare(
  tx: Sql,
  escalation: Escalation,
  { by, note }: Release,
  options: ChangeOptions,
): Promise<Escalation> {
  const { tenant, state, careAtMs } = escalation;
  const { nowMs } = options;
  const isHeld = state.status === "acknowledged" || (state.status === "snoozed" && (state.dueAtMs ?? nowMs) > nowMs);
  const policy = isHeld ? await findPolicy(tx, tenant, state.policy) : undefined;
  const outcome = policy === undefined ? unchanged(escalation) : resume(state, { by, note, nowMs, policy });
  return keepChange(tx, escalation, { outcome, care: { careAtMs, careConfirmed: false } }, options);
}
