import { severityFromProto } from "@sightline/events/severity";
import { msOfNanos } from "@sightline/model/time";
import {
  EscalationStatus,
  ListEscalationsRequest,
  type ListEscalationsResponse,
} from "@sightline/proto/sightline/alert/v1/escalation_service";
import { type Incident, IncidentState } from "@sightline/proto/sightline/alert/v1/incident_service";
import { ListRuleGroupsRequest, RuleHealth, type RuleState } from "@sightline/proto/sightline/alert/v1/rule_service";
import type { Clients } from "../clients.ts";
import { headOf } from "../reports/head.ts";
import { readAlerts } from "../sources/alerts.ts";
import { type Asking, createAsking, type GatherOptions } from "../sources/asking.ts";
import { countEvents, listedEventOf, readEvents } from "../sources/events.ts";
import { readSilences } from "../sources/silences.ts";
import { type BegunEscalation, makeOperationalReport, type OpenedIncident, type OperationalReport } from "./report.ts";

const most = { incidents: 5000, escalations: 5000, deployments: 50, objectives: 200 } as const;

/** Reads everything an operational report tells. Without storage there is none; what alerter cannot say is missing. */
export async function gatherOperationalReport(options: GatherOptions): Promise<OperationalReport> {
  const { clients, range } = options;
  const asking = createAsking(options);
  const [events, alerts, incidents, escalations, deployments, objectives, silences] = await Promise.all([
    countEvents(clients.storage, range, {}, asking),
    asking.orMissing("alerts", readAlerts(clients, range, asking), []),
    asking.orMissing("incidents", readIncidents(clients, asking), []),
    asking.orMissing("pages", readEscalations(clients, asking), []),
    readDeployments(options, asking),
    asking.orMissing("objectives", readObjectives(clients, asking), []),
    asking.orMissing("silences", readSilences(clients, asking), []),
  ]);
  return makeOperationalReport({
    head: headOf(options),
    rangeMs: asking.rangeMs,
    nowMs: msOfNanos(options.nowUnixNano),
    events,
    alerts,
    incidents,
    escalations,
    deployments,
    objectives,
    silences,
    missing: asking.missing,
  });
}

const incidentState = {
  [IncidentState.OPEN]: "open",
  [IncidentState.MITIGATED]: "mitigated",
  [IncidentState.RESOLVED]: "resolved",
  [IncidentState.UNSPECIFIED]: "unknown",
  [IncidentState.UNRECOGNIZED]: "unknown",
} as const;

/** Those opened in the range, newest first. */
async function readIncidents({ incidents }: Clients, asking: Asking): Promise<OpenedIncident[]> {
  const { call, rangeMs } = asking;
  const states = [IncidentState.OPEN, IncidentState.MITIGATED, IncidentState.RESOLVED];
  const limit = 1000;
  const found: OpenedIncident[] = [];
  let before = "";
  for (let read = 0; read < most.incidents; read += limit) {
    const page = (await incidents.call("listIncidents", { states, limit, before }, call)).incidents;
    found.push(
      ...page.map(openedIncident).filter(({ openedMs }) => openedMs >= rangeMs.start && openedMs < rangeMs.end),
    );
    const last = page.at(-1);
    if (last === undefined || page.length < limit || Number(last.openedAtUnixMs) < rangeMs.start) return found;
    before = last.incidentId;
  }
  asking.cut("incidents", most.incidents);
  return found;
}

function openedIncident(incident: Incident): OpenedIncident {
  const { resolvedAtUnixMs } = incident;
  return {
    number: Number(incident.number),
    title: incident.title,
    severity: severityFromProto(incident.severity),
    state: incidentState[incident.state],
    owner: incident.owner,
    alerts: incident.alerts,
    openedMs: Number(incident.openedAtUnixMs),
    resolvedMs: resolvedAtUnixMs === undefined ? undefined : Number(resolvedAtUnixMs),
  };
}

const anyStatus = [
  EscalationStatus.RUNNING,
  EscalationStatus.ACKNOWLEDGED,
  EscalationStatus.SNOOZED,
  EscalationStatus.EXHAUSTED,
  EscalationStatus.RESOLVED,
];

/** Those begun in the range. */
async function readEscalations({ escalations }: Clients, asking: Asking): Promise<BegunEscalation[]> {
  const { call, rangeMs } = asking;
  const limit = 1000;
  const found: BegunEscalation[] = [];
  let cursor = "";
  for (let read = 0; read < most.escalations; read += limit) {
    const request = ListEscalationsRequest.fromPartial({ statuses: anyStatus, withEnded: true, limit, cursor });
    const page: ListEscalationsResponse = await escalations.call("listEscalations", request, call);
    for (const { begunAtUnixMs, told } of page.escalations) {
      const begunMs = Number(begunAtUnixMs);
      if (begunMs < rangeMs.start || begunMs >= rangeMs.end) continue;
      found.push({ begunMs, users: told.flatMap(({ kind }) => (kind?.$case === "user" ? [kind.value] : [])) });
    }
    const last = page.escalations.at(-1);
    cursor = page.next;
    if (cursor === "" || last === undefined || Number(last.begunAtUnixMs) < rangeMs.start) return found;
  }
  asking.cut("pages", most.escalations);
  return found;
}

async function readDeployments(
  { clients, range }: GatherOptions,
  asking: Asking,
): Promise<OperationalReport["deployments"]> {
  const wanted = { categories: ["deployment"] };
  const [counts, newest] = await Promise.all([
    countEvents(clients.storage, range, wanted, asking),
    readEvents(clients.storage, range, wanted, asking, most.deployments),
  ]);
  return { total: counts.total, by_target: counts.by_target, newest: newest.events.map(listedEventOf) };
}

/** The rules that watch an error budget, as they are now. */
async function readObjectives({ rules }: Clients, asking: Asking): Promise<OperationalReport["objectives"]> {
  const found: OperationalReport["objectives"] = [];
  const request = ListRuleGroupsRequest.fromPartial({ withoutAlerts: true });
  for await (const { groups } of rules.stream("listRuleGroups", request, asking.call)) {
    for (const group of groups) {
      for (const rule of group.rules) {
        if (rule.kind !== "slo") continue;
        found.push({ rule: rule.name, file: group.file, query: rule.query, state: objectiveState(rule) });
      }
    }
    if (found.length >= most.objectives) {
      asking.cut("objectives", most.objectives);
      break;
    }
  }
  return found.slice(0, most.objectives);
}

function objectiveState({ health, firing, pending }: RuleState): OperationalReport["objectives"][number]["state"] {
  if (health === RuleHealth.ERROR) return "failing";
  if (firing) return "firing";
  return pending ? "pending" : "quiet";
}
