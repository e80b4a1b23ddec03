import { severityFromProto } from "@sightline/events/severity";
import { healthStatusOfScore } from "@sightline/model/health-status";
import { formatRfc3339 } from "@sightline/model/rfc3339";
import type { TimeRange } from "@sightline/model/time";
import { type Alert, AlertState, ListAlertsRequest } from "@sightline/proto/sightline/alert/v1/alert_service";
import { type GetFleetHealthResponse, HealthStatus } from "@sightline/proto/sightline/analysis/v1/analysis_service";
import { EventFilters, Severity } from "@sightline/proto/sightline/event/v1/event";
import {
  ListServicesRequest,
  QueryMetricsRequest,
  SearchLogsRequest,
  SeriesFunction,
} from "@sightline/proto/sightline/query/v1/query_service";
import type { Clients } from "../clients.ts";
import { headOf } from "../reports/head.ts";
import { type Asking, createAsking, type GatherOptions, momentOf } from "../sources/asking.ts";
import { countsOf } from "../sources/events.ts";
import type { HealthReport } from "./report.ts";

type Call = Asking["call"];

/** How many of each list a report shows. */
const most = { alerts: 200, anomalies: 100, worstEvents: 20 } as const;

/** The analyzer's own metric of the fleet's health. */
const fleetScoreMetric = "sightline_fleet_health_score";

/**
 * Reads everything a health report tells. Without storage there is no report; what analyzer or alerter cannot say is
 * left out and named in `missing`.
 */
export async function gatherHealthReport(options: GatherOptions): Promise<HealthReport> {
  const { clients, tenant, range } = options;
  const { call, missing, orMissing } = createAsking(options);

  const { storage } = clients;
  const [fleet, history, cpu, memory, disk, events, alerts, anomalies, services, logs] = await Promise.all([
    orMissing<GetFleetHealthResponse | undefined>(
      "systems",
      clients.analyzer.call("getFleetHealth", {}, call),
      undefined,
    ),
    metricSeries(storage, fleetScoreMetric, range, call, [{ name: "tenant", value: tenant }]),
    metricSeries(storage, "system_cpu_usage_percent", range, call),
    metricSeries(storage, "system_memory_usage_percent", range, call),
    metricSeries(storage, "system_disk_usage_percent", range, call),
    gatherEvents(storage, range, call),
    orMissing("alerts", gatherAlerts(clients.alerter, range, call), []),
    orMissing("anomalies", gatherAnomalies(clients.analyzer, range, call), []),
    gatherServices(storage, range, call),
    gatherLogs(storage, range, call),
  ]);

  const health_history = history[0]?.points ?? [];
  const score = mean(health_history.map(([, value]) => value)) ?? fleet?.fleetHealthScore ?? 0;
  return {
    ...headOf(options),
    kind: "health",
    title: "Fleet health",
    fleet_health_score: Math.round(score * 10) / 10,
    status: healthStatusOfScore(score),
    healthy_systems: fleet?.healthySystems ?? 0,
    total_systems: fleet?.totalSystems ?? 0,
    systems: systemsOf(fleet),
    health_history,
    resources: { cpu_percent: cpu, memory_percent: memory, disk_percent: disk },
    events,
    alerts,
    anomalies,
    services,
    logs,
    missing: missing.toSorted(),
  };
}

function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}

const systemStatus = {
  [HealthStatus.HEALTHY]: "healthy",
  [HealthStatus.DEGRADED]: "degraded",
  [HealthStatus.UNHEALTHY]: "unhealthy",
  [HealthStatus.UNSPECIFIED]: "unknown",
  [HealthStatus.UNRECOGNIZED]: "unknown",
} as const;

function systemsOf(fleet: GetFleetHealthResponse | undefined): HealthReport["systems"] {
  return (fleet?.targets ?? []).map(({ target, score, status, reasons, lastSeenUnixNano }) => ({
    target,
    score,
    status: systemStatus[status],
    reasons,
    last_seen: momentOf(lastSeenUnixNano),
  }));
}

async function metricSeries(
  storage: Clients["storage"],
  metric: string,
  range: TimeRange,
  call: Call,
  matchers: { name: string; value: string }[] = [],
) {
  const request = QueryMetricsRequest.fromPartial({
    metric,
    matchers,
    range,
    function: SeriesFunction.AVG_OVER_TIME,
    limit: 20,
  });
  const { series } = await storage.call("queryMetrics", request, call);
  return series.map(({ labels, timesUnixMs, values }) => ({
    name: labelText(labels),
    points: timesUnixMs.flatMap((time, at): [number, number][] => {
      const value = values[at];
      return value === undefined || !Number.isFinite(value) ? [] : [[Number(time), value]];
    }),
  }));
}

