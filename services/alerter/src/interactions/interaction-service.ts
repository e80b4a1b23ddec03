import { InteractionServiceService } from "@sightline/proto/sightline/alert/v1/interaction_service";
import { internalUnary } from "@sightline/rpc/handlers";
import type { GrpcServer } from "@sightline/rpc/server";
import type { Interactions } from "./interactions.ts";

export interface InteractionServiceOptions {
  readonly internalToken: string;
  readonly interactions: Interactions;
}

/** Adds the InteractionService, for the other services only: whoever calls it says who it was. */
export function addInteractionService(server: GrpcServer, options: InteractionServiceOptions): void {
  const { internalToken, interactions } = options;
  const internal = internalUnary(internalToken);
  server.addService(InteractionServiceService, {
    interact: internal((request, { tenant }) => interactions.interact(tenant, request)),
  });
}
