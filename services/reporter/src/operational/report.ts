import { matchesAll } from "@sightline/alertmanager/matcher/matcher";
import { z } from "zod";
import {
  counted,
  eventCounts,
  type Head,
  listedEvent,
  listedSilence,
  moment,
  mostFrequent,
  reportHead,
  valueCount,
} from "../reports/head.ts";
import { answeredIn, type FiredAlert, firedWithin, times, timesOf } from "../sources/alerts.ts";
import { type Asking, momentOfMs } from "../sources/asking.ts";
import { listedSilenceOf, type SilenceInForce } from "../sources/silences.ts";

const objective = z.object({
  rule: z.string(),
  file: z.string(),
  query: z.string(),
  /** When the report was made. */
  state: z.enum(["firing", "pending", "quiet", "failing"]),
});

/** The operational report as a document. */
export const operationalReport = reportHead.extend({
  kind: z.literal("operational"),
  events: eventCounts,
  alerts: z.object({
    fired: z.number(),
    by_severity: z.array(valueCount),
    time_to_acknowledge: times,
    time_to_resolve: times,
    noisiest_rules: z.array(z.object({ rule: z.string(), alerts: z.number(), firing_seconds: z.number() })),
  }),
  incidents: z.object({
    opened: z.number(),
    by_severity: z.array(valueCount),
    time_to_resolve: times,
    list: z.array(
      z.object({
        number: z.number(),
        title: z.string(),
        severity: z.string(),
        state: z.string(),
        owner: z.string(),
        alerts: z.number(),
        opened_at: moment,
        resolved_at: moment.nullable(),
      }),
    ),
  }),
  /** Escalations that told somebody, by when they began; night is from 22:00 to 06:00 UTC. */
  pages: z.object({
    escalations: z.number(),
    at_night: z.number(),
    by_person: z.array(z.object({ person: z.string(), escalations: z.number(), at_night: z.number() })),
  }),
  deployments: z.object({ total: z.number(), by_target: z.array(valueCount), newest: z.array(listedEvent) }),
  /** Rules of the kind slo. */
  objectives: z.array(objective),
  silences: z.object({
    in_force: z.number(),
    /** Alerts of rules that fired while a silence matched them, each counted once. */
    hidden_alerts: z.number(),
    list: z.array(
      listedSilence.extend({
        hidden_alerts: z.number(),
        hidden_rules: z.array(valueCount),
      }),
    ),
  }),
});

export type OperationalReport = z.infer<typeof operationalReport>;

/** An incident, in milliseconds since the Unix epoch. */
export interface OpenedIncident {
  readonly number: number;
  readonly title: string;
  readonly severity: string;
  readonly state: string;
  readonly owner: string;
  readonly alerts: number;
  readonly openedMs: number;
  readonly resolvedMs: number | undefined;
}

/** An escalation that was begun, and which users it told. */
export interface BegunEscalation {
  readonly begunMs: number;
  readonly users: readonly string[];
}

export interface OperationalFacts {
  readonly head: Head;
  readonly rangeMs: Asking["rangeMs"];
  readonly nowMs: number;
  readonly events: OperationalReport["events"];
  readonly alerts: readonly FiredAlert[];
  readonly incidents: readonly OpenedIncident[];
  readonly escalations: readonly BegunEscalation[];
  readonly deployments: OperationalReport["deployments"];
  readonly objectives: OperationalReport["objectives"];
  readonly silences: readonly SilenceInForce[];
  readonly missing: readonly string[];
}

const most = { rules: 20, incidents: 200, persons: 100, silences: 200, hiddenRules: 10 } as const;

export function makeOperationalReport(facts: OperationalFacts): OperationalReport {
  const alerts = alertsOf(facts);
  const incidents = incidentsOf(facts);
  const silences = silencesOf(facts);
  return {
    ...facts.head,
    kind: "operational",
    title: "Operations",
    headline: [
      counted(alerts.fired, "alert"),
      counted(incidents.opened, "incident"),
      counted(facts.deployments.total, "deployment event"),
      `${counted(silences.hidden_alerts, "alert")} hidden by silences`,
    ].join(", "),
    events: facts.events,
    alerts,
    incidents,
    pages: pagesOf(facts.escalations),
    deployments: facts.deployments,
    objectives: [...facts.objectives],
    silences,
    missing: facts.missing.toSorted(),
  };
}

