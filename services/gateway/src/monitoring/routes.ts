import { eventToJson } from "@sightline/events/json";
import { type Clock, nanosOfMs } from "@sightline/model/time";
import { EventFilters } from "@sightline/proto/sightline/event/v1/event";
import { SearchLogsRequest, SearchTracesRequest } from "@sightline/proto/sightline/query/v1/query_service";
import { z } from "zod";
import type { Clients } from "../clients.ts";
import { eventForm } from "../json/events.ts";
import { fleetHealthForm, fleetHealthToJson } from "../json/health.ts";
import { logRecordForm, logRecordToJson } from "../json/logs.ts";
import { moment } from "../json/scalars.ts";
import { traceSummaryForm, traceSummaryToJson } from "../json/traces.ts";
import { lowestSeverityNumber } from "../rest/logs.ts";
import { count } from "../rest/parse.ts";
import { documentRoute, type Exchange, type Route, readRoute } from "../rest/route.ts";
import { checkComponents } from "./components.ts";
import { currentValues } from "./current-values.ts";
import { dashboardForm, readDashboard } from "./dashboard.ts";
import { toPrometheusText } from "./exposition.ts";
import { HOST_METRIC_NAMES, HOST_METRICS } from "./host-metrics.ts";
import { resourcesForm, resourcesToJson } from "./resources.ts";

const hours = z.coerce
  .number()
  .positive()
  .max(24 * 366)
  .default(24);
const text = { method: "get", tag: "monitoring", access: "query" } as const;

/** The monitoring API that the OpsSight platform's clients know (`/api/v1/monitoring/*`). */
export function monitoringRoutes(clients: Clients, clock: Clock): Route[] {
  const hostMetrics = ({ caller, signal }: Pick<Exchange<unknown, unknown>, "caller" | "signal">) =>
    currentValues(HOST_METRIC_NAMES, { storage: clients.storage, tenant: caller.tenant, nowMs: clock(), signal });

  const securityEvents = (sinceHours: number, tenant: string, signal: AbortSignal) => {
    const filters = EventFilters.fromPartial({
      categories: ["security"],
      startTimeUnixNano: nanosOfMs(clock() - sinceHours * 3_600_000),
      limit: 1000,
    });
    return clients.storage.call("searchEvents", { filters, cursor: "" }, { tenant, signal });
  };

  return [
    readRoute({
      ...text,
      path: "/api/v1/monitoring/dashboard",
      operation: "getMonitoringDashboard",
      summary: "Read system, application, database, security and log figures at once",
      query: z.strictObject({}),
      answer: dashboardForm,
      call: ({ caller, signal }) =>
        readDashboard({
          clients,
          nowMs: clock(),
          tenant: caller.tenant,
          signal,
          hostMetrics: () => hostMetrics({ caller, signal }),
          securityEventsOfLastDay: () => securityEvents(24, caller.tenant, signal),
        }),
    }),
    documentRoute({
      ...text,
      path: "/api/v1/monitoring/metrics",
      operation: "getMonitoringMetrics",
      summary: "Read the newest host metrics in Prometheus' text format",
      query: z.strictObject({}),
      contentTypes: ["text/plain"],
      call: async (exchange) => ({
        contentType: "text/plain; version=0.0.4; charset=utf-8",
        content: toPrometheusText(await hostMetrics(exchange), HOST_METRICS),
      }),
    }),
    readRoute({
      ...text,
      path: "/api/v1/monitoring/health/detailed",
      operation: "getDetailedHealth",
      summary: "Read the health of the fleet and of the platform's own services",
      query: z.strictObject({}),
      answer: z.object({
        status: z.enum(["healthy", "degraded"]),
        time: moment,
        components: z.record(
          z.string(),
          z.object({ status: z.enum(["up", "down"]), latencyMs: z.number(), error: z.string().optional() }),
        ),
        fleet: fleetHealthForm.nullable().describe("Null when the analyzer does not answer"),
      }),
      call: async ({ caller, signal }) => {
        const components = await checkComponents(clients, caller.tenant, signal);
        const fleet =
          components.analyzer.status === "up"
            ? fleetHealthToJson(await clients.analyzer.call("getFleetHealth", {}, { tenant: caller.tenant, signal }))
            : null;
        const allUp = Object.values(components).every((component) => component.status === "up");
        const status = allUp ? ("healthy" as const) : ("degraded" as const);
        return { status, time: new Date(clock()).toISOString(), components, fleet };
      },
    }),
    readRoute({
      ...text,
      path: "/api/v1/monitoring/logs/search",
      operation: "searchMonitoringLogs",
      summary: "Search log records of the last day by level and category",
      query: z.strictObject({ level: z.string().default(""), category: z.string().default(""), limit: count }),
      answer: z.object({ totalCount: z.number(), logs: z.array(logRecordForm) }),
      call: async ({ query, caller, signal }) => {
        const request = SearchLogsRequest.fromPartial({
          range: { startUnixNano: nanosOfMs(clock() - 86_400_000), endUnixNano: 0n },
          minSeverityNumber: lowestSeverityNumber(query.level),
          attributes: query.category === "" ? {} : { category: query.category },
          limit: query.limit,
        });
        const found = await clients.storage.call("searchLogs", request, { tenant: caller.tenant, signal });
        return { totalCount: Number(found.totalCount), logs: found.records.map(logRecordToJson) };
      },
    }),
    readRoute({
      ...text,
      path: "/api/v1/monitoring/security/events",
      operation: "getSecurityEvents",
      summary: "Read security events of the last hours",
      query: z.strictObject({ hours }),
      answer: z.object({ totalCount: z.number(), events: z.array(eventForm) }),
      call: async ({ query, caller, signal }) => {
        const found = await securityEvents(query.hours, caller.tenant, signal);
        return { totalCount: Number(found.totalCount), events: found.events.map(eventToJson) };
      },
    }),
    readRoute({
      ...text,
      path: "/api/v1/monitoring/performance/traces",
      operation: "getPerformanceTraces",
      summary: "Read the traces of the last day, of one service or all",
      query: z.strictObject({ service: z.string().default(""), limit: count }),
      answer: z.object({ traces: z.array(traceSummaryForm) }),
      call: async ({ query, caller, signal }) => {
        const request = SearchTracesRequest.fromPartial({
          range: { startUnixNano: nanosOfMs(clock() - 86_400_000), endUnixNano: 0n },
          service: query.service,
          limit: query.limit,
        });
        const found = await clients.storage.call("searchTraces", request, { tenant: caller.tenant, signal });
        return { traces: found.traces.map(traceSummaryToJson) };
      },
    }),
    readRoute({
      ...text,
      path: "/api/v1/monitoring/system/resources",
      operation: "getSystemResources",
      summary: "Read the newest host metrics",
      query: z.strictObject({}),
      answer: z.object({ time: moment, resources: resourcesForm }),
      call: async (exchange) => ({
        time: new Date(clock()).toISOString(),
        resources: resourcesToJson(await hostMetrics(exchange)),
      }),
    }),
  ];
}
