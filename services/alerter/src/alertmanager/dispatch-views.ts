import type { Clock } from "@sightline/model/time";
import type { Pool } from "@sightline/postgres/pool";
import type { ActiveConfiguration } from "../dispatch/active-configuration.ts";
import { readSnapshot } from "../dispatch/record-store.ts";
import { readSilences } from "../dispatch/silence-store.ts";
import { createTenantDispatch, type DispatchLimits, type TenantDispatch } from "../dispatch/tenant-dispatch.ts";

export interface DispatchViewsOptions {
  readonly sql: Pool;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly limits: DispatchLimits;
  readonly externalUrl: string;
  /** What is dispatched by this replica. */
  readonly live: ReadonlyMap<string, TenantDispatch>;
  configurationOf(tenant: string): Promise<ActiveConfiguration>;
}

/** What is known of a tenant's alerts. */
export interface DispatchViews {
  /** From memory where this replica dispatches; else as whoever does has written it. Only to be read. */
  of(tenant: string): Promise<TenantDispatch>;
}

export function createDispatchViews(options: DispatchViewsOptions): DispatchViews {
  const { sql, clock, live } = options;
  return {
    async of(tenant) {
      const here = live.get(tenant);
      if (here !== undefined) return here;
      const [configuration, silences, snapshot] = await Promise.all([
        options.configurationOf(tenant),
        readSilences(sql, tenant),
        readSnapshot(sql, tenant),
      ]);
      return createTenantDispatch({ ...options, tenant, configuration, silences, snapshot, nowMs: clock() });
    },
  };
}