function alertsOf({ alerts, rangeMs, nowMs }: OperationalFacts): OperationalReport["alerts"] {
  const fired = firedWithin(alerts, rangeMs);
  const firingMs = new Map<string, number>();
  for (const alert of fired) {
    const end = Math.min(alert.resolvedMs ?? nowMs, rangeMs.end);
    firingMs.set(alert.rule, (firingMs.get(alert.rule) ?? 0) + Math.max(0, end - alert.firedMs));
  }
  const noisiest = mostFrequent(
    fired.map(({ rule }) => rule),
    most.rules,
  );
  return {
    fired: fired.length,
    by_severity: mostFrequent(
      fired.map(({ severity }) => severity),
      10,
    ),
    ...answeredIn(alerts, rangeMs),
    noisiest_rules: noisiest.map(({ value, count }) => ({
      rule: value,
      alerts: count,
      firing_seconds: Math.round((firingMs.get(value) ?? 0) / 1000),
    })),
  };
}

function incidentsOf({ incidents, rangeMs }: OperationalFacts): OperationalReport["incidents"] {
  const opened = incidents.filter(({ openedMs }) => openedMs >= rangeMs.start && openedMs < rangeMs.end);
  const took = opened.flatMap(({ openedMs, resolvedMs }) => (resolvedMs === undefined ? [] : [resolvedMs - openedMs]));
  return {
    opened: opened.length,
    by_severity: mostFrequent(
      opened.map(({ severity }) => severity),
      10,
    ),
    time_to_resolve: timesOf(took),
    list: opened.slice(0, most.incidents).map(({ openedMs, resolvedMs, ...incident }) => ({
      ...incident,
      opened_at: momentOfMs(openedMs),
      resolved_at: resolvedMs === undefined ? null : momentOfMs(resolvedMs),
    })),
  };
}

function isNight(unixMs: number): boolean {
  const hour = new Date(unixMs).getUTCHours();
  return hour >= 22 || hour < 6;
}

function pagesOf(escalations: readonly BegunEscalation[]): OperationalReport["pages"] {
  const told = escalations.filter(({ users }) => users.length > 0);
  const atNight = told.filter(({ begunMs }) => isNight(begunMs));
  const nights = new Map<string, number>();
  for (const user of atNight.flatMap(({ users }) => users)) nights.set(user, (nights.get(user) ?? 0) + 1);
  const persons = mostFrequent(
    told.flatMap(({ users }) => users),
    most.persons,
  );
  return {
    escalations: told.length,
    at_night: atNight.length,
    by_person: persons.map(({ value, count }) => ({
      person: value,
      escalations: count,
      at_night: nights.get(value) ?? 0,
    })),
  };
}

function silencesOf({ silences, alerts, rangeMs, nowMs }: OperationalFacts): OperationalReport["silences"] {
  const all = new Set<FiredAlert>();
  const labelled = alerts.map((alert) => {
    return { alert, labels: { ...alert.labels, alertname: alert.labels.alertname ?? alert.rule } };
  });
  const list = silences.map((silence) => {
    const start = Math.max(silence.startMs, rangeMs.start);
    const end = Math.min(silence.endMs, rangeMs.end);
    const hidden = labelled
      .filter(
        ({ alert, labels }) =>
          alert.firedMs < end && (alert.resolvedMs ?? nowMs) > start && matchesAll(silence.matchers, labels),
      )
      .map(({ alert }) => alert);
    for (const alert of hidden) all.add(alert);
    return {
      ...listedSilenceOf(silence),
      hidden_alerts: hidden.length,
      hidden_rules: mostFrequent(
        hidden.map(({ rule }) => rule),
        most.hiddenRules,
      ),
    };
  });
  return {
    in_force: list.length,
    hidden_alerts: all.size,
    list: list.toSorted((a, b) => b.hidden_alerts - a.hidden_alerts).slice(0, most.silences),
  };
}
