import type { SqlGuardOptions } from "./guard.ts";

/**
 * The value of ClickHouse's setting `additional_table_filters` by which every table shows a tenant's rows only, however it is named
 * in a statement: the second lock behind guardSql. It holds with `readonly = 1`, under which a statement cannot set it itself.
 */
export function tenantFilters({ database, tables }: SqlGuardOptions, tenant: string): string {
  const filter = quote(`Tenant = ${quote(tenant)}`);
  return `{${[...tables].map((table) => `${quote(`${database}.${table}`)}: ${filter}`).join(", ")}}`;
}

/** A text literal of ClickHouse. */
function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
