import type { Html } from "../render/html.ts";
import { duration, figures, listSection, minute, number } from "../render/page.ts";
import type { OperationalReport } from "./report.ts";

/** What a page of it shows. */
export function operationalSections(report: OperationalReport): Html[] {
  return [
    figuresOf(report),
    ...alertSections(report),
    ...workSections(report),
    listSection(
      "What silences hid",
      ["Matchers", "Author", "Reason", "From", "Until", "#Alerts hidden", "Of rules"],
      report.silences.list.map((silence) => [
        silence.matchers,
        silence.author,
        silence.reason,
        minute(silence.starts_at),
        minute(silence.ends_at),
        silence.hidden_alerts,
        silence.hidden_rules.map(({ value, count }) => `${value} (${count})`).join(", "),
      ]),
      "No silence was in force.",
    ),
    listSection(
      "Events by type",
      ["Type", "#Events"],
      report.events.by_type.map(({ value, count }) => [value, count]),
      "No event.",
    ),
  ];
}

function figuresOf({ alerts, incidents, pages, silences }: OperationalReport): Html {
  return figures([
    { value: number(alerts.fired), label: "alerts" },
    { value: duration(alerts.time_to_acknowledge.mean_seconds), label: "mean time to acknowledge" },
    { value: duration(alerts.time_to_resolve.mean_seconds), label: "mean time to resolve" },
    { value: number(incidents.opened), label: "incidents" },
    { value: number(pages.escalations), label: `escalations that told somebody, ${pages.at_night} at night` },
    { value: number(silences.hidden_alerts), label: "alerts hidden by silences" },
  ]);
}

function alertSections({ alerts, incidents, pages }: OperationalReport): Html[] {
  return [
    listSection(
      "Alerts by severity",
      ["Severity", "#Alerts"],
      alerts.by_severity.map(({ value, count }) => [value, count]),
      "No alert fired.",
    ),
    listSection(
      "Noisiest rules",
      ["Rule", "#Alerts", "#Firing for"],
      alerts.noisiest_rules.map((rule) => [rule.rule, rule.alerts, duration(rule.firing_seconds)]),
      "No alert fired.",
    ),
    listSection(
      "Incidents",
      ["#No.", "Title", "Severity", "State", "Owner", "#Alerts", "Opened", "Resolved"],
      incidents.list.map((incident) => [
        incident.number,
        incident.title,
        incident.severity,
        incident.state,
        incident.owner,
        incident.alerts,
        minute(incident.opened_at),
        minute(incident.resolved_at),
      ]),
      "No incident was opened.",
    ),
    listSection(
      "Who was told by escalations (night: 22:00 to 06:00 UTC)",
      ["Person", "#Escalations", "#At night"],
      pages.by_person.map(({ person, escalations, at_night }) => [person, escalations, at_night]),
      "Nobody was told by an escalation.",
    ),
  ];
}

function workSections({ deployments, objectives }: OperationalReport): Html[] {
  return [
    listSection(
      "Events of deployments, newest first",
      ["Time", "Type", "Target", "User", "Title"],
      deployments.newest.map((event) => [minute(event.time), event.event_type, event.target, event.user, event.title]),
      "No event of the category deployment.",
    ),
    listSection(
      "Objectives, as they were when this report was made",
      ["Rule", "File", "State", "What it looks for"],
      objectives.map(({ rule, file, state, query }) => [rule, file, state, query]),
      "No rule watches an error budget.",
    ),
  ];
}
