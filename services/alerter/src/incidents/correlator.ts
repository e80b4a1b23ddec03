import type { Labels } from "@sightline/alertmanager/notification";
import type { Severity } from "@sightline/model/severity";
import { factsOf, whereOf } from "./facts.ts";
import {
  cut,
  type Entry,
  type EntryKind,
  firingOf,
  type Incident,
  type IncidentChanges,
  type Member,
  titleOf,
} from "./incident.ts";
import { createLinks } from "./links.ts";
import type { Topology } from "./topology.ts";

/** An alert that begins to fire, or fires again. */
export interface FiringAlert {
  readonly fingerprint: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly severity: Severity;
  readonly startsAtMs: number;
}

export interface CorrelatorOptions {
  /** Incidents that are not over, and what is known of them. */
  readonly incidents: readonly Incident[];
  /** The number of the newest incident. */
  readonly lastNumber: number;
  readonly newId: () => string;
  /** An incident is over when none of its alerts has fired for so long. */
  readonly quietMs: number;
  /** Incidents that are not over, at a time; what would open another one is not part of any. */
  readonly maxOpen: number;
  /** Alerts of one incident; what would join it opens another one. */
  readonly maxMembers: number;
}

/** What somebody did about an alert. */
export interface Care {
  readonly user: string;
  readonly text: string;
  /** They see to it from now on. */
  readonly takes: boolean;
}

/** What was not made part of any incident, and why. */
export type LeftOut = "not_bad_enough" | "too_many_incidents";

/**
 * Makes incidents of alerts, as they are told in order. It knows no clock and asks nobody: the same alerts at the same times make the same
 * incidents, whoever tells them and however often it is begun anew from what was written.
 *
 * | state     | alert fires | last alert ends | quiet for `quietMs` |
 * | --------- | ----------- | --------------- | ------------------- |
 * | open      | joins       | mitigated       |                     |
 * | mitigated | open again  |                 | resolved            |
 * | resolved  | another one |                 |                     |
 */
export interface Correlator {
  /** Undefined where it is part of an incident now. */
  fires(alert: FiringAlert, atMs: number, topology: Topology): LeftOut | undefined;
  ended(fingerprint: string, atMs: number, reason: string): void;
  cared(fingerprints: readonly string[], care: Care, atMs: number): void;
  notified(fingerprints: readonly string[], receiver: string, atMs: number): void;
  /** What follows while nobody takes care, in words. */
  escalated(fingerprints: readonly string[], text: string, atMs: number): void;
  /** Ends what has been quiet for long enough. */
  advance(nowMs: number): void;
  /** When it has to be advanced next, if nothing happens before. */
  nextDueMs(): number | undefined;
  /** What changed since it was asked last. */
  changes(): IncidentChanges;
}

/** Severities that open no incident: they join one, or are news. */
const newsOnly: ReadonlySet<Severity> = new Set(["debug", "info"]);

