import { EscalationServiceService } from "@sightline/proto/sightline/alert/v1/escalation_service";
import { internalUnary } from "@sightline/rpc/handlers";
import type { GrpcServer } from "@sightline/rpc/server";
import type { EscalationCalls } from "./escalation-calls.ts";

export interface EscalationServiceOptions {
  readonly internalToken: string;
  readonly escalations: EscalationCalls;
}

/** Adds the EscalationService, for the other services only. */
export function addEscalationService(server: GrpcServer, options: EscalationServiceOptions): void {
  const { escalations, internalToken } = options;
  const internal = internalUnary(internalToken);
  server.addService(EscalationServiceService, {
    listEscalations: internal((request, { tenant }) => escalations.list(tenant, request)),
    getEscalation: internal(({ escalationId }, { tenant }) => escalations.get(tenant, escalationId)),
    acknowledgeEscalation: internal(async (request, { tenant }) => ({
      escalation: await escalations.acknowledge(tenant, request),
    })),
    snoozeEscalation: internal(async (request, { tenant }) => ({
      escalation: await escalations.snooze(tenant, request),
    })),
    reassignEscalation: internal(async (request, { tenant }) => ({
      escalation: await escalations.reassign(tenant, request),
    })),
    resumeEscalation: internal(async (request, { tenant }) => ({
      escalation: await escalations.resume(tenant, request),
    })),
    resolveEscalation: internal(async (request, { tenant }) => ({
      escalation: await escalations.resolve(tenant, request),
    })),
  });
}
