import { readFileSync } from "node:fs";
import { AppError } from "@sightline/errors/app-error";
import type { Sql } from "@sightline/postgres/pool";
import { z } from "zod";
import { type KeptDays, KINDS, type Kind } from "./kinds.ts";

const listSql = readFileSync(new URL("./sql/list-settings.sql", import.meta.url), "utf8");
const setSql = readFileSync(new URL("./sql/set-days.sql", import.meta.url), "utf8");
const unsetSql = readFileSync(new URL("./sql/unset-days.sql", import.meta.url), "utf8");
const listFailuresSql = readFileSync(new URL("./sql/list-failures.sql", import.meta.url), "utf8");
const clearFailuresSql = readFileSync(new URL("./sql/clear-failures.sql", import.meta.url), "utf8");
const insertFailureSql = readFileSync(new URL("./sql/insert-failure.sql", import.meta.url), "utf8");

const settingRow = z.object({ tenant: z.string(), kind: z.enum(KINDS), days: z.number() });
const failureRow = z.object({ table: z.string(), reason: z.string() });

/** Tables' definitions name every tenant with settings of its own. */
export const MAX_TENANTS = 1000;

/** The settings of all tenants that have any. */
export async function listSettings(sql: Sql): Promise<ReadonlyMap<string, Partial<KeptDays>>> {
  const rows = await sql.query(listSql, [], settingRow);
  const byTenant = Map.groupBy(rows, ({ tenant }) => tenant);
  return new Map(
    [...byTenant].map(([tenant, own]) => [tenant, Object.fromEntries(own.map(({ kind, days }) => [kind, days]))]),
  );
}

export interface SettingChange {
  readonly kind: Kind;
  /** 0: the default again. */
  readonly days: number;
}

/** @throws AppError resource_exhausted when too many tenants have settings of their own */
export async function changeSettings(sql: Sql, tenant: string, changes: readonly SettingChange[]): Promise<void> {
  await sql.transaction(async (tx) => {
    for (const { kind, days } of changes) {
      if (days === 0) await tx.execute(unsetSql, [tenant, kind]);
      else await tx.execute(setSql, [tenant, kind, days]);
    }
    const tenants = (await listSettings(tx)).size;
    if (tenants <= MAX_TENANTS) return;
    const message = `cannot set the retention of ${tenant}: got settings of ${tenants} tenants, want at most ${MAX_TENANTS}`;
    throw new AppError("resource_exhausted", message);
  });
}

/** Why tables could not be changed at the last attempt, by table. */
export async function listFailures(sql: Sql): Promise<ReadonlyMap<string, string>> {
  const rows = await sql.query(listFailuresSql, [], failureRow);
  return new Map(rows.map(({ table, reason }) => [table, reason]));
}

/** Takes the place of all that was recorded before. */
export async function recordFailures(sql: Sql, failures: ReadonlyMap<string, string>): Promise<void> {
  await sql.transaction(async (tx) => {
    await tx.execute(clearFailuresSql, []);
    for (const [table, reason] of failures) await tx.execute(insertFailureSql, [table, reason.slice(0, 2000)]);
  });
}
