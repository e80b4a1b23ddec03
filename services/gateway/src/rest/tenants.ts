import { createApiKey } from "@sightline/auth/api-key";
import { AppError } from "@sightline/errors/app-error";
import { isTenant } from "@sightline/model/tenant";
import type { Clock } from "@sightline/model/time";
import { uuid7 } from "@sightline/model/uuid7";
import { insertApiKey } from "@sightline/postgres/api-keys";
import type { Sql } from "@sightline/postgres/pool";
import { createTenant, listTenants, markTenantDeleted } from "@sightline/postgres/tenants";
import { z } from "zod";
import { assertOperator } from "../auth/operator.ts";
import { moment } from "../json/scalars.ts";
import { type Route, readRoute, writeRoute } from "./route.ts";

const nothing = z.strictObject({});
const tenantName = z.string().refine(isTenant, "want 1 to 63 lower-case letters, digits and inner hyphens");

const tenantForm = z.object({
  tenant: z.string(),
  created: moment,
  deleted: moment.nullable(),
  purged: moment.nullable().describe("When nothing of a deleted tenant was found any more"),
});

export interface TenantRouteOptions {
  readonly sql: Sql;
  readonly clock: Clock;
  /** Makes caches forget a key. */
  forget(hash: string): Promise<void>;
}

/** Tenants are made and ended by who runs the system: administrators of the default tenant. */
export function tenantRoutes({ sql, clock, forget }: TenantRouteOptions): Route[] {
  return [
    readRoute({
      method: "get",
      path: "/v1/tenants",
      operation: "listTenants",
      summary: "List tenants, deleted ones too",
      tag: "tenants",
      access: "admin",
      query: nothing,
      answer: z.object({ tenants: z.array(tenantForm) }),
      call: async ({ caller }) => {
        assertOperator(caller, "list tenants");
        const tenants = await listTenants(sql);
        return {
          tenants: tenants.map(({ name, createdAt, deletedAt, purgedAt }) => ({
            tenant: name,
            created: createdAt.toISOString(),
            deleted: deletedAt?.toISOString() ?? null,
            purged: purgedAt?.toISOString() ?? null,
          })),
        };
      },
    }),
    writeRoute({
      method: "post",
      path: "/v1/tenants",
      operation: "createTenant",
      summary: "Create a tenant; only this answer ever shows the key of its administrator",
      tag: "tenants",
      access: "admin",
      query: nothing,
      body: z.strictObject({ tenant: tenantName }),
      answer: z.object({ tenant: z.string(), keyId: z.string(), key: z.string() }),
      call: async ({ body: { tenant }, caller }) => {
        assertOperator(caller, "create a tenant");
        const { key, prefix, hash } = createApiKey("admin");
        const keyId = uuid7(clock());
        await sql.transaction(async (tx) => {
          await createTenant(tx, tenant);
          await insertApiKey(tx, { keyId, tenant, name: "administrator", prefix, hash, scopes: ["admin"] });
        });
        return { tenant, keyId, key };
      },
    }),
    readRoute({
      method: "delete",
      path: "/v1/tenants/:tenant",
      operation: "deleteTenant",
      summary: "Delete a tenant: its keys and logins stop within seconds, all its records are removed after",
      tag: "tenants",
      access: "admin",
      query: nothing,
      answer: nothing,
      call: async ({ param, caller }) => {
        assertOperator(caller, "delete a tenant");
        const tenant = param("tenant");
        const keys = await markTenantDeleted(sql, tenant);
        if (keys === undefined) {
          throw new AppError("not_found", `cannot delete the tenant ${tenant}: there is none that can be deleted`);
        }
        await Promise.all(keys.map(forget));
        return {};
      },
    }),
  ];
}
