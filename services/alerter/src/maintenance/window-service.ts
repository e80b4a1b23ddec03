import { MaintenanceWindowServiceService } from "@sightline/proto/sightline/alert/v1/maintenance_window_service";
import { internalUnary } from "@sightline/rpc/handlers";
import type { GrpcServer } from "@sightline/rpc/server";
import type { WindowCalls } from "./window-calls.ts";

export interface WindowServiceOptions {
  readonly internalToken: string;
  readonly windows: WindowCalls;
}

/** Adds the MaintenanceWindowService, for the other services only. */
export function addWindowService(server: GrpcServer, { internalToken, windows }: WindowServiceOptions): void {
  const internal = internalUnary(internalToken);
  server.addService(MaintenanceWindowServiceService, {
    listMaintenanceWindows: internal(async ({ onlyOpen }, { tenant }) => ({
      windows: await windows.list(tenant, onlyOpen),
    })),
    getMaintenanceWindow: internal(async ({ window }, { tenant }) => ({ window: await windows.get(tenant, window) })),
    putMaintenanceWindow: internal(async (request, { tenant }) => ({ window: await windows.put(tenant, request) })),
    deleteMaintenanceWindow: internal(async (request, { tenant }) => {
      await windows.delete(tenant, request);
      return {};
    }),
    openMaintenanceWindow: internal(async (request, { tenant }) => ({ window: await windows.open(tenant, request) })),
    closeMaintenanceWindow: internal(async (request, { tenant }) => ({ window: await windows.close(tenant, request) })),
    previewMaintenanceWindow: internal(async (request, { tenant }) => ({
      occurrences: await windows.preview(tenant, request),
    })),
  });
}
