import { readFileSync } from "node:fs";
import type { Sql } from "@sightline/postgres/pool";
import { z } from "zod";
import { TARGET_KINDS, type Target } from "./target.ts";

const listSql = readFileSync(new URL("./sql/list-targets.sql", import.meta.url), "utf8");
const putSql = readFileSync(new URL("./sql/put-target.sql", import.meta.url), "utf8");
const deleteSql = readFileSync(new URL("./sql/delete-target.sql", import.meta.url), "utf8");

const row = z
  .object({
    name: z.string(),
    kind: z.enum(TARGET_KINDS),
    address: z.string(),
    interval_ms: z.number(),
    timeout_ms: z.number(),
    labels: z.record(z.string(), z.string()),
  })
  .transform(
    ({ interval_ms, timeout_ms, ...rest }): Target => ({ ...rest, intervalMs: interval_ms, timeoutMs: timeout_ms }),
  );

/** The targets that people keep in Postgres. Every method throws an AppError when Postgres does not answer. */
export interface TargetStore {
  /** By name, at most so many. */
  list(tenant: string, limit: number): Promise<Target[]>;
  /** Adds the target, or replaces the one of that name. */
  put(tenant: string, target: Target): Promise<void>;
  /** Returns whether there was one. */
  remove(tenant: string, name: string): Promise<boolean>;
}

export function createTargetStore(sql: Sql): TargetStore {
  return {
    list: (tenant, limit) => sql.query(listSql, [tenant, limit], row),
    async put(tenant, { name, kind, address, intervalMs, timeoutMs, labels }) {
      await sql.execute(putSql, [tenant, name, kind, address, intervalMs, timeoutMs, JSON.stringify(labels)]);
    },
    remove: async (tenant, name) => (await sql.execute(deleteSql, [tenant, name])) > 0,
  };
}
