import { readFileSync } from "node:fs";
import { AppError, invalid } from "@sightline/errors/app-error";
import { SEVERITIES, severityRank } from "@sightline/model/severity";
import { isUuid } from "@sightline/model/uuid7";
import type { Sql } from "@sightline/postgres/pool";
import { z } from "zod";
import { storable } from "../dispatch/storable.ts";
import { factsOf } from "./facts.ts";
import {
  ENTRY_KINDS,
  type Entry,
  type EntryKind,
  firingOf,
  INCIDENT_STATES,
  type Incident,
  type IncidentChanges,
  type IncidentState,
  type Member,
  severityOf,
} from "./incident.ts";

const lockSql = readFileSync(new URL("./sql/lock-incidents.sql", import.meta.url), "utf8");
const setNumberSql = readFileSync(new URL("./sql/set-number.sql", import.meta.url), "utf8");
const readOpenSql = readFileSync(new URL("./sql/read-open-incidents.sql", import.meta.url), "utf8");
const findIncidentSql = readFileSync(new URL("./sql/find-incident.sql", import.meta.url), "utf8");
const listIncidentsSql = readFileSync(new URL("./sql/list-incidents.sql", import.meta.url), "utf8");
const readMembersSql = readFileSync(new URL("./sql/read-members.sql", import.meta.url), "utf8");
const putIncidentsSql = readFileSync(new URL("./sql/put-incidents.sql", import.meta.url), "utf8");
const putMembersSql = readFileSync(new URL("./sql/put-members.sql", import.meta.url), "utf8");
const deleteMembersSql = readFileSync(new URL("./sql/delete-members.sql", import.meta.url), "utf8");
const insertEntriesSql = readFileSync(new URL("./sql/insert-entries.sql", import.meta.url), "utf8");
const pruneEntriesSql = readFileSync(new URL("./sql/prune-entries.sql", import.meta.url), "utf8");
const readEntriesSql = readFileSync(new URL("./sql/read-entries.sql", import.meta.url), "utf8");
const countNotesSql = readFileSync(new URL("./sql/count-notes.sql", import.meta.url), "utf8");
const pruneIncidentsSql = readFileSync(new URL("./sql/prune-incidents.sql", import.meta.url), "utf8");

/** What comes again and again in one incident's time line, and how much of it is kept. */
const REPEATED: ReadonlySet<EntryKind> = new Set([
  "notified",
  "escalated",
  "fires_again",
  "ended",
  "mitigated",
  "reopened",
]);
/** What people and programs do as often as they like. Notes are refused instead of forgotten. */
const BY_HAND: ReadonlySet<EntryKind> = new Set(["acknowledged", "action", "changed", "merged", "split"]);
const MAX_REPEATED_ENTRIES = 2000;
const MAX_NOTES = 1000;
/** The newest of a time line that are answered. */
const MAX_ENTRIES = 10_000;

const lockRow = z.object({ version: z.number(), number: z.number() });
export type IncidentLock = z.infer<typeof lockRow>;

/** Keeps others from changing a tenant's incidents until the transaction is over. Resolves to how often they were changed, this time too. */
export async function lockIncidents(tx: Sql, tenant: string): Promise<IncidentLock> {
  const [row] = await tx.query(lockSql, [tenant], lockRow);
  if (row === undefined) throw new AppError("internal", "cannot lock incidents: got no row, want one");
  return row;
}

const memberRecord = z.object({
  fingerprint: z.string(),
  labels: z.record(z.string(), z.string()),
  summary: z.string(),
  severity: z.enum(SEVERITIES),
  startsAtMs: z.number(),
  endedAtMs: z.number().optional(),
  joinedAtMs: z.number(),
  reason: z.string(),
  traceIds: z.array(z.string()),
});
const memberRow = z.object({ incident_id: z.string(), alert: memberRecord });

const incidentRow = z.object({
  incident_id: z.string(),
  number: z.string().transform(Number),
  title: z.string(),
  owner: z.string(),
  state: z.enum(INCIDENT_STATES),
  severity: z.number(),
  opened_at: z.date(),
  quiet_since: z.date().nullable(),
  resolved_at: z.date().nullable(),
  resolved_by: z.string(),
  merged_into: z.string().nullable(),
  alerts: z.number(),
  firing: z.number(),
  services: z.array(z.string()),
});

