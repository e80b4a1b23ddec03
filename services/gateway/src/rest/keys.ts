import { createApiKey, SCOPES } from "@sightline/auth/api-key";
import { AppError } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import { isUuid, uuid7 } from "@sightline/model/uuid7";
import { insertApiKey, listApiKeys, revokeApiKey } from "@sightline/postgres/api-keys";
import type { Sql } from "@sightline/postgres/pool";
import { z } from "zod";
import { moment } from "../json/scalars.ts";
import { type Route, readRoute, writeRoute } from "./route.ts";

const nothing = z.strictObject({});
const scopes = z.array(z.enum(SCOPES)).min(1);

const keyForm = z.object({
  keyId: z.string(),
  name: z.string(),
  prefix: z.string(),
  scopes,
  created: moment,
  revoked: moment.nullable(),
});

export interface KeyRouteOptions {
  readonly sql: Sql;
  readonly clock: Clock;
  /** Makes caches forget a revoked key. */
  forget(hash: string): Promise<void>;
}

export function keyRoutes({ sql, clock, forget }: KeyRouteOptions): Route[] {
  return [
    readRoute({
      method: "get",
      path: "/v1/keys",
      operation: "listKeys",
      summary: "List API keys",
      tag: "keys",
      access: "admin",
      query: nothing,
      answer: z.object({ keys: z.array(keyForm) }),
      call: async ({ caller }) => {
        const keys = await listApiKeys(sql, caller.tenant);
        return {
          keys: keys.map(({ keyId, name, prefix, scopes, createdAt, revokedAt }) => ({
            keyId,
            name,
            prefix,
            scopes,
            created: createdAt.toISOString(),
            revoked: revokedAt?.toISOString() ?? null,
          })),
        };
      },
    }),
    writeRoute({
      method: "post",
      path: "/v1/keys",
      operation: "createKey",
      summary: "Create an API key; only this answer ever shows it",
      tag: "keys",
      access: "admin",
      query: nothing,
      body: z.strictObject({ name: z.string().min(1).max(128), scopes }),
      answer: z.object({ keyId: z.string(), key: z.string(), prefix: z.string() }),
      call: async ({ body, caller }) => {
        const made = createApiKey(body.scopes[0] ?? "key");
        const keyId = uuid7(clock());
        const { key, prefix, hash } = made;
        await insertApiKey(sql, { keyId, tenant: caller.tenant, name: body.name, prefix, hash, scopes: body.scopes });
        return { keyId, key, prefix };
      },
    }),
    readRoute({
      method: "delete",
      path: "/v1/keys/:id",
      operation: "revokeKey",
      summary: "Revoke an API key",
      tag: "keys",
      access: "admin",
      query: nothing,
      answer: nothing,
      call: async ({ param, caller }) => {
        const keyId = param("id");
        const hash = isUuid(keyId) ? await revokeApiKey(sql, caller.tenant, keyId) : undefined;
        if (hash === undefined) throw new AppError("not_found", `cannot revoke key ${keyId}: there is none`);
        await forget(hash);
        return {};
      },
    }),
  ];
}
