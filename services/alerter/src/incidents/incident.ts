import type { Labels } from "@sightline/alertmanager/notification";
import { SEVERITIES, type Severity, severityRank } from "@sightline/model/severity";

export const INCIDENT_STATES = ["open", "mitigated", "resolved"] as const;
/** `open`: an alert of it fires; `mitigated`: none does, but not for long yet; `resolved`: it is over. */
export type IncidentState = (typeof INCIDENT_STATES)[number];

/** An alert of an incident: as it was when it joined, and what became of it. Times are milliseconds since the Unix epoch. */
export interface Member {
  readonly fingerprint: string;
  readonly labels: Labels;
  readonly summary: string;
  readonly severity: Severity;
  readonly startsAtMs: number;
  /** Unset while it fires. */
  readonly endedAtMs?: number | undefined;
  readonly joinedAtMs: number;
  /** Why it is part of the incident, in words. */
  readonly reason: string;
  readonly traceIds: readonly string[];
}

/** An incident. It is replaced when it changes; only alerts join the same map. */
export interface Incident {
  readonly incidentId: string;
  /** By which people call it. */
  readonly number: number;
  readonly title: string;
  /** "" for nobody. */
  readonly owner: string;
  readonly state: IncidentState;
  readonly openedAtMs: number;
  /** Since when none of its alerts fires; unset while one does. */
  readonly quietSinceMs?: number | undefined;
  readonly resolvedAtMs?: number | undefined;
  /** A user; "" where it was over by itself. */
  readonly resolvedBy: string;
  /** The incident that its alerts are part of now; "" for none. */
  readonly mergedInto: string;
  readonly members: ReadonlyMap<string, Member>;
}

export const ENTRY_KINDS = [
  "opened",
  "joined",
  "fires_again",
  "ended",
  "acknowledged",
  "action",
  "notified",
  "escalated",
  "note",
  "changed",
  "merged",
  "split",
  "mitigated",
  "reopened",
  "resolved",
] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

/** Something that happened in an incident. */
export interface Entry {
  readonly incidentId: string;
  readonly atMs: number;
  readonly kind: EntryKind;
  /** A user, or a receiver; "" where nobody did it. */
  readonly actor: string;
  readonly text: string;
  /** Of the alert that it is about; "" for none. */
  readonly fingerprint: string;
}

/** What is to be written of a tenant's incidents. */
export interface IncidentChanges {
  readonly incidents: readonly Incident[];
  /** Alerts of incidents that are new there, or changed. */
  readonly members: readonly { readonly incidentId: string; readonly member: Member }[];
  /** Alerts that are part of an incident no more. */
  readonly left: readonly { readonly incidentId: string; readonly fingerprint: string }[];
  readonly entries: readonly Entry[];
}

/** The worst that any of its alerts was. */
export function severityOf({ members }: Pick<Incident, "members">): Severity {
  const rank = Math.max(1, ...[...members.values()].map(({ severity }) => severityRank(severity)));
  return SEVERITIES[rank - 1] ?? "warning";
}

/** How many of its alerts fire. */
export function firingOf({ members }: Pick<Incident, "members">): number {
  let firing = 0;
  for (const { endedAtMs } of members.values()) if (endedAtMs === undefined) firing++;
  return firing;
}

/** What an incident is called that begins with this alert. */
export function titleOf({ labels, summary }: Pick<Member, "labels" | "summary">, where: string): string {
  const name = labels["alertname"] ?? "alert";
  const title = where === "" ? name : `${name} on ${where}`;
  return cut(summary === "" ? title : `${title}: ${summary}`, 256);
}

/** Within so many UTF-16 units, whole characters. */
export function cut(text: string, max: number): string {
  return text.length <= max
    ? text
    : `${text
        .slice(0, max - 1)
        .toWellFormed()
        .replace(/\uFFFD$/, "")}…`;
}
