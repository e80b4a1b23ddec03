import { fingerprintOf } from "@sightline/alertmanager/fingerprint";
import { AppError, invalid } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import { isUuid } from "@sightline/model/uuid7";
import type { Pool } from "@sightline/postgres/pool";
import type { AlertDecision, ExplainAlertRequest } from "@sightline/proto/sightline/alert/v1/alertmanager_service";
import { findAlert, listChanges } from "../alerts/alert-store.ts";
import { routedLabels } from "../alerts/routed-entry.ts";
import { decisionsOf, type ToldDecision } from "../dispatch/decision-store.ts";
import { sentenceOf } from "../explain/sentence.ts";
import { compareInStory } from "../explain/story-order.ts";

/** Tells why somebody was told of an alert, or was not. */
export interface ExplainCalls {
  /** Oldest first. Throws not_found, invalid_argument. */
  explain(tenant: string, request: ExplainAlertRequest): Promise<AlertDecision[]>;
}

const DAY_MS = 24 * 3_600_000;
/** Who is told of an alert when it is over is decided after that. */
const AFTERMATH_MS = DAY_MS;
const MAX_DECISIONS = 1000;

export function createExplainCalls({ sql, clock }: { readonly sql: Pool; readonly clock: Clock }): ExplainCalls {
  async function ofRule(tenant: string, alertId: string): Promise<AlertDecision[]> {
    if (!isUuid(alertId)) throw new AppError("not_found", `cannot find alert ${JSON.stringify(alertId.slice(0, 64))}`);
    const alert = await findAlert(sql, tenant, alertId);
    const changes = await listChanges(sql, tenant, alertId);
    const startMs = (alert.pendingSince ?? alert.firedAt ?? changes[0]?.changed_at)?.getTime() ?? 0;
    const endMs = (alert.resolvedAt?.getTime() ?? clock()) + AFTERMATH_MS;
    const fingerprint = fingerprintOf(routedLabels(alert));
    const routed = await decisionsOf(sql, tenant, { fingerprint, startMs, endMs }, MAX_DECISIONS);
    // What the rules of files decide is among the decisions; what the first kind of rules does is told by its alert's steps.
    const isTold = new Set(routed.filter(({ step }) => step === "rule").map(({ atMs }) => atMs));
    const moved = changes
      .map(({ changed_at, to_state, reason, actor, note }) => ({
        atMs: changed_at.getTime(),
        step: to_state,
        reason,
        detail: actor === "rule" ? note : `${actor}${note === "" ? "" : `: ${note}`}`,
      }))
      .filter(({ atMs }) => !isTold.has(atMs));
    return [...moved, ...routed].sort(compareInStory).slice(0, MAX_DECISIONS).map(decisionMessage);
  }

  return {
    async explain(tenant, { alert, startUnixMs, endUnixMs }) {
      if (alert === undefined) throw invalid("cannot explain an alert: got none, want alert_id or fingerprint");
      if (alert.$case === "alertId") return ofRule(tenant, alert.value);
      const endMs = endUnixMs === 0n ? clock() + 1 : Number(endUnixMs);
      const startMs = startUnixMs === 0n ? endMs - DAY_MS : Number(startUnixMs);
      const period = { fingerprint: alert.value, startMs, endMs };
      return (await decisionsOf(sql, tenant, period, MAX_DECISIONS)).sort(compareInStory).map(decisionMessage);
    },
  };
}

function decisionMessage(decision: ToldDecision): AlertDecision {
  const {
    atMs,
    step,
    reason,
    detail = "",
    groupKey = "",
    receiver = "",
    integration = "",
    ids = [],
    dueAtMs = 0,
  } = decision;
  return {
    timeUnixMs: BigInt(atMs),
    step,
    reason,
    detail,
    groupKey,
    receiver,
    integration,
    ids: [...ids],
    dueUnixMs: BigInt(Math.round(dueAtMs)),
    sentence: sentenceOf(decision),
  };
}
