import { AppError } from "@sightline/errors/app-error";
import { type Incident, ListIncidentsRequest } from "@sightline/proto/sightline/alert/v1/incident_service";
import { z } from "zod";
import type { Caller } from "../auth/caller.ts";
import type { Clients } from "../clients.ts";
import {
  incidentAlertForm,
  incidentAlertToJson,
  incidentEntryForm,
  incidentEntryToJson,
  incidentForm,
  incidentStates,
  incidentToJson,
} from "../json/incidents.ts";
import { count, list } from "./parse.ts";
import { type Route, readRoute, writeRoute } from "./route.ts";

const nothing = z.strictObject({});
const tag = "incidents";

/** Alerts that belong together, and what happened about them. `:id` is an incident's id or its number. */
export function incidentRoutes(incidents: Clients["incidents"]): Route[] {
  return [...readingRoutes(incidents), ...changingRoutes(incidents)];
}

function readingRoutes(incidents: Clients["incidents"]): Route[] {
  return [
    readRoute({
      method: "get",
      path: "/v1/incidents",
      operation: "listIncidents",
      summary: "List incidents, the newest first",
      tag,
      access: "query",
      query: z.strictObject({
        state: list
          .pipe(z.array(incidentStates.schema))
          .describe("open, mitigated or resolved; default: open and mitigated"),
        limit: count,
        before: z.string().max(64).default("").describe("The id or number of the last of the page before"),
      }),
      answer: z.object({ incidents: z.array(incidentForm) }),
      call: async ({ query, caller, signal }) => {
        const states = query.state.map((state) => incidentStates.toNumber(state));
        const request = ListIncidentsRequest.fromPartial({ states, limit: query.limit, before: query.before });
        const found = await incidents.call("listIncidents", request, { tenant: caller.tenant, signal });
        return { incidents: found.incidents.map(incidentToJson) };
      },
    }),
    readRoute({
      method: "get",
      path: "/v1/incidents/:id",
      operation: "getIncident",
      summary: "Read an incident with its alerts and its time line",
      tag,
      access: "query",
      query: nothing,
      answer: z.object({
        incident: incidentForm,
        alerts: z.array(incidentAlertForm),
        entries: z.array(incidentEntryForm),
        withoutDeployments: z.string().describe("Why deployments are not among the entries; empty where they are"),
      }),
      call: async ({ param, caller, signal }) => {
        const request = { incident: param("id") };
        const found = await incidents.call("getIncident", request, { tenant: caller.tenant, signal });
        return {
          ...answerOf(found),
          alerts: found.alerts.map(incidentAlertToJson),
          entries: found.entries.map(incidentEntryToJson),
          withoutDeployments: found.withoutDeployments,
        };
      },
    }),
  ];
}

interface Verb<Sent> {
  readonly method: "post" | "put";
  /** Behind the incident's path. */
  readonly path: string;
  readonly operation: string;
  readonly summary: string;
  readonly body: z.ZodType<Sent>;
  call(about: About, sent: Sent): Promise<{ readonly incident: Incident | undefined }>;
}

/** Which incident, and who changes it. */
interface About {
  readonly incident: string;
  readonly userId: string;
  readonly options: { readonly tenant: string; readonly signal: AbortSignal };
}

function verbRoute<Sent>({ path, call, ...verb }: Verb<Sent>): Route {
  return writeRoute({
    ...verb,
    path: `/v1/incidents/:id${path}`,
    tag,
    access: "edit",
    query: nothing,
    answer: z.object({ incident: incidentForm }),
    call: async ({ param, body, caller, signal }) => answerOf(await call(aboutOf(param("id"), caller, signal), body)),
  });
}

function aboutOf(incident: string, { name: userId, tenant }: Caller, signal: AbortSignal): About {
  return { incident, userId, options: { tenant, signal } };
}

function changingRoutes(incidents: Clients["incidents"]): Route[] {
  return [
    verbRoute({
      method: "put",
      path: "",
      operation: "updateIncident",
      summary: "Give an incident another title or owner",
      body: z.strictObject({
        title: z.string().max(512).optional(),
        owner: z.string().max(256).optional().describe("Empty for nobody"),
      }),
      call: ({ options, ...about }, { title, owner }) =>
        incidents.call("updateIncident", { ...about, title, owner }, options),
    }),
    verbRoute({
      method: "post",
      path: "/notes",
      operation: "addIncidentNote",
      summary: "Write something into an incident's time line",
      body: z.strictObject({ text: z.string().min(1).max(4096) }),
      call: ({ options, ...about }, { text }) => incidents.call("addIncidentNote", { ...about, text }, options),
    }),
    verbRoute({
      method: "post",
      path: "/merge",
      operation: "mergeIncidents",
      summary: "Make the alerts of another incident part of this one",
      body: z.strictObject({ from: z.string().min(1).max(64).describe("The other's id or number") }),
      call: ({ options, ...about }, { from }) => incidents.call("mergeIncidents", { ...about, from }, options),
    }),
    verbRoute({
      method: "post",
      path: "/split",
      operation: "splitIncident",
      summary: "Make an incident of its own of some alerts of this one; the answer is the new one",
      body: z.strictObject({
        fingerprints: z.array(z.string().max(64)).min(1).max(1000),
        title: z.string().max(512).default("").describe("Empty: as if its first alert had opened it"),
      }),
      call: ({ options, ...about }, sent) => incidents.call("splitIncident", { ...about, ...sent }, options),
    }),
    verbRoute({
      method: "post",
      path: "/close",
      operation: "closeIncident",
      summary: "Say that an incident is over",
      body: z.strictObject({ note: z.string().max(4096).default("") }).prefault({}),
      call: ({ options, ...about }, { note }) => incidents.call("closeIncident", { ...about, note }, options),
    }),
  ];
}

function answerOf({ incident }: { readonly incident: Incident | undefined }): {
  incident: z.infer<typeof incidentForm>;
} {
  if (incident === undefined) throw new AppError("internal", "cannot tell of the incident: got none, want one");
  return { incident: incidentToJson(incident) };
}
