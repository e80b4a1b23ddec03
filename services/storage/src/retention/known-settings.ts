import type { Sql } from "@sightline/postgres/pool";
import { type KeptDays, keptDaysOf } from "./kinds.ts";
import { listSettings } from "./store.ts";

export interface KnownSettingsOptions {
  readonly sql: Sql;
  readonly defaults: KeptDays;
  /** Milliseconds, rising. */
  readonly now: () => number;
}

const FRESH_MS = 60_000;
/** A database that is away is not asked again for as long. */
const AWAY_MS = 10_000;

/**
 * What is asked for a tenant, as far as it is known: for queries, which choose where to read by it and must neither wait
 * for Postgres nor fail with it. Up to a minute old; the defaults until the first answer.
 */
export function createKnownSettings({ sql, defaults, now }: KnownSettingsOptions): (tenant: string) => KeptDays {
  let tenants: ReadonlyMap<string, Partial<KeptDays>> = new Map();
  let askAgainAt = Number.NEGATIVE_INFINITY;
  const refresh = async () => {
    askAgainAt = Number.POSITIVE_INFINITY;
    try {
      tenants = await listSettings(sql);
      askAgainAt = now() + FRESH_MS;
    } catch {
      // Whoever applies the settings says that the database is away.
      askAgainAt = now() + AWAY_MS;
    }
  };
  return (tenant) => {
    if (now() >= askAgainAt) void refresh();
    return keptDaysOf({ defaults, tenants }, tenant);
  };
}
