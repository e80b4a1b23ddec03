import type { Clock } from "@sightline/model/time";
import type { Seal } from "@sightline/postgres/seal";
import type { Clients } from "./clients.ts";
import { monitoringRoutes } from "./monitoring/routes.ts";
import { alertActionRoutes } from "./rest/alert-actions.ts";
import { alertExplainRoutes } from "./rest/alert-explain.ts";
import { alertGroupRoutes } from "./rest/alert-groups.ts";
import { alertRoutingRoutes } from "./rest/alert-routing.ts";
import { alertRoutes } from "./rest/alerts.ts";
import { backtestRoutes } from "./rest/backtests.ts";
import { deadLetterRoutes } from "./rest/dead-letters.ts";
import { escalationRoutes } from "./rest/escalation.ts";
import { escalationStateRoutes } from "./rest/escalations.ts";
import { eventRoutes } from "./rest/events.ts";
import { healthRoutes } from "./rest/health.ts";
import { inboundSourceRoutes } from "./rest/inbound-sources.ts";
import { incidentRoutes } from "./rest/incidents.ts";
import { type KeyRouteOptions, keyRoutes } from "./rest/keys.ts";
import { limitRoutes } from "./rest/limits.ts";
import { logRoutes } from "./rest/logs.ts";
import { maintenanceRoutes } from "./rest/maintenance.ts";
import { metricRoutes } from "./rest/metrics.ts";
import { oncallRoutes } from "./rest/oncall.ts";
import { feedRoutes } from "./rest/oncall-feeds.ts";
import { reportRoutes } from "./rest/reports.ts";
import { retentionRoutes } from "./rest/retention.ts";
import type { Route } from "./rest/route.ts";
import { ruleFileRoutes } from "./rest/rule-files.ts";
import { ruleGroupRoutes } from "./rest/rule-groups.ts";
import { ruleTrialRoutes } from "./rest/rule-trials.ts";
import { channelRoutes, ruleRoutes } from "./rest/rules.ts";
import { type SessionRouteOptions, sessionRoutes } from "./rest/session.ts";
import { silenceRoutes } from "./rest/silences.ts";
import { targetRoutes } from "./rest/targets.ts";
import { type TenantRouteOptions, tenantRoutes } from "./rest/tenants.ts";
import { traceRoutes } from "./rest/traces.ts";
import { sqlRoutes } from "./sql/routes.ts";

export interface RouteOptions {
  readonly clients: Clients;
  readonly clock: Clock;
  readonly sessions: SessionRouteOptions;
  readonly keys: KeyRouteOptions & TenantRouteOptions;
  readonly seal: Seal;
}

/** Every route of the REST interface. A new resource is one more file and one more line. */
export function createRoutes({ clients, clock, sessions, keys, seal }: RouteOptions): Route[] {
  return [
    ...sessionRoutes(sessions),
    ...eventRoutes(clients.storage, clock),
    ...logRoutes(clients.storage, clock),
    ...traceRoutes(clients.storage, clock),
    ...metricRoutes(clients.storage, clock),
    ...sqlRoutes(clients.sql),
    ...healthRoutes(clients.analyzer, clients.storage, clock),
    ...alertRoutes(clients.alerter, clock),
    ...alertGroupRoutes(clients.alertGroups),
    ...alertActionRoutes(clients.alertActions, clock),
    ...alertRoutingRoutes(clients.alertmanager),
    ...silenceRoutes(clients.alertmanager, clock),
    ...maintenanceRoutes(clients.maintenance, clock),
    ...alertExplainRoutes(clients.alertmanager, clock),
    ...ruleRoutes(clients.alerter),
    ...ruleFileRoutes(clients.rules),
    ...ruleGroupRoutes(clients.rules),
    ...ruleTrialRoutes(clients.ruleTrials, clock),
    ...backtestRoutes(clients.backtests),
    ...channelRoutes(clients.alerter),
    ...oncallRoutes(clients.oncall, clock),
    ...escalationRoutes(clients.oncall, clock),
    ...escalationStateRoutes(clients.escalations, clock),
    ...feedRoutes({ oncall: clients.oncall, sql: keys.sql, clock }),
    ...incidentRoutes(clients.incidents),
    ...inboundSourceRoutes({ sql: keys.sql, seal, clock }),
    ...targetRoutes(clients.collector),
    ...reportRoutes(clients.reporter, clock),
    ...keyRoutes(keys),
    ...tenantRoutes(keys),
    ...limitRoutes(keys.sql),
    ...deadLetterRoutes(clients.deadLetters),
    ...retentionRoutes(clients.retention),
    ...monitoringRoutes(clients, clock),
  ];
}
