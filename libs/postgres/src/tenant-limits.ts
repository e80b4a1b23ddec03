import { readFileSync } from "node:fs";
import { z } from "zod";
import type { Sql } from "./pool.ts";

const listSql = readFileSync(new URL("./sql/list-tenant-limits.sql", import.meta.url), "utf8");
const findSql = readFileSync(new URL("./sql/find-tenant-limits.sql", import.meta.url), "utf8");
const putSql = readFileSync(new URL("./sql/put-tenant-limits.sql", import.meta.url), "utf8");
const deleteSql = readFileSync(new URL("./sql/delete-tenant-limits.sql", import.meta.url), "utf8");

const mebibyte = 1024 * 1024;
const upTo = (max: number) => z.int().min(1).max(max).optional();
const perSecond = upTo(1_000_000_000_000);

/** What a tenant may send, as far as it differs from what the configuration says for all. Sizes in bytes. */
export const tenantLimits = z.strictObject({
  bytesPerSecond: perSecond.describe("Bytes of requests a second, after decompression, over a while"),
  burstBytes: perSecond.describe("Bytes that may come at once"),
  recordsPerSecond: perSecond.describe("Spans, log records, data points and events a second, over a while"),
  burstRecords: perSecond.describe("Records that may come at once"),
  maxSeries: upTo(100_000_000).describe("Series of metrics that are active at a time"),
  maxSpanSeries: z
    .int()
    .min(0)
    .max(10_000_000)
    .optional()
    .describe("Series of metrics that are computed of the tenant's spans; 0: none are"),
  maxRequestBytes: upTo(512 * mebibyte).describe("One request, before and after decompression"),
  maxRecordBytes: upTo(4 * mebibyte).describe("One span, log record or data point with all that is in it"),
  maxAttributes: upTo(65_536).describe("Attributes of one record, resource, scope, span event or link"),
  maxKeyBytes: upTo(65_536).describe("An attribute's key"),
  maxValueBytes: upTo(4 * mebibyte).describe("One text or bytes value; a log record's body too"),
});
export type TenantLimits = z.infer<typeof tenantLimits>;

const row = z.object({ limits: tenantLimits });
const rowOfTenant = row.extend({ tenant: z.string() });

/** How many tenants may have limits of their own that are applied. */
const MAX_TENANTS = 10_000;

/** The limits of all tenants that have some of their own. */
export async function listTenantLimits(sql: Sql): Promise<ReadonlyMap<string, TenantLimits>> {
  const rows = await sql.query(listSql, [MAX_TENANTS], rowOfTenant);
  return new Map(rows.map(({ tenant, limits }) => [tenant, limits]));
}

/** A tenant's own limits; none when it has none. */
export async function findTenantLimits(sql: Sql, tenant: string): Promise<TenantLimits> {
  const [found] = await sql.query(findSql, [tenant], row);
  return found?.limits ?? {};
}

/** Replaces a tenant's own limits. False when there is no such tenant. */
export async function putTenantLimits(sql: Sql, tenant: string, limits: TenantLimits): Promise<boolean> {
  return (await sql.execute(putSql, [tenant, JSON.stringify(limits)])) === 1;
}

/** Lets the configuration alone say what the tenant may send. Idempotent. */
export async function deleteTenantLimits(sql: Sql, tenant: string): Promise<void> {
  await sql.execute(deleteSql, [tenant]);
}
