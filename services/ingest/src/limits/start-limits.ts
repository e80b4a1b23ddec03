import { AppError } from "@sightline/errors/app-error";
import type { Sql } from "@sightline/postgres/pool";
import { listTenantLimits } from "@sightline/postgres/tenant-limits";
import type { Redis } from "@sightline/redis/client";
import type { Deps } from "@sightline/service/deps";
import { every } from "@sightline/service/loop";
import type { Config } from "../config.ts";
import { createActiveSeries } from "./active-series.ts";
import type { Limits } from "./limits.ts";
import { createOverrides } from "./overrides.ts";
import { createSharedUse } from "./shared-use.ts";
import { createTenantGate, type TenantGate } from "./tenant-gate.ts";
import { createTenantMetrics, type TenantMetrics } from "./tenant-metrics.ts";

export interface LimitDeps {
  readonly sql: Sql;
  readonly redis: Redis;
  readonly random: () => number;
}

/** How often processes tell each other what they have used. */
const EXCHANGE_MS = 1000;
const MAX_TENANTS_SHOWN = 100;
/** Bytes and records of so many tenants are shared. */
const MAX_SHARED_KEYS = 2000;

/** Wires the limits of tenants: read from Postgres, shared through Redis, both in the background. */
export async function startLimits(
  config: Config["limits"],
  { sql, redis, random }: LimitDeps,
  deps: Deps,
): Promise<TenantGate> {
  const { log, lifecycle, signal } = deps;
  const { tenant, record, maxAgeMs, maxAheadMs } = config;
  const now = () => performance.now();
  const overrides = createOverrides({ list: () => listTenantLimits(sql), log });
  await overrides.refresh();
  const loop = { log, signal, immediately: false };
  lifecycle.push("tenant limits", every(tenant.refreshMs, overrides.refresh, { ...loop, name: "tenant limits" }));

  const series = createActiveSeries({ maxHeld: tenant.maxSeriesHeld, idleMs: tenant.seriesIdleMs, now, random });
  const gate: TenantGate = createTenantGate({
    defaults: defaultsOf(config),
    record,
    own: overrides.of,
    maxAgeMs,
    maxAheadMs,
    series,
    observer: {
      used: (name, use) => {
        shared.used(`${name} bytes`, use.bytes);
        shared.used(`${name} records`, use.records);
        metrics.used(name, use);
      },
      gaveBack: (name, use) => {
        shared.used(`${name} bytes`, -use.bytes);
        shared.used(`${name} records`, -use.records);
      },
      limited: (name, limit, count) => metrics.limited(name, limit, count),
    },
    log,
    now,
  });
  const metrics: TenantMetrics = createTenantMetrics(deps.metrics, {
    limits: gate.limits,
    series: series.size,
    maxTenants: MAX_TENANTS_SHOWN,
  });
  const shared = createSharedUse({
    counters: redis,
    usedByOthers: (key, amount) => {
      const [name = "", what] = key.split(" ");
      gate.chargeOthers(name, what === "bytes" ? { bytes: amount, records: 0 } : { bytes: 0, records: amount });
    },
    now,
    maxKeys: MAX_SHARED_KEYS,
  });
  const exchange = async () => {
    // While Redis is away, which its client tells, each process holds tenants to their limits by itself.
    if (redis.isConnected()) await shared.exchange().catch(ignoreOutage);
  };
  lifecycle.push("shared limits", every(EXCHANGE_MS, exchange, { ...loop, name: "shared limits" }));
  return gate;
}

function ignoreOutage(thrown: unknown): void {
  const error = AppError.from(thrown);
  if (!error.retryable) throw error;
}

function defaultsOf({ tenant, record, maxRequestBytes }: Config["limits"]): Limits {
  const { bytesPerSecond, burstBytes, recordsPerSecond, burstRecords, maxSeries } = tenant;
  const { maxRecordBytes, maxAttributes, maxKeyBytes, maxValueBytes } = record;
  const rates = { bytesPerSecond, burstBytes, recordsPerSecond, burstRecords };
  return { ...rates, maxSeries, maxRequestBytes, maxRecordBytes, maxAttributes, maxKeyBytes, maxValueBytes };
}
