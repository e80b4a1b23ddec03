import { readFileSync } from "node:fs";
import type { Sql } from "@sightline/postgres/pool";
import { z } from "zod";

const insertSql = readFileSync(new URL("./sql/insert-handover.sql", import.meta.url), "utf8");
const tenantsSql = readFileSync(new URL("./sql/scheduling-tenants.sql", import.meta.url), "utf8");

export interface ToldHandover {
  readonly tenant: string;
  readonly schedule: string;
  readonly atMs: number;
}

/** Keeps that a hand-over is told. Returns whether it was not before. */
export async function insertHandover(tx: Sql, { tenant, schedule, atMs }: ToldHandover): Promise<boolean> {
  return (await tx.execute(insertSql, [tenant, schedule, new Date(atMs)])) > 0;
}

/** All tenants that have schedules, or had. */
export async function listSchedulingTenants(sql: Sql): Promise<string[]> {
  return (await sql.query(tenantsSql, [], z.object({ tenant: z.string() }))).map(({ tenant }) => tenant);
}
