import { AppError } from "@sightline/errors/app-error";
import type { Sql } from "@sightline/postgres/pool";
import { deleteTenantLimits, findTenantLimits, putTenantLimits, tenantLimits } from "@sightline/postgres/tenant-limits";
import { z } from "zod";
import type { Caller } from "../auth/caller.ts";
import { assertOperator, isOperator } from "../auth/operator.ts";
import { type Route, readRoute, writeRoute } from "./route.ts";

const nothing = z.strictObject({});
const answer = z.object({ limits: tenantLimits });

/** What tenants may send. Whoever runs the system decides it; a tenant's administrators may read their own. */
export function limitRoutes(sql: Sql): Route[] {
  const resource = { path: "/v1/tenants/:tenant/limits", tag: "tenants", access: "admin", query: nothing } as const;
  return [
    readRoute({
      ...resource,
      method: "get",
      operation: "getTenantLimits",
      summary: "Read the limits that a tenant has of its own; what is left out is as ingest's configuration says",
      answer,
      call: async ({ param, caller }) => {
        const tenant = param("tenant");
        assertOwnOrOperator(caller, tenant);
        return { limits: await findTenantLimits(sql, tenant) };
      },
    }),
    writeRoute({
      ...resource,
      method: "put",
      operation: "putTenantLimits",
      summary: "Replace the limits that a tenant has of its own; they are applied within 15 seconds",
      body: tenantLimits,
      answer,
      call: async ({ param, body, caller }) => {
        assertOperator(caller, "change limits");
        const tenant = param("tenant");
        if (!(await putTenantLimits(sql, tenant, body))) {
          throw new AppError("not_found", `cannot change the limits of ${tenant}: there is no such tenant`);
        }
        return { limits: body };
      },
    }),
    readRoute({
      ...resource,
      method: "delete",
      operation: "deleteTenantLimits",
      summary: "Let ingest's configuration alone say what a tenant may send",
      answer: nothing,
      call: async ({ param, caller }) => {
        assertOperator(caller, "change limits");
        await deleteTenantLimits(sql, param("tenant"));
        return {};
      },
    }),
  ];
}

function assertOwnOrOperator(caller: Caller, tenant: string): void {
  if (caller.tenant !== tenant && !isOperator(caller)) assertOperator(caller, "read the limits of another tenant");
}
