import { AppError } from "@sightline/errors/app-error";
import { z } from "zod";
import type { Collector } from "../clients.ts";
import { targetForm, targetFromJson, targetInput, targetToJson } from "../json/targets.ts";
import { type Route, readRoute, writeRoute } from "./route.ts";

const nothing = z.strictObject({});

export function targetRoutes(collector: Collector): Route[] {
  return [
    readRoute({
      method: "get",
      path: "/v1/targets",
      operation: "listTargets",
      summary: "List what the collector checks and scrapes",
      tag: "targets",
      access: "query",
      query: nothing,
      answer: z.object({ targets: z.array(targetForm) }),
      call: async ({ caller, signal }) => {
        const found = await collector.call("listTargets", {}, { tenant: caller.tenant, signal });
        return { targets: found.targets.map(targetToJson) };
      },
    }),
    writeRoute({
      method: "put",
      path: "/v1/targets/:name",
      operation: "putTarget",
      summary: "Create or replace a target",
      tag: "targets",
      access: "edit",
      query: nothing,
      body: targetInput,
      answer: z.object({ target: targetForm }),
      call: async ({ param, body, caller, signal }) => {
        const request = { target: targetFromJson(param("name"), body) };
        const { target } = await collector.call("putTarget", request, { tenant: caller.tenant, signal });
        if (target === undefined) throw new AppError("internal", "cannot answer the target: collector answered none");
        return { target: targetToJson(target) };
      },
    }),
    readRoute({
      method: "delete",
      path: "/v1/targets/:name",
      operation: "deleteTarget",
      summary: "Delete a target",
      tag: "targets",
      access: "edit",
      query: nothing,
      answer: nothing,
      call: async ({ param, caller, signal }) => {
        await collector.call("deleteTarget", { name: param("name") }, { tenant: caller.tenant, signal });
        return {};
      },
    }),
  ];
}
