import { MaintenanceServiceService } from "@sightline/proto/sightline/storage/v1/maintenance_service";
import { internalUnary } from "@sightline/rpc/handlers";
import type { GrpcServer } from "@sightline/rpc/server";
import type { Maintenance } from "./maintenance.ts";

/** Adds the service by which backups bring database and bus to one point. It is for all tenants: for operators only. */
export function addMaintenanceService(server: GrpcServer, maintenance: Maintenance, internalToken: string): void {
  const handler = internalUnary(internalToken);
  server.addService(MaintenanceServiceService, {
    pauseWriting: handler(async (request, { signal }) => ({ lanes: await maintenance.pause(request, signal) })),
    resumeWriting: handler(async ({ id }) => {
      await maintenance.resume(id);
      return {};
    }),
    rewindLanes: handler(async ({ id, lanes }) => ({ lanes: await maintenance.rewind(id, lanes) })),
  });
}
