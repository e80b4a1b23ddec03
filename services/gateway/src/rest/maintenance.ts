import { AppError, invalid } from "@sightline/errors/app-error";
import { type Clock, msOfNanos } from "@sightline/model/time";
import type { MaintenanceWindow } from "@sightline/proto/sightline/alert/v1/maintenance_window_service";
import { z } from "zod";
import type { Clients } from "../clients.ts";
import {
  occurrenceForm,
  occurrenceToJson,
  openingInput,
  windowForm,
  windowFromJson,
  windowInput,
  windowToJson,
} from "../json/maintenance.ts";
import { msOfMoment } from "../json/scalars.ts";
import { rangeFrom, rangeQuery } from "./parse.ts";
import { type Route, readRoute, writeRoute } from "./route.ts";

type Maintenance = Clients["maintenance"];

const nothing = z.strictObject({});
const tag = "alerts";
const windowAnswer = z.object({ window: windowForm });
const occurrencesAnswer = z.object({ occurrences: z.array(occurrenceForm) });

/** Maintenance windows. `:window` is an id or a name. */
export function maintenanceRoutes(maintenance: Maintenance, clock: Clock): Route[] {
  return [...windowRoutes(maintenance), ...openingRoutes(maintenance), ...previewRoutes(maintenance, clock)];
}

function windowRoutes(maintenance: Maintenance): Route[] {
  return [
    readRoute({
      method: "get",
      path: "/v1/maintenance-windows",
      operation: "listMaintenanceWindows",
      summary: "List maintenance windows",
      tag,
      access: "query",
      query: z.strictObject({ open: z.enum(["true", "false"]).default("false").describe("Only those that are open") }),
      answer: z.object({ windows: z.array(windowForm) }),
      call: async ({ query, caller, signal }) => {
        const request = { onlyOpen: query.open === "true" };
        const { windows } = await maintenance.call("listMaintenanceWindows", request, {
          tenant: caller.tenant,
          signal,
        });
        return { windows: windows.map(windowToJson) };
      },
    }),
    readRoute({
      method: "get",
      path: "/v1/maintenance-windows/:window",
      operation: "getMaintenanceWindow",
      summary: "Read a maintenance window",
      tag,
      access: "query",
      query: nothing,
      answer: windowAnswer,
      call: async ({ param, caller, signal }) => {
        const request = { window: param("window") };
        const { window } = await maintenance.call("getMaintenanceWindow", request, { tenant: caller.tenant, signal });
        return answered(window);
      },
    }),
    writeRoute({
      method: "put",
      path: "/v1/maintenance-windows/:window",
      operation: "putMaintenanceWindow",
      summary: "Create or replace a maintenance window",
      tag,
      access: "edit",
      query: nothing,
      body: windowInput,
      answer: windowAnswer,
      call: async ({ param, body, caller, signal }) => {
        const request = { window: param("window"), draft: windowFromJson(body), userId: caller.name };
        const { window } = await maintenance.call("putMaintenanceWindow", request, { tenant: caller.tenant, signal });
        return answered(window);
      },
    }),
    readRoute({
      method: "delete",
      path: "/v1/maintenance-windows/:window",
      operation: "deleteMaintenanceWindow",
      summary: "Delete a maintenance window: what it holds is told",
      tag,
      access: "edit",
      query: nothing,
      answer: nothing,
      call: async ({ param, caller, signal }) => {
        const request = { window: param("window"), userId: caller.name };
        await maintenance.call("deleteMaintenanceWindow", request, { tenant: caller.tenant, signal });
        return {};
      },
    }),
  ];
}

function openingRoutes(maintenance: Maintenance): Route[] {
  return [
    writeRoute({
      method: "post",
      path: "/v1/maintenance-windows/:window/open",
      operation: "openMaintenanceWindow",
      summary: "Open a maintenance window now, until a time or for a while",
      tag,
      access: "edit",
      query: nothing,
      body: openingInput,
      answer: windowAnswer,
      call: async ({ param, body, caller, signal }) => {
        const { until, forSeconds, ...rest } = body;
        if ((until === undefined) === (forSeconds === undefined)) {
          throw invalid("cannot open maintenance window: want either until or forSeconds");
        }
        const times = { untilUnixMs: msOfMoment(until), forMs: BigInt(forSeconds ?? 0) * 1000n };
        const request = { window: param("window"), ...rest, ...times, userId: caller.name };
        const { window } = await maintenance.call("openMaintenanceWindow", request, { tenant: caller.tenant, signal });
        return answered(window);
      },
    }),
    writeRoute({
      method: "post",
      path: "/v1/maintenance-windows/:window/close",
      operation: "closeMaintenanceWindow",
      summary: "Close a maintenance window now, or only what was opened under a key",
      tag,
      access: "edit",
      query: nothing,
      body: z.strictObject({ key: z.string().max(256).default("") }).prefault({}),
      answer: windowAnswer,
      call: async ({ param, body, caller, signal }) => {
        const request = { window: param("window"), key: body.key, userId: caller.name };
        const { window } = await maintenance.call("closeMaintenanceWindow", request, { tenant: caller.tenant, signal });
        return answered(window);
      },
    }),
  ];
}

function previewRoutes(maintenance: Maintenance, clock: Clock): Route[] {
  const range = (query: { start?: string | undefined; end?: string | undefined }) => {
    const { startUnixNano, endUnixNano } = rangeFrom(query, clock());
    return { startUnixMs: BigInt(msOfNanos(startUnixNano)), endUnixMs: BigInt(msOfNanos(endUnixNano)) };
  };
  return [
    readRoute({
      method: "get",
      path: "/v1/maintenance-windows/:window/occurrences",
      operation: "listMaintenanceOccurrences",
      summary: "List when a maintenance window is open: by default in the next four weeks",
      tag,
      access: "query",
      query: z.strictObject(rangeQuery),
      answer: occurrencesAnswer,
      call: async ({ param, query, caller, signal }) => {
        const of = { $case: "window" as const, value: param("window") };
        const call = { tenant: caller.tenant, signal };
        const found = await maintenance.call("previewMaintenanceWindow", { of, ...range(query) }, call);
        return { occurrences: found.occurrences.map(occurrenceToJson) };
      },
    }),
    writeRoute({
      method: "post",
      path: "/v1/maintenance-window-preview",
      operation: "previewMaintenanceWindow",
      summary: "Say when a maintenance window that is not kept would be open",
      tag,
      access: "query",
      query: z.strictObject(rangeQuery),
      body: windowInput,
      answer: occurrencesAnswer,
      call: async ({ query, body, caller, signal }) => {
        const of = { $case: "draft" as const, value: windowFromJson(body) };
        const call = { tenant: caller.tenant, signal };
        const found = await maintenance.call("previewMaintenanceWindow", { of, ...range(query) }, call);
        return { occurrences: found.occurrences.map(occurrenceToJson) };
      },
    }),
  ];
}

function answered(window: MaintenanceWindow | undefined): { window: z.input<typeof windowForm> } {
  if (window === undefined) throw new AppError("internal", "cannot answer the window: alerter answered none");
  return { window: windowToJson(window) };
}