export function createCorrelator(options: CorrelatorOptions): Correlator {
  const { newId, quietMs, maxOpen, maxMembers } = options;
  // Members are added to maps of our own: copying one for each of a thousand alerts would be most of the work.
  const membersOf = new Map(options.incidents.map(({ incidentId, members }) => [incidentId, new Map(members)]));
  const open = new Map<string, Incident>(
    options.incidents.map((incident) => {
      return [incident.incidentId, { ...incident, members: membersOf.get(incident.incidentId) ?? new Map() }];
    }),
  );
  const incidentOf = new Map<string, string>();
  const links = createLinks();
  let { lastNumber } = options;
  for (const incident of open.values()) for (const member of incident.members.values()) know(incident, member);
  let touched = new Set<string>();
  let changed = new Map<string, { readonly incidentId: string; readonly member: Member }>();
  let entries: Entry[] = [];
  /** What is over by now, and still to be written. */
  let over: Incident[] = [];

  function know(incident: Incident, member: Member): void {
    incidentOf.set(member.fingerprint, incident.incidentId);
    links.add(incident, member);
  }

  function tell(incident: Incident, atMs: number, entry: Partial<Entry> & { kind: EntryKind; text: string }): void {
    entries.push({ actor: "", fingerprint: "", ...entry, incidentId: incident.incidentId, atMs });
  }

  function put(incident: Incident): void {
    open.set(incident.incidentId, incident);
    touched.add(incident.incidentId);
  }

  function putMember(incident: Incident, member: Member): Incident {
    const { incidentId } = incident;
    const members = membersOf.get(incidentId) ?? new Map<string, Member>();
    membersOf.set(incidentId, members.set(member.fingerprint, member));
    const next = { ...incident, members };
    put(next);
    know(next, member);
    changed.set(`${incidentId} ${member.fingerprint}`, { incidentId, member });
    return next;
  }

  /** Earlier ones first; nothing joins one that is full or over. */
  function orderOf(incidentId: string): number | undefined {
    const incident = open.get(incidentId);
    return incident === undefined || incident.members.size >= maxMembers ? undefined : incident.openedAtMs;
  }

  function known(fingerprint: string): { readonly incident: Incident; readonly member: Member } | undefined {
    const incident = open.get(incidentOf.get(fingerprint) ?? "");
    const member = incident?.members.get(fingerprint);
    return incident === undefined || member === undefined ? undefined : { incident, member };
  }

  /** The incidents of some alerts, each once, and in words which of its alerts they are. */
  function touchedBy(fingerprints: readonly string[]) {
    const found = Map.groupBy(
      [...new Set(fingerprints)].flatMap((fingerprint) => known(fingerprint) ?? []),
      ({ incident }) => incident,
    );
    return [...found].map(([incident, [first, ...more]]) => {
      const isOne = first !== undefined && more.length === 0;
      const what = isOne ? nameOf(first.member) : `${more.length + 1} alerts`;
      return { incident, what, fingerprint: isOne ? first.member.fingerprint : "" };
    });
  }

  function firesAgain(fingerprint: string, startsAtMs: number, atMs: number): boolean {
    const found = known(fingerprint);
    if (found === undefined) return false;
    const { incident, member } = found;
    if (member.endedAtMs === undefined) return true;
    const next = putMember(incident, { ...member, startsAtMs, endedAtMs: undefined });
    tell(next, atMs, { kind: "fires_again", text: nameOf(member), fingerprint });
    wake(next, atMs);
    return true;
  }

  /** An alert of it fires. */
  function wake(incident: Incident, atMs: number): void {
    if (incident.state === "open") return;
    put({ ...incident, state: "open", quietSinceMs: undefined });
    tell(incident, atMs, { kind: "reopened", text: "an alert of it fires again" });
  }

  function begin(member: Member, where: string, atMs: number): void {
    const incident: Incident = {
      incidentId: newId(),
      number: ++lastNumber,
      title: titleOf(member, where),
      owner: "",
      state: "open",
      openedAtMs: atMs,
      resolvedBy: "",
      mergedInto: "",
      members: new Map(),
    };
    const next = putMember(incident, member);
    tell(next, atMs, { kind: "opened", text: nameOf(member), fingerprint: member.fingerprint });
  }

  function join(incidentId: string, member: Member, atMs: number): void {
    const incident = open.get(incidentId);
    if (incident === undefined) return;
    const next = putMember(incident, member);
    const text = `${nameOf(member)}: ${member.reason}`;
    tell(next, atMs, { kind: "joined", text, fingerprint: member.fingerprint });
    wake(next, atMs);
  }

  /** Whether the last of its alerts ended. */
  function rest(incident: Incident, atMs: number): void {
    if (incident.state !== "open" || firingOf(incident) > 0) return;
    put({ ...incident, state: "mitigated", quietSinceMs: atMs });
    tell(incident, atMs, { kind: "mitigated", text: "none of its alerts fires any more" });
  }

  return {
    fires(alert, atMs, topology) {
      const { fingerprint, labels, annotations, severity, startsAtMs } = alert;
      if (firesAgain(fingerprint, startsAtMs, atMs)) return undefined;
      const facts = factsOf(labels, annotations);
      const summary = cut(annotations["summary"] ?? annotations["description"] ?? "", 256);
      const { traceIds } = facts;
      const member = { fingerprint, labels, summary, severity, startsAtMs, joinedAtMs: atMs, traceIds };
      const link = links.find({ facts, startsAtMs, topology }, orderOf);
      if (link !== undefined) {
        join(link.incidentId, { ...member, reason: link.reason }, atMs);
        return undefined;
      }
      if (newsOnly.has(severity)) return "not_bad_enough";
      if (open.size >= maxOpen) return "too_many_incidents";
      begin({ ...member, reason: "it was the first" }, whereOf(facts), atMs);
      return undefined;
    },

    ended(fingerprint, atMs, reason) {
      const found = known(fingerprint);
      if (found === undefined || found.member.endedAtMs !== undefined) return;
      const next = putMember(found.incident, { ...found.member, endedAtMs: atMs });
      tell(next, atMs, { kind: "ended", text: `${nameOf(found.member)}: ${reason}`, fingerprint });
      rest(next, atMs);
    },

    cared(fingerprints, { user, text, takes }, atMs) {
      for (const { incident, what, fingerprint } of touchedBy(fingerprints)) {
        // Whoever takes care of the first of its alerts takes care of it.
        if (takes && incident.owner === "") put({ ...incident, owner: user });
        const kind = takes ? "acknowledged" : "action";
        tell(incident, atMs, { kind, actor: user, text: `${what}: ${text}`, fingerprint });
      }
    },

    notified(fingerprints, receiver, atMs) {
      for (const { incident, what, fingerprint } of touchedBy(fingerprints)) {
        tell(incident, atMs, { kind: "notified", actor: receiver, text: `was told of ${what}`, fingerprint });
      }
    },

    escalated(fingerprints, text, atMs) {
      for (const { incident } of touchedBy(fingerprints)) tell(incident, atMs, { kind: "escalated", text });
    },

    advance(nowMs) {
      for (const incident of open.values()) {
        const { quietSinceMs } = incident;
        if (incident.state !== "mitigated" || quietSinceMs === undefined || quietSinceMs + quietMs > nowMs) continue;
        const resolvedAtMs = quietSinceMs + quietMs;
        const text = `none of its alerts has fired for ${Math.round(quietMs / 60_000)} minutes`;
        tell(incident, resolvedAtMs, { kind: "resolved", text });
        open.delete(incident.incidentId);
        touched.delete(incident.incidentId);
        links.forget(incident);
        membersOf.delete(incident.incidentId);
        over.push({ ...incident, state: "resolved", resolvedAtMs });
        for (const fingerprint of incident.members.keys()) {
          if (incidentOf.get(fingerprint) === incident.incidentId) incidentOf.delete(fingerprint);
        }
      }
    },

    nextDueMs() {
      let dueMs: number | undefined;
      for (const { state, quietSinceMs } of open.values()) {
        if (state !== "mitigated" || quietSinceMs === undefined) continue;
        dueMs = Math.min(dueMs ?? Number.POSITIVE_INFINITY, quietSinceMs + quietMs);
      }
      return dueMs;
    },

    changes() {
      const made: IncidentChanges = {
        incidents: [...[...touched].flatMap((incidentId) => open.get(incidentId) ?? []), ...over],
        members: [...changed.values()],
        left: [],
        entries,
      };
      touched = new Set();
      changed = new Map();
      entries = [];
      over = [];
      return made;
    },
  };
}

function nameOf({ labels, summary }: Member): string {
  const where = whereOf(factsOf(labels));
  const name = labels["alertname"] ?? "alert";
  return cut(`${where === "" ? name : `${name} on ${where}`}${summary === "" ? "" : ` (${summary})`}`, 512);
}
