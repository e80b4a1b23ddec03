import { severityToProto } from "@sightline/events/severity";
import { severityOfRank } from "@sightline/model/severity";
import {
  type Incident,
  type IncidentAlert,
  type IncidentEntry,
  IncidentState as ProtoState,
} from "@sightline/proto/sightline/alert/v1/incident_service";
import type { IncidentState, Member } from "./incident.ts";
import type { ListedEntry, ListedIncident } from "./incident-store.ts";

const toProto = {
  open: ProtoState.OPEN,
  mitigated: ProtoState.MITIGATED,
  resolved: ProtoState.RESOLVED,
} as const satisfies Record<IncidentState, ProtoState>;

/** The state of a protobuf number; undefined for one that is not known. */
export function stateOfProto(number: ProtoState): IncidentState | undefined {
  if (number === ProtoState.OPEN) return "open";
  if (number === ProtoState.MITIGATED) return "mitigated";
  return number === ProtoState.RESOLVED ? "resolved" : undefined;
}

const time = (ms: number | undefined) => (ms === undefined ? undefined : BigInt(Math.round(ms)));

export function incidentMessage(incident: ListedIncident): Incident {
  return {
    incidentId: incident.incidentId,
    number: BigInt(incident.number),
    title: incident.title,
    owner: incident.owner,
    state: toProto[incident.state],
    severity: severityToProto(severityOfRank(incident.severityRank)),
    openedAtUnixMs: BigInt(Math.round(incident.openedAtMs)),
    quietSinceUnixMs: time(incident.quietSinceMs),
    resolvedAtUnixMs: time(incident.resolvedAtMs),
    resolvedBy: incident.resolvedBy,
    mergedInto: incident.mergedInto,
    alerts: incident.alerts,
    firing: incident.firing,
    services: [...incident.services],
  };
}

export function alertMessage(member: Member): IncidentAlert {
  return {
    fingerprint: member.fingerprint,
    labels: member.labels,
    summary: member.summary,
    severity: severityToProto(member.severity),
    startsAtUnixMs: BigInt(Math.round(member.startsAtMs)),
    endedAtUnixMs: time(member.endedAtMs),
    joinedAtUnixMs: BigInt(Math.round(member.joinedAtMs)),
    reason: member.reason,
  };
}

export function entryMessage({ atMs, kind, actor, text, fingerprint }: ListedEntry): IncidentEntry {
  return { timeUnixMs: BigInt(Math.round(atMs)), kind, actor, text, fingerprint, eventId: "" };
}
