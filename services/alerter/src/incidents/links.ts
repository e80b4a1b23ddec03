import { type Facts, factsOf, isSamePlace } from "./facts.ts";
import type { Incident, Member } from "./incident.ts";
import type { Topology } from "./topology.ts";

/** Why an alert belongs to an incident. */
export interface Link {
  readonly incidentId: string;
  /** In words. */
  readonly reason: string;
}

/**
 * How far apart two alerts may begin, or one after the other's end, to have to do with each other; the more telling what they have in common,
 * the longer. Milliseconds.
 */
export const NEAR_MS = {
  trace: 24 * 3_600_000,
  service: 6 * 3_600_000,
  neighbour: 30 * 60_000,
  host: 3_600_000,
  alertname: 5 * 60_000,
} as const;
type LinkKind = keyof typeof NEAR_MS;

/** What is asked about an alert that fires. */
export interface Question {
  readonly facts: Facts;
  readonly startsAtMs: number;
  readonly topology: Topology;
}

interface Known {
  readonly incidentId: string;
  readonly member: Member;
  readonly facts: Facts;
}

/** Which incidents the alerts of are near to another alert, found by what they have in common. */
export interface Links {
  add(incident: Pick<Incident, "incidentId">, member: Member): void;
  /** Knows an incident's alerts no more. */
  forget(incident: Pick<Incident, "incidentId" | "members">): void;
  /** The incident that an alert belongs to, most telling reason first; undefined for none. Of several the one that comes first in `order`. */
  find(question: Question, order: (incidentId: string) => number | undefined): Link | undefined;
}

/** Of each key and incident so many alerts are remembered, the newest: those that began before are farther away. */
const maxOfKey = 8;

/** Knows no alerts at first. */
export function createLinks(): Links {
  const byKey = new Map<string, Map<string, Known[]>>();

  function add({ incidentId }: Pick<Incident, "incidentId">, member: Member): void {
    const facts = { ...factsOf(member.labels), traceIds: member.traceIds };
    for (const key of keysOf(facts)) {
      const incidents = byKey.get(key) ?? new Map<string, Known[]>();
      byKey.set(key, incidents);
      const others = (incidents.get(incidentId) ?? []).filter(
        (known) => known.member.fingerprint !== member.fingerprint,
      );
      const all = [...others, { incidentId, member, facts }].sort((a, b) => byStart(a.member, b.member));
      incidents.set(incidentId, all.slice(-maxOfKey));
    }
  }

  function forget({ incidentId, members }: Pick<Incident, "incidentId" | "members">): void {
    for (const member of members.values()) {
      for (const key of keysOf({ ...factsOf(member.labels), traceIds: member.traceIds })) {
        const incidents = byKey.get(key);
        incidents?.delete(incidentId);
        if (incidents?.size === 0) byKey.delete(key);
      }
    }
  }

  /** The nearest alert under a key of the incident that comes first. */
  function nearest(key: string, { facts, startsAtMs }: Question, search: Search): Known | undefined {
    let best: { readonly known: Known; readonly order: number } | undefined;
    for (const [incidentId, all] of byKey.get(key) ?? []) {
      const order = search.order(incidentId);
      if (order === undefined || (best !== undefined && order >= best.order)) continue;
      const near = all.filter(
        ({ member, facts: own }) =>
          apartMs(member, startsAtMs) <= NEAR_MS[search.kind] && (search.kind === "trace" || isSamePlace(facts, own)),
      );
      const known = near.reduce<Known | undefined>(
        (least, one) =>
          least === undefined || apartMs(one.member, startsAtMs) < apartMs(least.member, startsAtMs) ? one : least,
        undefined,
      );
      if (known !== undefined) best = { known, order };
    }
    return best?.known;
  }

  return {
    add,
    forget,
    find(question, order) {
      for (const { kind, key, reason } of waysOf(question)) {
        const known = nearest(key, question, { kind, order });
        if (known !== undefined) return { incidentId: known.incidentId, reason: reason(known.member) };
      }
      return undefined;
    },
  };
}

/** Whoever remembers more alerts, or was begun anew, has the same newest ones. */
function byStart(a: Member, b: Member): number {
  return a.startsAtMs - b.startsAtMs || (a.fingerprint < b.fingerprint ? -1 : 1);
}

interface Search {
  readonly kind: LinkKind;
  readonly order: (incidentId: string) => number | undefined;
}

function apartMs({ startsAtMs, endedAtMs }: Member, atMs: number): number {
  const fromStart = Math.abs(atMs - startsAtMs);
  return endedAtMs === undefined ? fromStart : Math.min(fromStart, Math.abs(atMs - endedAtMs));
}

interface Way {
  readonly kind: LinkKind;
  readonly key: string;
  readonly reason: (member: Member) => string;
}

/** All that an alert may have in common with others, the most telling first. */
function* waysOf({ facts: { traceIds, service, host, alertname }, topology }: Question): Generator<Way> {
  for (const traceId of traceIds)
    yield { kind: "trace", key: `trace ${traceId}`, reason: () => `same trace ${traceId}` };
  if (service !== "") {
    const key = (name: string) => `service ${name}`;
    yield { kind: "service", key: key(service), reason: () => `same service ${service}` };
    for (const called of topology.calls(service)) {
      yield { kind: "neighbour", key: key(called), reason: (member) => `calls ${called}, which ${alerting(member)}` };
    }
    for (const caller of topology.calledBy(service)) {
      yield {
        kind: "neighbour",
        key: key(caller),
        reason: (member) => `is called by ${caller}, which ${alerting(member)}`,
      };
    }
  }
  if (host !== "") yield { kind: "host", key: `host ${host}`, reason: () => `same host ${host}` };
  if (alertname !== "") {
    const within = `within ${NEAR_MS.alertname / 60_000} minutes`;
    yield { kind: "alertname", key: `name ${alertname}`, reason: () => `same alert ${alertname} ${within}` };
  }
}

function alerting({ startsAtMs, endedAtMs }: Member): string {
  return endedAtMs === undefined
    ? `alerts since ${timeText(startsAtMs)}`
    : `alerted from ${timeText(startsAtMs)} to ${timeText(endedAtMs)}`;
}

/** Hours and minutes, UTC. */
function timeText(unixMs: number): string {
  return new Date(unixMs).toISOString().slice(11, 16);
}

function keysOf({ traceIds, service, host, alertname }: Facts): string[] {
  return [
    ...traceIds.map((traceId) => `trace ${traceId}`),
    ...(service === "" ? [] : [`service ${service}`]),
    ...(host === "" ? [] : [`host ${host}`]),
    ...(alertname === "" ? [] : [`name ${alertname}`]),
  ];
}
