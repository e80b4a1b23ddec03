import { AppError } from "@sightline/errors/app-error";
import type { TenantLimits } from "@sightline/postgres/tenant-limits";

export interface OverridesOptions {
  /** Asks the store for the limits of all tenants that have some of their own. */
  readonly list: () => Promise<ReadonlyMap<string, TenantLimits>>;
  readonly log: { warn(fields: object, message: string): void; info(fields: object, message: string): void };
}

/** The limits that tenants have of their own, as the store last said. */
export interface Overrides {
  of(tenant: string): TenantLimits | undefined;
  /** Asks the store; while it cannot answer, what it last said goes on. Does not throw. */
  refresh(): Promise<void>;
}

/** None, until the store was asked. */
export function createOverrides({ list, log }: OverridesOptions): Overrides {
  let known: ReadonlyMap<string, TenantLimits> = new Map();
  let stale = false;
  return {
    of: (tenant) => known.get(tenant),
    refresh: async () => {
      try {
        known = await list();
        if (stale) log.info({ tenants: known.size }, "limits of tenants can be read again");
        stale = false;
      } catch (thrown) {
        const error = AppError.from(thrown).message;
        if (!stale) log.warn({ error }, "limits of tenants cannot be read, those known go on");
        stale = true;
      }
    },
  };
}
