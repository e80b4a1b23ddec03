import { AppError, invalid } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import type { Pool } from "@sightline/postgres/pool";
import type {
  AddIncidentNoteRequest,
  CloseIncidentRequest,
  GetIncidentResponse,
  Incident as IncidentMessage,
  ListIncidentsRequest,
  MergeIncidentsRequest,
  SplitIncidentRequest,
  UpdateIncidentRequest,
} from "@sightline/proto/sightline/alert/v1/incident_service";
import { type Amended, type By, close, merge, note, split, update } from "./amend.ts";
import { type EventSource, findDeployments } from "./deployments.ts";
import type { Incident } from "./incident.ts";
import { alertMessage, entryMessage, incidentMessage, stateOfProto } from "./incident-message.ts";
import {
  findIncident,
  listed,
  listIncidents,
  lockIncidents,
  readEntries,
  servicesOf,
  wantRoomForNote,
  writeIncidents,
} from "./incident-store.ts";

export interface IncidentCallsOptions {
  readonly sql: Pool;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly events: EventSource;
}

/** What people ask about incidents and do to them. Everything is of the given tenant. An incident is named by its id or its number. */
export interface IncidentCalls {
  list(tenant: string, request: ListIncidentsRequest): Promise<IncidentMessage[]>;
  get(tenant: string, which: string, signal: AbortSignal): Promise<GetIncidentResponse>;
  addNote(tenant: string, request: AddIncidentNoteRequest): Promise<IncidentMessage>;
  update(tenant: string, request: UpdateIncidentRequest): Promise<IncidentMessage>;
  merge(tenant: string, request: MergeIncidentsRequest): Promise<IncidentMessage>;
  split(tenant: string, request: SplitIncidentRequest): Promise<IncidentMessage>;
  close(tenant: string, request: CloseIncidentRequest): Promise<IncidentMessage>;
}

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;
const MAX_NOTE_BYTES = 4096;
const MAX_TITLE_BYTES = 512;
const MAX_NAME_BYTES = 256;
/** Deployments before the first alert are likely to be why. */
const BEFORE_MS = 3_600_000;

export function createIncidentCalls({ sql, clock, newId, events }: IncidentCallsOptions): IncidentCalls {
  /** Changes an incident while nobody else does. */
  async function amend(
    tenant: string,
    { incident: which, userId }: { readonly incident: string; readonly userId: string },
    change: (incident: Incident, by: By, more: More) => Promise<Amended> | Amended,
  ): Promise<IncidentMessage> {
    if (userId.trim() === "") throw invalid("cannot change the incident: user_id: got nothing, want who does it");
    return sql.transaction(async (tx) => {
      const { number } = await lockIncidents(tx, tenant);
      const find = async (one: string) => wanted(one, await findIncident(tx, tenant, one));
      const by = { user: userId, atMs: clock() };
      const wantRoom = (incident: Incident) => wantRoomForNote(tx, tenant, incident);
      const amended = await change(await find(which), by, { find, wantRoom, nextNumber: number + 1 });
      await writeIncidents(tx, tenant, amended.changes);
      return incidentMessage(listed(amended.incident));
    });
  }

  return {
    async list(tenant, { states, limit, before }) {
      const named = states.map((number) => stateOfProto(number) ?? wrongState());
      const page = {
        states: named.length === 0 ? (["open", "mitigated"] as const) : named,
        limit: Math.min(limit === 0 ? DEFAULT_LIMIT : limit, MAX_LIMIT),
        before,
      };
      return (await listIncidents(sql, tenant, page)).map(incidentMessage);
    },

    async get(tenant, which, signal) {
      const incident = wanted(which, await findIncident(sql, tenant, which));
      const { incidentId, openedAtMs, resolvedAtMs } = incident;
      const period = { startMs: openedAtMs - BEFORE_MS, endMs: resolvedAtMs ?? clock() };
      const [entries, deployments] = await Promise.all([
        readEntries(sql, tenant, incidentId),
        findDeployments(events, { tenant, services: servicesOf(incident), ...period }, signal),
      ]);
      const all = [...entries.map(entryMessage), ...deployments.entries];
      return {
        incident: incidentMessage(listed(incident)),
        alerts: [...incident.members.values()].map(alertMessage),
        entries: all.sort((a, b) => Number(a.timeUnixMs - b.timeUnixMs)),
        withoutDeployments: deployments.problem,
      };
    },

    addNote: (tenant, request) =>
      amend(tenant, request, async (incident, by, { wantRoom }) => {
        const text = wantText("text", request.text, MAX_NOTE_BYTES);
        await wantRoom(incident);
        return note(incident, text, by);
      }),
    update: (tenant, request) =>
      amend(tenant, request, (incident, by) => {
        const { title, owner } = request;
        if (title === undefined && owner === undefined)
          throw invalid("cannot change the incident: got nothing to change");
        if (title !== undefined) wantText("title", title, MAX_TITLE_BYTES);
        if (owner !== undefined) wantShort("owner", owner, MAX_NAME_BYTES);
        return update(incident, { title, owner }, by);
      }),
    merge: (tenant, request) =>
      amend(tenant, request, async (incident, by, { find }) => merge(incident, await find(request.from), by)),
    split: (tenant, request) =>
      amend(tenant, request, (incident, by, { nextNumber }) => {
        const title = wantShort("title", request.title, MAX_TITLE_BYTES);
        const own = { incidentId: newId(), number: nextNumber, title };
        return split(incident, { ...own, fingerprints: request.fingerprints }, by);
      }),
    close: (tenant, request) =>
      amend(tenant, request, (incident, by) => close(incident, wantShort("note", request.note, MAX_NOTE_BYTES), by)),
  };
}

interface More {
  /** Another incident. Throws not_found. */
  find(which: string): Promise<Incident>;
  /** Throws failed_precondition when it has as many notes as it may have. */
  wantRoom(incident: Incident): Promise<void>;
  readonly nextNumber: number;
}

function wanted(which: string, incident: Incident | undefined): Incident {
  if (incident !== undefined) return incident;
  throw new AppError("not_found", `cannot find incident ${JSON.stringify(which.slice(0, 64))}: there is none`);
}

function wrongState(): never {
  throw invalid("cannot list incidents: states: got one that is not known, want open, mitigated or resolved");
}

function wantText(field: string, text: string, maxBytes: number): string {
  if (text.trim() !== "") return wantShort(field, text, maxBytes);
  throw invalid(`cannot change the incident: ${field}: got nothing, want a text`);
}

function wantShort(field: string, text: string, maxBytes: number): string {
  const bytes = Buffer.byteLength(text);
  if (bytes <= maxBytes) return text;
  throw invalid(`cannot change the incident: ${field}: got ${bytes} bytes, want at most ${maxBytes}`);
}
