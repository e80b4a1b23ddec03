import { severityFromProto } from "@sightline/events/severity";
import {
  type Incident,
  type IncidentAlert,
  type IncidentEntry,
  IncidentState,
} from "@sightline/proto/sightline/alert/v1/incident_service";
import { z } from "zod";
import { enumWords, labels, moment, momentOrNull, severityName } from "./scalars.ts";

export const incidentStates = enumWords(
  ["open", "mitigated", "resolved"],
  [IncidentState.OPEN, IncidentState.MITIGATED, IncidentState.RESOLVED],
);

export const incidentForm = z.object({
  incidentId: z.string(),
  number: z.number().describe("By which people call it; paths take it in place of the id"),
  title: z.string(),
  owner: z.string().describe("Empty for nobody"),
  state: incidentStates.schema,
  severity: severityName.describe("The worst of its alerts"),
  opened: moment,
  quietSince: momentOrNull.describe("Since when none of its alerts fires"),
  resolved: momentOrNull,
  resolvedBy: z.string().describe("Empty where it was over by itself"),
  mergedInto: z.string().describe("The id of the incident that its alerts are part of now; empty for none"),
  alerts: z.number(),
  firing: z.number(),
  services: z.array(z.string()),
});

export const incidentAlertForm = z.object({
  fingerprint: z.string(),
  labels,
  summary: z.string(),
  severity: severityName,
  starts: moment,
  ended: momentOrNull,
  joined: moment,
  reason: z.string().describe("Why it is part of the incident"),
});

export const incidentEntryForm = z.object({
  time: moment,
  kind: z.string(),
  actor: z.string(),
  text: z.string(),
  fingerprint: z.string().describe("Of the alert that it is about; empty for none"),
  eventId: z.string().describe("Of the event that it is; empty for none"),
});

const optional = (unixMs: bigint | undefined) => (unixMs === undefined ? null : timeOf(unixMs));

function timeOf(unixMs: bigint): string {
  return new Date(Number(unixMs)).toISOString();
}

export function incidentToJson(incident: Incident): z.infer<typeof incidentForm> {
  return {
    incidentId: incident.incidentId,
    number: Number(incident.number),
    title: incident.title,
    owner: incident.owner,
    state: incidentStates.toWord(incident.state) ?? "open",
    severity: severityFromProto(incident.severity),
    opened: timeOf(incident.openedAtUnixMs),
    quietSince: optional(incident.quietSinceUnixMs),
    resolved: optional(incident.resolvedAtUnixMs),
    resolvedBy: incident.resolvedBy,
    mergedInto: incident.mergedInto,
    alerts: incident.alerts,
    firing: incident.firing,
    services: incident.services,
  };
}

export function incidentAlertToJson(alert: IncidentAlert): z.infer<typeof incidentAlertForm> {
  return {
    fingerprint: alert.fingerprint,
    labels: alert.labels,
    summary: alert.summary,
    severity: severityFromProto(alert.severity),
    starts: timeOf(alert.startsAtUnixMs),
    ended: optional(alert.endedAtUnixMs),
    joined: timeOf(alert.joinedAtUnixMs),
    reason: alert.reason,
  };
}

export function incidentEntryToJson({ timeUnixMs, ...entry }: IncidentEntry): z.infer<typeof incidentEntryForm> {
  return { ...entry, time: timeOf(timeUnixMs) };
}
