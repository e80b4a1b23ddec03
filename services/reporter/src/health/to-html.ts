import { lineChart, stackedBars } from "../render/chart.ts";
import { type Html, html } from "../render/html.ts";
import { figures, minute, number, section, soft, table } from "../render/page.ts";
import type { HealthReport } from "./report.ts";

const severityColors: Readonly<Record<string, string>> = {
  critical: "#c2255c",
  error: "#e03131",
  warning: "#f08c00",
  info: "#4263eb",
  debug: "#868e96",
};

/** What a page of it shows. */
export function healthSections(report: HealthReport): (Html | undefined)[] {
  const { health_history: history } = report;
  return [
    headFigures(report),
    history.length > 0 ? section("Health over time", lineChart([{ name: "score", points: history }], 100)) : undefined,
    systems(report),
    alerts(report),
    ...resources(report),
    events(report),
    anomalies(report),
    services(report),
  ];
}

function headFigures(report: HealthReport): Html {
  const firing = report.alerts.filter(({ state }) => state === "firing" || state === "acknowledged").length;
  return figures([
    { value: number(report.fleet_health_score), label: `fleet health, ${report.status}`, tone: report.status },
    { value: `${report.healthy_systems} of ${report.total_systems}`, label: "systems healthy" },
    { value: String(report.alerts.length), label: `alerts, ${firing} still active` },
    { value: number(report.events.total), label: "events" },
    { value: number(report.logs.errors), label: `error logs of ${number(report.logs.total)}` },
  ]);
}

function systems({ systems: all }: HealthReport): Html {
  if (all.length === 0) return section("Systems", soft("No system has reported yet."));
  const rows = all.map(
    ({ target, score, status, reasons }) =>
      html`<tr><td>${target}</td><td class="number ${status}">${number(score)}</td><td class="${status}">${status}</td><td>${reasons.join("; ")}</td></tr>`,
  );
  return section("Systems", table(["System", "#Score", "Status", "Why"], rows));
}

function alerts({ alerts: all }: HealthReport): Html {
  if (all.length === 0) return section("Alerts", soft("No alert fired."));
  const rows = all.map(
    (alert) =>
      html`<tr><td>${alert.rule}</td><td>${alert.severity}</td><td>${alert.state}${alert.acknowledged_by === "" ? "" : ` (${alert.acknowledged_by})`}</td><td>${minute(alert.fired_at)}</td><td>${minute(alert.resolved_at)}</td><td>${alert.summary}</td></tr>`,
  );
  return section("Alerts", table(["Rule", "Severity", "State", "Fired", "Resolved", "Summary"], rows));
}

function resources({ resources: { cpu_percent, memory_percent, disk_percent } }: HealthReport): Html[] {
  const named = [
    ["CPU, percent", cpu_percent],
    ["Memory, percent", memory_percent],
    ["Disk, percent", disk_percent],
  ] as const;
  return named.filter(([, lines]) => lines.length > 0).map(([title, lines]) => section(title, lineChart(lines, 100)));
}

function events({ events: found }: HealthReport): Html {
  const severities = Object.keys(severityColors).filter((name) =>
    found.by_severity.some(({ value }) => value === name),
  );
  const bars = severities.map((name) => ({
    name,
    color: severityColors[name] ?? "",
    points: found.timeline.map(({ start, by_severity }): [number, number] => [
      Date.parse(start),
      by_severity.find(({ value }) => value === name)?.count ?? 0,
    ]),
  }));
  const worst = found.worst.map(
    (event) =>
      html`<tr><td>${minute(event.time)}</td><td>${event.severity}</td><td>${event.event_type}</td><td>${event.target}</td><td>${event.title}</td></tr>`,
  );
  return section(
    "Events",
    bars.length > 0 ? stackedBars(bars) : soft("No event in this time."),
    worst.length > 0 ? table(["Time", "Severity", "Type", "Target", "Title"], worst) : undefined,
  );
}

function anomalies({ anomalies: all }: HealthReport): Html | undefined {
  if (all.length === 0) return undefined;
  const rows = all.map(
    (anomaly) =>
      html`<tr><td>${minute(anomaly.time)}</td><td>${anomaly.metric}</td><td class="number">${number(anomaly.value)}</td><td class="number">${Math.round(anomaly.confidence * 100)} %</td><td>${anomaly.evidence}</td></tr>`,
  );
  return section("Anomalies", table(["Time", "Metric", "#Value", "#Confidence", "Evidence"], rows));
}

function services({ services: all }: HealthReport): Html | undefined {
  if (all.length === 0) return undefined;
  const rows = all.map(
    ({ name, spans, error_spans, p95_ms, logs }) =>
      html`<tr><td>${name}</td><td class="number">${number(spans)}</td><td class="number">${number(error_spans)}</td><td class="number">${number(p95_ms)}</td><td class="number">${number(logs)}</td></tr>`,
  );
  return section("Services", table(["Service", "#Spans", "#Errors", "#p95 ms", "#Logs"], rows));
}
