import { AppError, unavailable } from "@sightline/errors/app-error";
import { ListAlertsRequest } from "@sightline/proto/sightline/alert/v1/alert_service";
import type { SearchEventsResponse } from "@sightline/proto/sightline/query/v1/query_service";
import { ListServicesRequest, SearchLogsRequest } from "@sightline/proto/sightline/query/v1/query_service";
import { z } from "zod";
import type { Clients } from "../clients.ts";
import { fleetHealthForm, fleetHealthToJson } from "../json/health.ts";
import { moment } from "../json/scalars.ts";
import { serviceForm, serviceToJson, tableForm, tableToJson } from "../json/storage.ts";
import type { CurrentValue } from "./current-values.ts";
import { resourcesForm, resourcesToJson } from "./resources.ts";

/** What the monitoring API's dashboard answers. */
export const dashboardForm = z.object({
  time: moment,
  health: fleetHealthForm.nullable(),
  system: resourcesForm.nullable(),
  application: z.object({ services: z.array(serviceForm) }).nullable(),
  database: z.object({ tables: z.array(tableForm) }).nullable(),
  security: z.object({ eventsLastDay: z.number() }).nullable(),
  logs: z.object({ recordsLastHour: z.number(), errorsLastHour: z.number() }).nullable(),
  alerts: z.object({ totalActiveAlerts: z.number() }).nullable(),
  missing: z.record(z.string(), z.string()).describe("Why parts are null, by their names: what they are of is away"),
});
type Dashboard = z.infer<typeof dashboardForm>;

export interface DashboardOptions {
  readonly clients: Pick<Clients, "storage" | "analyzer" | "alerter">;
  readonly nowMs: number;
  readonly tenant: string;
  readonly signal: AbortSignal;
  hostMetrics(): Promise<ReadonlyMap<string, readonly CurrentValue[]>>;
  securityEventsOfLastDay(): Promise<SearchEventsResponse>;
}

/**
 * Reads all parts at once. One whose service is away, or does not answer in time, is left out and told of.
 *
 * @throws AppError `unavailable` when all are away; any other error of a part as it is
 */
export async function readDashboard(options: DashboardOptions): Promise<Dashboard> {
  const { clients, nowMs, tenant, signal } = options;
  const call = { tenant, signal };
  const missing: Record<string, string> = {};
  const unlessAway = async <T>(part: keyof Dashboard, reading: Promise<T>): Promise<T | null> => {
    try {
      return await reading;
    } catch (thrown) {
      const error = AppError.from(thrown);
      if (!error.retryable) throw error;
      missing[part] = error.message;
      return null;
    }
  };
  const [health, system, services, tables, security, logs, alerts] = await Promise.all([
    unlessAway("health", clients.analyzer.call("getFleetHealth", {}, call)),
    unlessAway("system", options.hostMetrics()),
    unlessAway("application", clients.storage.call("listServices", ListServicesRequest.create(), call)),
    unlessAway("database", clients.storage.call("getStorageStatistics", {}, call)),
    unlessAway("security", options.securityEventsOfLastDay()),
    unlessAway("logs", clients.storage.call("searchLogs", SearchLogsRequest.fromPartial({ limit: 1 }), call)),
    unlessAway("alerts", clients.alerter.call("listAlerts", ListAlertsRequest.fromPartial({ limit: 1 }), call)),
  ]);
  if ([health, system, services, tables, security, logs, alerts].every((part) => part === null)) {
    throw unavailable(`cannot read the dashboard: ${missing["application"]}`);
  }
  return {
    time: new Date(nowMs).toISOString(),
    health: health && fleetHealthToJson(health),
    system: system && resourcesToJson(system),
    application: services && { services: services.services.map(serviceToJson) },
    database: tables && { tables: tables.tables.map(tableToJson) },
    security: security && { eventsLastDay: Number(security.totalCount) },
    logs: logs && {
      recordsLastHour: Number(logs.totalCount),
      errorsLastHour: logs.timeline.reduce((sum, bucket) => sum + Number(bucket.errorCount), 0),
    },
    alerts: alerts && { totalActiveAlerts: alerts.totalActiveAlerts },
    missing,
  };
}
