import { AppError } from "@sightline/errors/app-error";
import { type KeptTable, keptDaysOf, type WantedRetention } from "./kinds.ts";

/** A table's TTL. */
export interface Rule {
  /** In SQL. */
  readonly expression: string;
  /** Whether all rows of a part go at the same time, so that parts can be dropped instead of written anew. */
  readonly wholeParts: boolean;
}

/** As tenants are made (libs/postgres, tenants): what stands in a table's definition cannot be bound. */
const TENANT = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * The rule that keeps a table's rows as long as asked for. Rows go with the end of their day: all of a tenant's rows of
 * a day at once, so that a part, which holds one day, is written anew at most once for each age there is.
 *
 * @param sampledPercent of the traces that stay for longer
 */
export function ruleOf(table: KeptTable, wanted: WantedRetention, sampledPercent: number): Rule {
  const days = daysExpression(wanted, (tenant) => table.days(keptDaysOf(wanted, tenant)));
  const { sampledDays } = table;
  const sampled =
    sampledDays === undefined ? days : daysExpression(wanted, (tenant) => sampledDays(keptDaysOf(wanted, tenant)));
  const which = sampled === days ? days : `if(cityHash64(TraceId) % 100 < ${sampledPercent}, ${sampled}, ${days})`;
  return {
    expression: `toStartOfDay(${table.column}) + toIntervalDay(1 + ${which})`,
    wholeParts: table.mixedAges !== true && /^\d+$/.test(which),
  };
}

function daysExpression({ tenants }: WantedRetention, daysOf: (tenant: string) => number): string {
  const others = daysOf("");
  const own = [...tenants.keys()].filter((tenant) => daysOf(tenant) !== others).toSorted();
  if (own.length === 0) return String(others);
  const names = own.map(quoted).join(", ");
  return `transform(Tenant, [${names}], [${own.map(daysOf).join(", ")}], ${others})`;
}

function quoted(tenant: string): string {
  if (TENANT.test(tenant)) return `'${tenant}'`;
  throw new AppError("internal", `cannot name the tenant ${JSON.stringify(tenant)} in a table's definition`);
}

/** The TTL in a table's definition as `system.tables` gives it (`engine_full`); undefined when it has none. */
export function ruleIn(engine: string): string | undefined {
  return /\sTTL\s(.*?)(?:\sSETTINGS\s.*)?$/s.exec(engine)?.[1];
}
