import type { Clock } from "@sightline/model/time";
import type { Pool } from "@sightline/postgres/pool";
import type { ActiveConfiguration } from "../dispatch/active-configuration.ts";
import { readSnapshot } from "../dispatch/record-store.ts";
import { readSilences } from "../dispatch/silence-store.ts";
import { createTenantDispatch, type DispatchLimits, type TenantDispatch } from "../dispatch/tenant-dispatch.ts";
import { readWindows } from "../maintenance/window-store.ts";

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
  /**
   * From memory where this replica dispatches; else as whoever does has written it, which is a second old at the most, or as old as makes
   * reading it a tenth of the time. Only to be read.
   */
  of(tenant: string): Promise<TenantDispatch>;
}

/** Tenants of whom it is remembered. */
const MAX_REMEMBERED = 32;
const FRESH_MS = 1000;
/** Who asks without end has it read anew for a tenth of the time. */
const SHARE = 10;

interface Remembered {
  readonly view: Promise<TenantDispatch>;
  /** By the monotonic clock; undefined while it is being read. */
  untilMs: number | undefined;
}

export function createDispatchViews(options: DispatchViewsOptions): DispatchViews {
  const { live } = options;
  const remembered = new Map<string, Remembered>();

  function remember(tenant: string): Promise<TenantDispatch> {
    const startedMs = performance.now();
    const entry: Remembered = { view: readView(tenant, options), untilMs: undefined };
    remembered.delete(tenant);
    remembered.set(tenant, entry);
    const [oldest] = remembered.keys();
    if (remembered.size > MAX_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
    const forget = () => void (remembered.get(tenant) === entry && remembered.delete(tenant));
    const settle = () => {
      const nowMs = performance.now();
      entry.untilMs = nowMs + Math.max(FRESH_MS, SHARE * (nowMs - startedMs));
    };
    entry.view.then(settle, forget);
    return entry.view;
  }

  return {
    async of(tenant) {
      const here = live.get(tenant);
      if (here !== undefined) {
        remembered.delete(tenant);
        return here;
      }
      const known = remembered.get(tenant);
      const isFresh = known !== undefined && (known.untilMs === undefined || performance.now() < known.untilMs);
      return isFresh ? known.view : remember(tenant);
    },
  };
}

async function readView(tenant: string, options: DispatchViewsOptions): Promise<TenantDispatch> {
  const { sql, clock } = options;
  const [configuration, silences, windows, snapshot] = await Promise.all([
    options.configurationOf(tenant),
    readSilences(sql, tenant),
    readWindows(sql, tenant),
    readSnapshot(sql, tenant),
  ]);
  const known = { configuration, silences, windows, snapshot };
  return createTenantDispatch({ ...options, tenant, ...known, nowMs: clock() });
}
