import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import * as z from "zod/mini";
import { alertsKey } from "./alerts.ts";
import { ApiError } from "./api-error.ts";
import { call } from "./client.ts";
import { count, instant, list, moment, severity, text, textMap } from "./fields.ts";

/** How far an incident is, in the order of its life. */
export const INCIDENT_STATES = ["open", "mitigated", "resolved"] as const;
const incidentState = z.catch(z.enum(INCIDENT_STATES), "open");
export type IncidentState = z.infer<typeof incidentState>;

const incidentSchema = z.object({
  incidentId: z.string(),
  number: count,
  title: text,
  owner: text,
  state: incidentState,
  severity,
  opened: instant,
  quietSince: moment,
  resolved: moment,
  resolvedBy: text,
  mergedInto: text,
  alerts: count,
  firing: count,
  services: list(z.string()),
});
export type Incident = z.infer<typeof incidentSchema>;

const incidentAlertSchema = z.object({
  fingerprint: z.string(),
  labels: textMap,
  summary: text,
  severity,
  starts: instant,
  ended: moment,
  joined: instant,
  reason: text,
});
export type IncidentAlert = z.infer<typeof incidentAlertSchema>;

const entrySchema = z.object({
  time: instant,
  kind: text,
  actor: text,
  text,
  fingerprint: text,
  eventId: text,
});
export type IncidentEntry = z.infer<typeof entrySchema>;

const incidentListSchema = z.object({ incidents: list(incidentSchema) });
const incidentAnswerSchema = z.object({ incident: incidentSchema });
const incidentDetailSchema = z.object({
  incident: incidentSchema,
  alerts: list(incidentAlertSchema),
  entries: list(entrySchema),
  withoutDeployments: text,
});
export type IncidentDetail = z.infer<typeof incidentDetailSchema>;

const pageSize = 100;
const refetchMs = 10_000;

/** Incidents of some states, the newest first. Below alertsKey, as what is done to alerts changes them. */
export function incidentsQuery(states: readonly IncidentState[]) {
  return infiniteQueryOptions({
    queryKey: [...alertsKey, "incidents", states],
    queryFn: async ({ signal, pageParam }) => {
      const query = { state: states, limit: pageSize, before: pageParam };
      return (await call(incidentListSchema, "/v1/incidents", { query, signal })).incidents;
    },
    initialPageParam: "",
    getNextPageParam: (last) => (last.length < pageSize ? undefined : last.at(-1)?.incidentId),
    placeholderData: keepPreviousData,
    refetchInterval: refetchMs,
  });
}

/** How many incidents are open, 100 at most. */
export const openIncidentsQuery = queryOptions({
  queryKey: [...alertsKey, "open-incidents"],
  queryFn: async ({ signal }) => {
    const query = { state: "open", limit: pageSize };
    return (await call(incidentListSchema, "/v1/incidents", { query, signal })).incidents.length;
  },
  refetchInterval: 30_000,
});

/** One incident by its id or its number, with its alerts and its time line; null where there is none. */
export function incidentQuery(id: string) {
  return queryOptions({
    queryKey: [...alertsKey, "incident", id],
    queryFn: async ({ signal }) => {
      try {
        return await call(incidentDetailSchema, incidentPath(id), { signal });
      } catch (thrown) {
        if (thrown instanceof ApiError && thrown.status === 404) return null;
        throw thrown;
      }
    },
    refetchInterval: refetchMs,
  });
}

/** What somebody does to an incident. */
export type IncidentAction =
  | { readonly verb: "change"; readonly title?: string; readonly owner?: string }
  | { readonly verb: "notes"; readonly text: string }
  /** `from`: the id or number of the incident whose alerts become part of this one. */
  | { readonly verb: "merge"; readonly from: string }
  | { readonly verb: "split"; readonly fingerprints: readonly string[]; readonly title: string }
  | { readonly verb: "close"; readonly note: string };

/** Does it. The answer is the incident after it; of a split the new one. */
export async function actOnIncident(incidentId: string, { verb, ...body }: IncidentAction): Promise<Incident> {
  const path = incidentPath(incidentId);
  const answer =
    verb === "change"
      ? call(incidentAnswerSchema, path, { method: "PUT", body })
      : call(incidentAnswerSchema, `${path}/${verb}`, { method: "POST", body });
  return (await answer).incident;
}

function incidentPath(id: string): string {
  return `/v1/incidents/${encodeURIComponent(id)}`;
}
