import { ActionServiceService } from "@sightline/proto/sightline/alert/v1/action_service";
import { internalUnary } from "@sightline/rpc/handlers";
import type { GrpcServer } from "@sightline/rpc/server";
import type { AlertActions } from "./alert-actions.ts";

export interface ActionServiceOptions {
  readonly internalToken: string;
  readonly actions: AlertActions;
}

/** Adds the ActionService, for the other services only. */
export function addActionService(server: GrpcServer, { internalToken, actions }: ActionServiceOptions): void {
  const internal = internalUnary(internalToken);
  server.addService(ActionServiceService, {
    actOnAlert: internal((request, { tenant }) => actions.onAlert(tenant, request)),
    actOnAlertGroup: internal((request, { tenant }) => actions.onGroup(tenant, request)),
  });
}