/** What tells series of one metric apart for people: the path, or the host. */
function labelText(labels: Readonly<Record<string, string>>): string {
  const host = labels["host.name"] ?? labels.host_name ?? labels.instance ?? "";
  return [host, labels.path].filter(Boolean).join(" ") || "host";
}

async function gatherEvents(
  storage: Clients["storage"],
  range: TimeRange,
  call: Call,
): Promise<HealthReport["events"]> {
  const bounds = { startTimeUnixNano: range.startUnixNano, endTimeUnixNano: range.endUnixNano };
  const worstOf = { ...bounds, severities: [Severity.ERROR, Severity.CRITICAL], limit: most.worstEvents };
  const [statistics, worst] = await Promise.all([
    storage.call("getEventStatistics", { filters: EventFilters.fromPartial(bounds), bucketSeconds: 0 }, call),
    storage.call("searchEvents", { filters: EventFilters.fromPartial(worstOf), cursor: "" }, call),
  ]);
  return {
    total: Number(statistics.totalCount),
    by_severity: countsOf(statistics.bySeverity),
    by_type: countsOf(statistics.byType),
    by_source: countsOf(statistics.bySource),
    timeline: statistics.timeline.map((bucket) => ({
      start: formatRfc3339(bucket.startUnixNano),
      by_severity: countsOf(bucket.bySeverity),
    })),
    worst: worst.events.map((event) => ({
      time: formatRfc3339(event.timeUnixNano),
      severity: severityFromProto(event.severity),
      event_type: event.eventType,
      target: event.target,
      title: event.title,
    })),
  };
}

const alertState = {
  [AlertState.PENDING]: "pending",
  [AlertState.FIRING]: "firing",
  [AlertState.ACKNOWLEDGED]: "acknowledged",
  [AlertState.RESOLVED]: "resolved",
  [AlertState.UNSPECIFIED]: "unknown",
  [AlertState.UNRECOGNIZED]: "unknown",
} as const;

async function gatherAlerts(
  alerter: Clients["alerter"],
  range: TimeRange,
  call: Call,
): Promise<HealthReport["alerts"]> {
  const states = [AlertState.FIRING, AlertState.ACKNOWLEDGED, AlertState.RESOLVED];
  const request = ListAlertsRequest.fromPartial({ ...range, states, limit: most.alerts });
  const { alerts } = await alerter.call("listAlerts", request, call);
  return alerts.map((alert: Alert) => ({
    alert_id: alert.alertId,
    rule: alert.ruleName,
    severity: severityFromProto(alert.severity),
    state: alertState[alert.state],
    summary: alert.summary,
    fired_at: momentOf(alert.firedAtUnixNano),
    resolved_at: momentOf(alert.resolvedAtUnixNano),
    acknowledged_by: alert.acknowledgedBy,
  }));
}

async function gatherAnomalies(
  analyzer: Clients["analyzer"],
  range: TimeRange,
  call: Call,
): Promise<HealthReport["anomalies"]> {
  const { anomalies } = await analyzer.call("listAnomalies", { ...range, limit: most.anomalies }, call);
  return anomalies.map(({ timeUnixNano, metric, value, confidence, evidence }) => ({
    time: formatRfc3339(timeUnixNano),
    metric,
    value,
    confidence,
    evidence,
  }));
}

async function gatherServices(
  storage: Clients["storage"],
  range: TimeRange,
  call: Call,
): Promise<HealthReport["services"]> {
  const { services } = await storage.call("listServices", ListServicesRequest.fromPartial({ range }), call);
  return services.map((service) => ({
    name: service.name,
    spans: Number(service.spanCount),
    error_spans: Number(service.errorSpanCount),
    p95_ms: Math.round(service.p95DurationNano / 1e4) / 100,
    logs: Number(service.logCount),
  }));
}

async function gatherLogs(storage: Clients["storage"], range: TimeRange, call: Call): Promise<HealthReport["logs"]> {
  const found = await storage.call("searchLogs", SearchLogsRequest.fromPartial({ range, limit: 1 }), call);
  return {
    total: Number(found.totalCount),
    errors: found.timeline.reduce((sum, bucket) => sum + Number(bucket.errorCount), 0),
  };
}