/** An incident without its alerts, as lists show it. */
export interface ListedIncident extends Omit<Incident, "members"> {
  readonly severityRank: number;
  readonly alerts: number;
  readonly firing: number;
  readonly services: readonly string[];
}

const listedRow = incidentRow.transform(
  (row): ListedIncident => ({
    incidentId: row.incident_id,
    number: row.number,
    title: row.title,
    owner: row.owner,
    state: row.state,
    severityRank: row.severity,
    openedAtMs: row.opened_at.getTime(),
    quietSinceMs: row.quiet_since?.getTime(),
    resolvedAtMs: row.resolved_at?.getTime(),
    resolvedBy: row.resolved_by,
    mergedInto: row.merged_into ?? "",
    alerts: row.alerts,
    firing: row.firing,
    services: row.services,
  }),
);

/** All incidents of a tenant that are not over, with their alerts. */
export async function readOpenIncidents(sql: Sql, tenant: string): Promise<Incident[]> {
  return withMembers(sql, tenant, await sql.query(readOpenSql, [tenant], listedRow));
}

/** The incident of an id or a number, with its alerts; undefined for none. */
export async function findIncident(sql: Sql, tenant: string, which: string): Promise<Incident | undefined> {
  const rows = await sql.query(findIncidentSql, [tenant, ...idOrNumber(which)], listedRow);
  const [incident] = await withMembers(sql, tenant, rows);
  return incident;
}

function idOrNumber(which: string): readonly [id: string | null, number: string | null] {
  return [isUuid(which) ? which : null, /^\d{1,15}$/.test(which) ? which : null];
}

async function withMembers(sql: Sql, tenant: string, rows: readonly ListedIncident[]): Promise<Incident[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ incidentId }) => incidentId);
  const members = await sql.query(readMembersSql, [tenant, ids], memberRow);
  const byIncident = Map.groupBy(members, ({ incident_id }) => incident_id);
  return rows.map((row) => {
    const { severityRank: _, alerts: __, firing: ___, services: ____, ...incident } = row;
    const own = (byIncident.get(row.incidentId) ?? []).map(({ alert }): Member => alert);
    own.sort((a, b) => a.joinedAtMs - b.joinedAtMs || (a.fingerprint < b.fingerprint ? -1 : 1));
    return { ...incident, members: new Map(own.map((member) => [member.fingerprint, member])) };
  });
}

export interface IncidentPage {
  readonly states: readonly IncidentState[];
  readonly limit: number;
  /** The id or number of the last of the page before; "" for the first page. */
  readonly before: string;
}

/** Incidents without their alerts, the newest first. Throws invalid_argument or not_found for a `before` that names none. */
export async function listIncidents(sql: Sql, tenant: string, page: IncidentPage): Promise<ListedIncident[]> {
  const { states, limit, before } = page;
  if (before !== "") await assertNamed(sql, tenant, before);
  return sql.query(listIncidentsSql, [tenant, [...states], limit, ...idOrNumber(before)], listedRow);
}

async function assertNamed(sql: Sql, tenant: string, which: string): Promise<void> {
  const text = JSON.stringify(which.slice(0, 64));
  const named = idOrNumber(which);
  if (named.every((one) => one === null)) {
    throw invalid(`cannot list incidents: before: got ${text}, want the id or the number of an incident`);
  }
  if ((await sql.execute(findIncidentSql, [tenant, ...named])) > 0) return;
  throw new AppError("not_found", `cannot list incidents before ${text}: there is none`);
}

/** An incident as lists show it. */
export function listed({ members, ...incident }: Incident): ListedIncident {
  return {
    ...incident,
    severityRank: severityRank(severityOf({ members })),
    alerts: members.size,
    firing: firingOf({ members }),
    services: servicesOf({ members }),
  };
}

/** The services that its alerts are about, sorted. */
export function servicesOf({ members }: Pick<Incident, "members">): string[] {
  const named = [...members.values()].map(({ labels }) => factsOf(labels).service).filter((service) => service !== "");
  return [...new Set(named)].sort();
}

