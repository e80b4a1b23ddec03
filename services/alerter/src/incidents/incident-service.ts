import { IncidentServiceService } from "@sightline/proto/sightline/alert/v1/incident_service";
import { internalUnary } from "@sightline/rpc/handlers";
import type { GrpcServer } from "@sightline/rpc/server";
import type { IncidentCalls } from "./incident-calls.ts";

export interface IncidentServiceOptions {
  readonly internalToken: string;
  readonly incidents: IncidentCalls;
}

/** Adds the IncidentService, for the other services only. */
export function addIncidentService(server: GrpcServer, { internalToken, incidents }: IncidentServiceOptions): void {
  const internal = internalUnary(internalToken);
  server.addService(IncidentServiceService, {
    listIncidents: internal(async (request, { tenant }) => ({ incidents: await incidents.list(tenant, request) })),
    getIncident: internal(({ incident }, { tenant, signal }) => incidents.get(tenant, incident, signal)),
    addIncidentNote: internal(async (request, { tenant }) => ({ incident: await incidents.addNote(tenant, request) })),
    updateIncident: internal(async (request, { tenant }) => ({ incident: await incidents.update(tenant, request) })),
    mergeIncidents: internal(async (request, { tenant }) => ({ incident: await incidents.merge(tenant, request) })),
    splitIncident: internal(async (request, { tenant }) => ({ incident: await incidents.split(tenant, request) })),
    closeIncident: internal(async (request, { tenant }) => ({ incident: await incidents.close(tenant, request) })),
  });
}
