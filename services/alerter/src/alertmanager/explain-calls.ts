import { fingerprintOf } from "@sightline/alertmanager/fingerprint";
import { AppError, invalid } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import { isUuid } from "@sightline/model/uuid7";
import type { Pool } from "@sightline/postgres/pool";
import type { AlertDecision, ExplainAlertRequest } from "@sightline/proto/sightline/alert/v1/alertmanager_service";
import { findAlert, listChanges } from "../alerts/alert-store.ts";
import { routedLabels } from "../alerts/routed-entry.ts";
import { decisionsOf, type ToldDecision } from "../dispatch/decision-store.ts";

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
    const moved = changes.map(({ changed_at, to_state, reason, actor, note }) => ({
      ...nothingMore,
      timeUnixMs: BigInt(changed_at.getTime()),
      step: to_state,
      reason,
      detail: actor === "rule" ? note : `${actor}${note === "" ? "" : `: ${note}`}`,
    }));
    // What a rule found comes before what followed in the same millisecond.
    const all = [...moved, ...routed.map(told)];
    return all.sort((a, b) => Number(a.timeUnixMs - b.timeUnixMs)).slice(0, MAX_DECISIONS);
  }

  return {
    async explain(tenant, { alert, startUnixMs, endUnixMs }) {
      if (alert === undefined) throw invalid("cannot explain an alert: got none, want alert_id or fingerprint");
      if (alert.$case === "alertId") return ofRule(tenant, alert.value);
      const endMs = endUnixMs === 0n ? clock() + 1 : Number(endUnixMs);
      const startMs = startUnixMs === 0n ? endMs - DAY_MS : Number(startUnixMs);
      const period = { fingerprint: alert.value, startMs, endMs };
      return (await decisionsOf(sql, tenant, period, MAX_DECISIONS)).map(told);
    },
  };
}

const nothingMore = { groupKey: "", receiver: "", integration: "", ids: [], dueUnixMs: 0n };

function told({
  atMs,
  step,
  reason,
  detail,
  groupKey,
  receiver,
  integration,
  ids,
  dueAtMs,
}: ToldDecision): AlertDecision {
  return {
    timeUnixMs: BigInt(atMs),
    step,
    reason,
    detail: detail ?? "",
    groupKey: groupKey ?? "",
    receiver: receiver ?? "",
    integration: integration ?? "",
    ids: [...(ids ?? [])],
    dueUnixMs: BigInt(dueAtMs ?? 0),
  };
}
