import { AlertGroupServiceService } from "@sightline/proto/sightline/alert/v1/alert_group_service";
import { internalUnary } from "@sightline/rpc/handlers";
import type { GrpcServer } from "@sightline/rpc/server";
import type { AlertGroups } from "./alert-groups.ts";

export interface AlertGroupServiceOptions {
  readonly internalToken: string;
  readonly groups: AlertGroups;
}

/** Adds the AlertGroupService, for the other services only. */
export function addAlertGroupService(server: GrpcServer, { internalToken, groups }: AlertGroupServiceOptions): void {
  const internal = internalUnary(internalToken);
  server.addService(AlertGroupServiceService, {
    listGroupSummaries: internal((request, { tenant }) => groups.list(tenant, request)),
    listGroupedAlerts: internal((request, { tenant }) => groups.alerts(tenant, request)),
    getGroupedAlert: internal(({ fingerprint }, { tenant }) => groups.get(tenant, fingerprint)),
  });
}
