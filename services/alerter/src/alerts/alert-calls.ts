import { AppError, invalid } from "@sightline/errors/app-error";
import { type Clock, msOfNanos, nanosOfMs } from "@sightline/model/time";
import { isUuid } from "@sightline/model/uuid7";
import type { Pool } from "@sightline/postgres/pool";
import type {
  GetAlertResponse,
  ListAlertsRequest,
  ListAlertsResponse,
} from "@sightline/proto/sightline/alert/v1/alert_service";
import { careOfAlerts } from "../actions/care-store.ts";
import type { OpenState } from "../evaluate/decide.ts";
import { alertToMessage, stateFromProto, stateToProto } from "./alert.ts";
import { type AlertQuery, countActiveAlerts, findAlert, listAlerts, listAttempts, listChanges } from "./alert-store.ts";

export interface AlertCallsOptions {
  readonly sql: Pool;
  readonly clock: Clock;
}

/** What people ask about alerts. Everything is of the given tenant. */
export interface AlertCalls {
  list(tenant: string, request: ListAlertsRequest): Promise<ListAlertsResponse>;
  get(tenant: string, alertId: string): Promise<GetAlertResponse>;
}

const openStates: readonly OpenState[] = ["pending", "firing", "acknowledged"];
const maxLimit = 1000;
const defaultLimit = 100;

export function createAlertCalls({ sql, clock }: AlertCallsOptions): AlertCalls {
  return {
    async list(tenant, request) {
      const [alerts, totalActiveAlerts] = await Promise.all([
        listAlerts(sql, tenant, queryOf(request, clock())),
        countActiveAlerts(sql, tenant),
      ]);
      const careOf = await careOfAlerts(sql, tenant, alerts, clock());
      return { alerts: alerts.map((alert) => alertToMessage(alert, careOf(alert))), totalActiveAlerts };
    },
    get: (tenant, alertId) => getAlert(sql, tenant, wantId(alertId), clock()),
  };
}

async function getAlert(sql: Pool, tenant: string, alertId: string, nowMs: number): Promise<GetAlertResponse> {
  const alert = await findAlert(sql, tenant, alertId);
  const [changes, attempts, careOf] = await Promise.all([
    listChanges(sql, tenant, alertId),
    listAttempts(sql, tenant, alertId),
    careOfAlerts(sql, tenant, [alert], nowMs),
  ]);
  return {
    alert: alertToMessage(alert, careOf(alert)),
    history: changes.map((change) => ({
      timeUnixNano: nanosOfMs(change.changed_at.getTime()),
      fromState: stateToProto(change.from_state),
      toState: stateToProto(change.to_state),
      actor: change.actor,
      note: change.note,
    })),
    notifications: attempts.map(({ attempted_at, channel, status, attempt, delivered, outcome }) => ({
      timeUnixNano: nanosOfMs(attempted_at.getTime()),
      channel,
      status,
      attempt,
      delivered,
      outcome,
    })),
  };
}

function wantId(alertId: string): string {
  if (isUuid(alertId)) return alertId;
  throw new AppError("not_found", `cannot find alert ${JSON.stringify(alertId.slice(0, 64))}: it is no alert's id`);
}

function queryOf(request: ListAlertsRequest, nowMs: number): AlertQuery {
  const { startUnixNano, endUnixNano } = request;
  if (request.limit > maxLimit) throw invalid(`cannot list alerts: limit: got ${request.limit}, want 1 to ${maxLimit}`);
  const states = request.states.map((number) => {
    const state = stateFromProto(number);
    if (state === undefined)
      throw invalid(`cannot list alerts: states: got ${number}, want 1 (pending) to 4 (resolved)`);
    return state;
  });
  return {
    states: states.length === 0 ? openStates : states,
    range:
      startUnixNano === 0n && endUnixNano === 0n
        ? undefined
        : { startMs: msOfNanos(startUnixNano), endMs: endUnixNano === 0n ? nowMs : msOfNanos(endUnixNano) },
    limit: request.limit || defaultLimit,
    ruleIds: request.ruleIds,
  };
}
