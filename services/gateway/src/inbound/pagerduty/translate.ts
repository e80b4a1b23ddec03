import type { Severity } from "@sightline/model/severity";
import { atSeverity } from "../at-severity.ts";
import { filled } from "../fields.ts";
import { type Dropped, nothingOf, type Told, type ToldAlert, type ToldEvent } from "../told.ts";
import type { Incident, ReadPagerduty } from "./read.ts";

/** What says whether an incident is one; the others only tell of it. */
const statuses: Readonly<Record<string, ToldAlert["status"]>> = {
  "incident.triggered": "firing",
  "incident.reopened": "firing",
  "incident.resolved": "resolved",
};

/** What the two urgencies are here. */
const severities = ["critical", "warning"] as const satisfies readonly Severity[];

/** The key by which Alertmanager, and our own channel, know the incidents that they open: SHA-256 of a group. */
const groupHash = /^[0-9a-f]{64}$/;

/**
 * An incident is an alert, and whatever happens to it an event. One that an alert opened is no alert: it would open another incident, and
 * that one the next.
 */
export function translatePagerduty({ id, type, atMs, agent, incident }: ReadPagerduty): Told {
  if (incident === undefined) return nothingOf(`the event ${type}`, id);
  const status = statuses[type];
  const isOwn = groupHash.test(incident.incident_key);
  const alerts = status === undefined || isOwn ? [] : alertsOf(incident, status, atMs);
  const event: ToldEvent = {
    key: id,
    eventType: `pagerduty_${type.slice("incident.".length)}`,
    severity: status === "firing" ? severityOf(incident) : "info",
    category: "operations",
    target: incident.service,
    title: `incident ${incident.title}: ${type.slice("incident.".length)}`,
    details: filled({
      incident: incident.id,
      incident_key: incident.incident_key,
      agent,
      urgency: incident.urgency,
      priority: incident.priority,
      link: incident.html_url,
    }),
    timeMs: atMs,
  };
  const own: Dropped[] = isOwn ? [{ reason: "our_own", what: `incident ${incident.id}, which an alert opened` }] : [];
  return { deliveryId: id, alerts, events: [event], dropped: own };
}

function severityOf({ urgency }: Incident): Severity {
  return urgency === "low" ? "warning" : "critical";
}

function alertsOf(incident: Incident, status: ToldAlert["status"], atMs: number | undefined): ToldAlert[] {
  const common = filled({ alertname: "PagerDutyIncident", incident: incident.id, service: incident.service });
  const annotations = filled({
    summary: incident.title,
    priority: incident.priority,
    incident_key: incident.incident_key,
  });
  const times = { startsAtMs: incident.created_at ?? atMs, endsAtMs: atMs };
  const alert = { labels: common, annotations, ...times, link: incident.html_url };
  return atSeverity(alert, status === "firing" ? severityOf(incident) : undefined, severities);
}
