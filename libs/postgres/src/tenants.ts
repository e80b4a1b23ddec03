import { readFileSync } from "node:fs";
import { z } from "zod";
import type { Sql } from "./pool.ts";

const listSql = readFileSync(new URL("./sql/list-tenants.sql", import.meta.url), "utf8");
const createSql = readFileSync(new URL("./sql/create-tenant.sql", import.meta.url), "utf8");
const markDeletedSql = readFileSync(new URL("./sql/mark-tenant-deleted.sql", import.meta.url), "utf8");
const listToPurgeSql = readFileSync(new URL("./sql/list-tenants-to-purge.sql", import.meta.url), "utf8");
const markPurgedSql = readFileSync(new URL("./sql/mark-tenant-purged.sql", import.meta.url), "utf8");
const listKeyHashesSql = readFileSync(new URL("./sql/list-key-hashes.sql", import.meta.url), "utf8");
const deleteRowsSql = readFileSync(new URL("./sql/delete-tenant-rows.sql", import.meta.url), "utf8");

const tenantRow = z.object({
  name: z.string(),
  createdAt: z.date(),
  deletedAt: z.date().nullable(),
  purgedAt: z.date().nullable(),
});
/** A tenant; one that was deleted keeps its name taken. */
export type Tenant = z.infer<typeof tenantRow>;

const deletedRow = z.object({ name: z.string(), deletedAt: z.date() });
/** A tenant of which something may be left. */
export type DeletedTenant = z.infer<typeof deletedRow>;

/** All tenants, deleted ones too, by name. */
export function listTenants(sql: Sql): Promise<Tenant[]> {
  return sql.query(listSql, [], tenantRow);
}

/** Throws `already_exists` when the name is taken, be it by a tenant that was deleted. */
export async function createTenant(sql: Sql, name: string): Promise<void> {
  await sql.execute(createSql, [name]);
}

/**
 * Ends a tenant: from now on its keys and logins are unknown. Idempotent.
 *
 * @returns the hashes of its keys, for caches to forget them; undefined when there is no such tenant or it is the default one
 */
export function markTenantDeleted(sql: Sql, name: string): Promise<string[] | undefined> {
  return sql.transaction(async (tx) => {
    const keys = await tx.query(listKeyHashesSql, [name], z.object({ hash: z.string() }));
    return (await tx.execute(markDeletedSql, [name])) === 1 ? keys.map(({ hash }) => hash) : undefined;
  });
}

/** Deleted tenants that are not yet known to be gone, the longest deleted first. */
export function listTenantsToPurge(sql: Sql): Promise<DeletedTenant[]> {
  return sql.query(listToPurgeSql, [], deletedRow);
}

/** Deletes all that is kept of a tenant but its name. Idempotent. */
export async function deleteTenantRows(sql: Sql, name: string): Promise<void> {
  await sql.execute(deleteRowsSql, [name]);
}

/** Notes that nothing is left of a deleted tenant. Idempotent. */
export async function markTenantPurged(sql: Sql, name: string): Promise<void> {
  await sql.execute(markPurgedSql, [name]);
}
