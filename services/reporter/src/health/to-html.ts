import { readFileSync } from "node:fs";
import { lineChart, stackedBars } from "../render/chart.ts";
import { type Html, html, trusted } from "../render/html.ts";
import type { HealthReport } from "./report.ts";

const style = readFileSync(new URL("../render/style.css", import.meta.url), "utf8");

const severityColors: Readonly<Record<string, string>> = {
  critical: "#c2255c",
  error: "#e03131",
  warning: "#f08c00",
  info: "#4263eb",
  debug: "#868e96",
};

/** The report as one HTML file that needs nothing else: no script, and nothing from elsewhere. */
export function healthReportToHtml(report: HealthReport): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${report.title}, ${day(report.time_range.start)} to ${day(report.time_range.end)}</title>
<style>${trusted(style)}</style>
</head>
<body>
<main>
<header>
<h1>${report.title}</h1>
<p>${minute(report.time_range.start)} to ${minute(report.time_range.end)} UTC · tenant ${report.tenant} · made ${minute(report.generated_at)} UTC</p>
</header>
${missing(report)}
${figures(report)}
${report.health_history.length > 0 ? section("Health over time", lineChart([{ name: "score", points: report.health_history }], 100)) : undefined}
${systems(report)}
${alerts(report)}
${resources(report)}
${events(report)}
${anomalies(report)}
${services(report)}
</main>
</body>
</html>
`;
  return page.html;
}

function section(title: string, ...content: readonly (Html | undefined)[]): Html {
  return html`<section><h2>${title}</h2>${content}</section>`;
}

function missing({ missing: parts }: HealthReport): Html | undefined {
  if (parts.length === 0) return undefined;
  return html`<div class="missing"><strong>This report is not complete.</strong> ${parts.map((part) => html`<div>${part}</div>`)}</div>`;
}

function figures(report: HealthReport): Html {
  const firing = report.alerts.filter(({ state }) => state === "firing" || state === "acknowledged").length;
  const figure = (value: string, label: string, tone = "") =>
    html`<div class="figure"><b class="${tone}">${value}</b><span>${label}</span></div>`;
  return html`<div class="figures">
${figure(number(report.fleet_health_score), `fleet health, ${report.status}`, report.status)}
${figure(`${report.healthy_systems} of ${report.total_systems}`, "systems healthy")}
${figure(String(report.alerts.length), `alerts, ${firing} still active`)}
${figure(number(report.events.total), "events")}
${figure(number(report.logs.errors), `error logs of ${number(report.logs.total)}`)}
</div>`;
}

function systems({ systems: all }: HealthReport): Html {
  if (all.length === 0) return section("Systems", html`<p class="soft">No system has reported yet.</p>`);
  const rows = all.map(
    ({ target, score, status, reasons }) =>
      html`<tr><td>${target}</td><td class="number ${status}">${number(score)}</td><td class="${status}">${status}</td><td>${reasons.join("; ")}</td></tr>`,
  );
  return section("Systems", table(["System", "#Score", "Status", "Why"], rows));
}

function alerts({ alerts: all }: HealthReport): Html {
  if (all.length === 0) return section("Alerts", html`<p class="soft">No alert fired.</p>`);
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
    bars.length > 0 ? stackedBars(bars) : html`<p class="soft">No event in this time.</p>`,
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

/** @param columns a name that begins with # is of a column of numbers */
function table(columns: readonly string[], rows: readonly Html[]): Html {
  const heads = columns.map((name) =>
    name.startsWith("#") ? html`<th class="number">${name.slice(1)}</th>` : html`<th>${name}</th>`,
  );
  return html`<div class="wide"><table><thead><tr>${heads}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

function number(value: number): string {
  return value.toLocaleString("en", { maximumFractionDigits: 1 });
}

function day(moment: string): string {
  return moment.slice(0, 10);
}

function minute(moment: string | null): string {
  return moment === null ? "" : moment.slice(0, 16).replace("T", " ");
}
