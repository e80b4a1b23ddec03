import { readFileSync } from "node:fs";
import type { ClickHouse } from "@sightline/clickhouse/client";
import type { Clock } from "@sightline/model/time";
import type { Sql } from "@sightline/postgres/pool";
import {
  type DeletedTenant,
  deleteTenantRows,
  listTenantsToPurge,
  markTenantPurged,
} from "@sightline/postgres/tenants";
import type { Logger } from "@sightline/service/logger";
import { z } from "zod";

const listTablesSql = readFileSync(new URL("./sql/list-tables.sql", import.meta.url), "utf8");
const findRowSql = readFileSync(new URL("./sql/find-row.sql", import.meta.url), "utf8");
const deleteRowsSql = readFileSync(new URL("./sql/delete-rows.sql", import.meta.url), "utf8");
const unfinishedDeletesSql = readFileSync(new URL("./sql/unfinished-deletes.sql", import.meta.url), "utf8");

const tableRow = z.object({ table: z.string() });
const foundRow = z.object({ found: z.number() });

export interface TenantPurgeOptions {
  readonly sql: Sql;
  readonly clickhouse: ClickHouse;
  readonly clock: Clock;
  readonly log: Logger;
  /** A tenant is looked for so long after its deletion: what was on the bus then comes in later. Milliseconds. */
  readonly settleMs: number;
}

/**
 * Removes what is kept of deleted tenants, from ClickHouse and from Postgres. To be called again and again; a run that
 * was interrupted is done again by the next, and one that finds nothing costs a look at an index for each table.
 */
export function createTenantPurge(options: TenantPurgeOptions): () => Promise<void> {
  return async () => {
    for (const tenant of await listTenantsToPurge(options.sql)) await purge(tenant, options);
  };
}

async function purge({ name, deletedAt }: DeletedTenant, options: TenantPurgeOptions): Promise<void> {
  const { sql, clickhouse, clock, log, settleMs } = options;
  await deleteTenantRows(sql, name);
  const tables = await tablesWith(name, clickhouse);
  const unfinished = await clickhouse.query(unfinishedDeletesSql, { tenant: name }, { schema: tableRow });
  const begun = new Set(unfinished.map(({ table }) => table));
  for (const table of tables) {
    // Who waited for it may have given up, the server has not: there would be one more each time.
    if (begun.has(table)) continue;
    await clickhouse.command(deleteRowsSql, { table, tenant: name }, { settings: { mutations_sync: 1 } });
    log.info({ tenant: name, table }, "rows of a deleted tenant removed");
  }
  if (tables.length > 0 || clock() - deletedAt.getTime() < settleMs) return;
  await markTenantPurged(sql, name);
  log.info({ tenant: name }, "nothing is left of a deleted tenant");
}

/** The tables that have rows of the tenant. */
async function tablesWith(tenant: string, clickhouse: ClickHouse): Promise<string[]> {
  const found: string[] = [];
  for (const { table } of await clickhouse.query(listTablesSql, {}, { schema: tableRow })) {
    const rows = await clickhouse.query(findRowSql, { table, tenant }, { schema: foundRow });
    if (rows.length > 0) found.push(table);
  }
  return found;
}