/** Writes what changed. Only within a transaction that has the lock. */
export async function writeIncidents(tx: Sql, tenant: string, changes: IncidentChanges): Promise<void> {
  const { incidents, members, left, entries } = changes;
  if (incidents.length > 0) {
    await tx.execute(putIncidentsSql, [tenant, JSON.stringify(incidents.map(rowOf))]);
    await tx.execute(setNumberSql, [tenant, Math.max(...incidents.map(({ number }) => number))]);
  }
  if (left.length > 0) {
    const ids = left.map(({ incidentId }) => incidentId);
    await tx.execute(deleteMembersSql, [tenant, ids, left.map(({ fingerprint }) => fingerprint)]);
  }
  if (members.length > 0) {
    const ids = members.map(({ incidentId }) => incidentId);
    const fingerprints = members.map(({ member }) => member.fingerprint);
    const records = members.map(({ member }) => JSON.stringify({ ...member, summary: storable(member.summary) }));
    await tx.execute(putMembersSql, [tenant, ids, fingerprints, records]);
  }
  if (entries.length > 0) {
    await tx.execute(insertEntriesSql, [tenant, JSON.stringify(entries.map(entryRowOf))]);
    for (const kinds of [REPEATED, BY_HAND]) {
      const repeated = entries.filter(({ kind }) => kinds.has(kind)).map(({ incidentId }) => incidentId);
      const about = [tenant, [...new Set(repeated)], [...kinds], MAX_REPEATED_ENTRIES];
      if (repeated.length > 0) await tx.execute(pruneEntriesSql, about);
    }
  }
}

function rowOf(incident: Incident): object {
  const { severityRank: severity, alerts, firing, services } = listed(incident);
  const date = (ms: number | undefined) => (ms === undefined ? null : new Date(ms));
  return {
    incident_id: incident.incidentId,
    number: incident.number,
    title: storable(incident.title),
    owner: storable(incident.owner),
    state: incident.state,
    severity,
    opened_at: new Date(incident.openedAtMs),
    quiet_since: date(incident.quietSinceMs),
    resolved_at: date(incident.resolvedAtMs),
    resolved_by: storable(incident.resolvedBy),
    merged_into: incident.mergedInto === "" ? null : incident.mergedInto,
    alerts,
    firing,
    services,
  };
}

function entryRowOf({ incidentId, atMs, kind, actor, text, fingerprint }: Entry): object {
  return {
    incident_id: incidentId,
    happened_at: new Date(atMs),
    kind,
    actor: storable(actor),
    words: storable(text),
    fingerprint,
  };
}

const entryRow = z
  .object({
    happened_at: z.date(),
    kind: z.enum(ENTRY_KINDS),
    actor: z.string(),
    words: z.string(),
    fingerprint: z.string(),
  })
  .transform(({ happened_at, words, ...rest }) => ({ ...rest, atMs: happened_at.getTime(), text: words }));
export type ListedEntry = z.infer<typeof entryRow>;

/** An incident's time line, oldest first; of a very long one the newest. */
export function readEntries(sql: Sql, tenant: string, incidentId: string): Promise<ListedEntry[]> {
  return sql.query(readEntriesSql, [tenant, incidentId, MAX_ENTRIES], entryRow);
}

const notesRow = z.object({ notes: z.number() });

/** Throws failed_precondition when an incident has as many notes as it may have. */
export async function wantRoomForNote(sql: Sql, tenant: string, { incidentId, number }: Incident): Promise<void> {
  const [row] = await sql.query(countNotesSql, [tenant, incidentId], notesRow);
  if (row === undefined || row.notes < MAX_NOTES) return;
  const message = `cannot add a note to incident ${number}: it has ${row.notes}, want ${MAX_NOTES} at most`;
  throw new AppError("failed_precondition", message);
}

/** Forgets incidents that were over before, of all tenants. */
export async function pruneIncidents(sql: Sql, beforeMs: number): Promise<void> {
  await sql.execute(pruneIncidentsSql, [new Date(beforeMs)]);
}
