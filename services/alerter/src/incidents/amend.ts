import { AppError, invalid } from "@sightline/errors/app-error";
import { factsOf, whereOf } from "./facts.ts";
import { type Entry, firingOf, type Incident, type IncidentChanges, type Member, titleOf } from "./incident.ts";

/** Who changes an incident, and when. */
export interface By {
  readonly user: string;
  readonly atMs: number;
}

/** An incident as somebody changed it, and what is to be written for that. */
export interface Amended {
  readonly incident: Incident;
  readonly changes: IncidentChanges;
}

type Told = Pick<Entry, "kind" | "text"> & Partial<Entry>;

function amended(incidents: readonly [Incident, ...Incident[]], entries: readonly Told[], by: By): Amended {
  const [incident] = incidents;
  const told = entries.map((entry) => ({
    incidentId: incident.incidentId,
    atMs: by.atMs,
    actor: by.user,
    fingerprint: "",
    ...entry,
  }));
  return { incident, changes: { incidents, members: [], left: [], entries: told } };
}

/** Writes something into the time line. */
export function note(incident: Incident, text: string, by: By): Amended {
  return amended([incident], [{ kind: "note", text }], by);
}

/** Gives it another title or owner. What is not given stays. */
export function update(
  incident: Incident,
  { title, owner }: { readonly title: string | undefined; readonly owner: string | undefined },
  by: By,
): Amended {
  const entries: Told[] = [];
  if (title !== undefined) entries.push({ kind: "changed", text: `the title is now ${JSON.stringify(title)}` });
  if (owner !== undefined) {
    entries.push({ kind: "changed", text: owner === "" ? "nobody owns it now" : `${owner} owns it now` });
  }
  const next = { ...incident, title: title ?? incident.title, owner: owner ?? incident.owner };
  return amended([next], entries, by);
}

/** Says that it is over. Throws failed_precondition when it is over already. */
export function close(incident: Incident, text: string, by: By): Amended {
  wantOpen(incident, "close");
  const { incident: next, ended } = over(incident, by);
  const { changes } = amended([next], [{ kind: "resolved", text: text === "" ? "closed by hand" : text }], by);
  return { incident: next, changes: { ...changes, members: ended } };
}

/** An incident that somebody ended. What still fires in it is followed no further: it ends with it. */
function over(incident: Incident, { user, atMs }: By): { incident: Incident; ended: IncidentChanges["members"] } {
  const firing = [...incident.members.values()].filter(({ endedAtMs }) => endedAtMs === undefined);
  const ended = firing.map((member) => ({ ...member, endedAtMs: atMs }));
  const members = new Map([...incident.members, ...ended.map((member) => [member.fingerprint, member] as const)]);
  return {
    incident: { ...incident, members, state: "resolved", resolvedAtMs: atMs, resolvedBy: user },
    ended: ended.map((member) => ({ incidentId: incident.incidentId, member })),
  };
}

/** Makes the alerts of one incident part of another; that one is over, and shows what it was. Throws failed_precondition unless both are open, invalid_argument when they are one. */
export function merge(incident: Incident, from: Incident, by: By): Amended {
  if (incident.incidentId === from.incidentId) throw invalid(`cannot merge incident ${incident.number} with itself`);
  wantOpen(incident, "merge");
  wantOpen(from, "merge");
  const members = new Map(incident.members);
  const moved: Member[] = [];
  for (const member of from.members.values()) {
    const own = members.get(member.fingerprint);
    // Of the same alert in both, the one that fires is the newer.
    if (own !== undefined && (own.endedAtMs === undefined || member.endedAtMs !== undefined)) continue;
    const joined = { ...member, reason: `merged from incident ${from.number} by ${by.user}` };
    members.set(member.fingerprint, joined);
    moved.push(joined);
  }
  const next = withState({ ...incident, members, openedAtMs: Math.min(incident.openedAtMs, from.openedAtMs) }, by);
  const { incident: left, ended } = over(from, by);
  const gone = { ...left, mergedInto: incident.incidentId };
  const count = `${moved.length} ${moved.length === 1 ? "alert" : "alerts"}`;
  const { changes } = amended(
    [next, gone],
    [
      { kind: "merged", text: `${count} of incident ${from.number}, ${from.title}` },
      { kind: "merged", text: `into incident ${incident.number}, ${incident.title}`, incidentId: from.incidentId },
    ],
    by,
  );
  return {
    incident: next,
    changes: {
      ...changes,
      members: [...moved.map((member) => ({ incidentId: next.incidentId, member })), ...ended],
    },
  };
}

export interface Split {
  readonly fingerprints: readonly string[];
  /** "" for that of its first alert. */
  readonly title: string;
  /** Of the new one. */
  readonly incidentId: string;
  readonly number: number;
}

/**
 * Makes an incident of its own of some alerts. Throws failed_precondition unless it is open, invalid_argument for alerts that it does not
 * have, and unless some are taken and some left.
 */
export function split(incident: Incident, { fingerprints, title, incidentId, number }: Split, by: By): Amended {
  wantOpen(incident, "split");
  const taken = [...new Set(fingerprints)].map((fingerprint) => {
    const member = incident.members.get(fingerprint);
    if (member === undefined) {
      throw invalid(`cannot split incident ${incident.number}: got ${fingerprint}, want fingerprints of its alerts`);
    }
    return { ...member, reason: `split from incident ${incident.number} by ${by.user}` };
  });
  const [first] = taken;
  if (first === undefined || taken.length === incident.members.size) {
    const got = `got ${taken.length} of ${incident.members.size} alerts`;
    throw invalid(`cannot split incident ${incident.number}: ${got}, want some and not all of them`);
  }
  const members = new Map(incident.members);
  for (const { fingerprint } of taken) members.delete(fingerprint);
  const left = withState({ ...incident, members }, by);
  const made: Incident = withState(
    {
      ...incident,
      incidentId,
      number,
      title: title === "" ? titleOf(first, whereOf(factsOf(first.labels))) : title,
      owner: "",
      openedAtMs: Math.min(...taken.map(({ joinedAtMs }) => joinedAtMs)),
      members: new Map(taken.map((member) => [member.fingerprint, member])),
    },
    by,
  );
  const count = `${taken.length} ${taken.length === 1 ? "alert" : "alerts"}`;
  const { changes } = amended(
    [made, left],
    [
      { kind: "split", text: `${count} of incident ${incident.number}, ${incident.title}` },
      { kind: "split", text: `${count} into an incident of their own`, incidentId: incident.incidentId },
    ],
    by,
  );
  return {
    incident: made,
    changes: {
      ...changes,
      members: taken.map((member) => ({ incidentId: made.incidentId, member })),
      left: taken.map(({ fingerprint }) => ({ incidentId: incident.incidentId, fingerprint })),
    },
  };
}

/** Open while an alert fires, else mitigated: since it was, or since now. */
function withState(incident: Incident, { atMs }: By): Incident {
  if (firingOf(incident) > 0) return { ...incident, state: "open", quietSinceMs: undefined };
  return { ...incident, state: "mitigated", quietSinceMs: incident.quietSinceMs ?? atMs };
}

function wantOpen({ state, number }: Incident, verb: string): void {
  if (state !== "resolved") return;
  throw new AppError("failed_precondition", `cannot ${verb} incident ${number}: it is over, want one that is not`);
}
