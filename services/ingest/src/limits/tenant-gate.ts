import { AppError } from "@sightline/errors/app-error";
import { NANOS_PER_MS, nanosOfMs } from "@sightline/model/time";
import { createTokenBucket, type Rate, type TokenBucket } from "@sightline/model/token-bucket";
import { limitSeries } from "@sightline/otlp/series-limit";
import type { RecordLimits, RecordRules, Validated } from "@sightline/otlp/validate";
import type { TenantLimits } from "@sightline/postgres/tenant-limits";
import type { ActiveSeries } from "./active-series.ts";
import { type Limits, limitsOf } from "./limits.ts";

/** The limits of which a tenant is told that it has reached them. */
export type LimitName = "bytes_per_second" | "records_per_second" | "series";

/** What tenants use and are refused, for the metrics. */
export interface LimitObserver {
  /** Of a request that was taken. */
  used(tenant: string, use: Use): void;
  /** Of one that was taken and could not be stored. */
  gaveBack(tenant: string, use: Use): void;
  /** Requests, or of series data points, that were refused. */
  limited(tenant: string, limit: LimitName, count: number): void;
}

/** What a request costs. */
export interface Use {
  /** After decompression. */
  readonly bytes: number;
  readonly records: number;
}

export interface TenantGateOptions {
  readonly defaults: Limits;
  /** What of a record's limits no tenant has of its own. */
  readonly record: RecordLimits;
  /** The tenant's own limits, as far as they are known. */
  readonly own: (tenant: string) => TenantLimits | undefined;
  /** How much older and how much newer than now a record may be, milliseconds. */
  readonly maxAgeMs: number;
  readonly maxAheadMs: number;
  readonly series: ActiveSeries;
  readonly observer: LimitObserver;
  readonly log: { warn(fields: object, message: string): void };
  /** Milliseconds on a clock that does not go back. */
  readonly now: () => number;
}

/** Holds every tenant to its limits. Asks nobody: what it decides by is in this process. */
export interface TenantGate {
  limits(tenant: string): Limits;
  /**
   * Turns a request away before it is read when the tenant has used up its rate. Throws `resource_exhausted` with the
   * time when there will be room.
   *
   * @param bytes how many it has at least
   */
  admit(tenant: string, bytes: number): void;
  /** By what the tenant's records are judged. @param nowUnixMs when they came */
  rules(tenant: string, nowUnixMs: number): RecordRules;
  /** Takes a request off the tenant's rates. Throws `resource_exhausted` with the time when there will be room. */
  charge(tenant: string, use: Use): void;
  /** Undoes a charge. */
  giveBack(tenant: string, use: Use): void;
  /** Takes off what other processes have taken. */
  chargeOthers(tenant: string, use: Use): void;
  /** Leaves out the points of new series beyond the tenant's limit. */
  limitSeries(tenant: string, validated: Validated): Validated;
}

interface TenantState {
  /** The limits of its own that `limits` was made of. */
  own: TenantLimits | undefined;
  limits: Limits;
  readonly bytes: TokenBucket;
  readonly records: TokenBucket;
  toldOfSeriesAtMs: number;
}

/** Tenants remembered; those longest silent are forgotten first, and begin with full buckets again. */
const MAX_TENANTS = 10_000;
/** A tenant that goes on beyond its limit of series is in the log this often. */
const TELL_EVERY_MS = 600_000;

/** The gate; unknown tenants begin with full buckets. */
export function createTenantGate(options: TenantGateOptions): TenantGate {
  const { defaults, record, own, maxAgeMs, maxAheadMs, series, observer, log, now } = options;
  const states = new Map<string, TenantState>();

  const stateOf = (tenant: string): TenantState => {
    const known = states.get(tenant);
    const state = known ?? {
      own: undefined,
      limits: limitsOf(defaults),
      bytes: createTokenBucket(now),
      records: createTokenBucket(now),
      toldOfSeriesAtMs: Number.NEGATIVE_INFINITY,
    };
    // The order of a map is that of insertion: who was here last is at its end.
    if (known !== undefined) states.delete(tenant);
    states.set(tenant, state);
    const [oldest] = states.keys();
    if (states.size > MAX_TENANTS && oldest !== undefined) {
      states.delete(oldest);
      series.forget(oldest);
    }
    return state;
  };
  const limits = (tenant: string): Limits => {
    const state = stateOf(tenant);
    const current = own(tenant);
    if (current !== state.own) {
      state.own = current;
      state.limits = limitsOf(defaults, current);
    }
    return state.limits;
  };

  const check = (tenant: string, cost: Use): void => {
    const { bytesPerSecond, burstBytes, recordsPerSecond, burstRecords } = limits(tenant);
    const { bytes, records } = stateOf(tenant);
    const refuse = (limit: LimitName, what: string, waitMs: number, rate: Rate): never => {
      observer.limited(tenant, limit, 1);
      const want = `want at most ${rate.perSecond} ${what} a second and ${rate.burst} at once`;
      throw new AppError(
        "resource_exhausted",
        `cannot take the request now: tenant ${tenant} sends too much, ${want}`,
        {
          retryable: true,
          retryAfterMs: waitMs,
        },
      );
    };
    const byteRate = { perSecond: bytesPerSecond, burst: burstBytes };
    const recordRate = { perSecond: recordsPerSecond, burst: burstRecords };
    const forBytes = bytes.waitMs(cost.bytes, byteRate);
    const forRecords = records.waitMs(cost.records, recordRate);
    if (forBytes > 0 && forBytes >= forRecords) refuse("bytes_per_second", "bytes", forBytes, byteRate);
    if (forRecords > 0) refuse("records_per_second", "records", forRecords, recordRate);
  };
  const take = (tenant: string, cost: Use): void => {
    const { bytesPerSecond, burstBytes, recordsPerSecond, burstRecords } = limits(tenant);
    const { bytes, records } = stateOf(tenant);
    bytes.take(cost.bytes, { perSecond: bytesPerSecond, burst: burstBytes });
    records.take(cost.records, { perSecond: recordsPerSecond, burst: burstRecords });
  };
  const tellOfSeries = (tenant: string, maxSeries: number): void => {
    const state = stateOf(tenant);
    if (now() - state.toldOfSeriesAtMs < TELL_EVERY_MS) return;
    state.toldOfSeriesAtMs = now();
    log.warn({ tenant, maxSeries }, "a tenant has as many series as it may: points of new ones are refused");
  };

  return {
    limits,
    admit: (tenant, bytes) => check(tenant, { bytes, records: 1 }),
    rules: (tenant, nowUnixMs) => {
      const { maxRecordBytes, maxAttributes, maxKeyBytes, maxValueBytes } = limits(tenant);
      return {
        limits: { ...record, maxRecordBytes, maxAttributes, maxKeyBytes, maxValueBytes },
        times: {
          oldestUnixNano: nanosOfMs(nowUnixMs - Math.min(maxAgeMs, nowUnixMs)),
          newestUnixNano: nanosOfMs(nowUnixMs) + BigInt(maxAheadMs) * NANOS_PER_MS,
        },
      };
    },
    charge: (tenant, use) => {
      check(tenant, use);
      take(tenant, use);
      observer.used(tenant, use);
    },
    giveBack: (tenant, use) => {
      take(tenant, { bytes: -use.bytes, records: -use.records });
      observer.gaveBack(tenant, use);
    },
    chargeOthers: take,
    limitSeries: (tenant, validated) => {
      const { maxSeries } = limits(tenant);
      if (!series.worthLooking(tenant, maxSeries, validated.payload.length)) return validated;
      const limited = limitSeries(validated, series.gate(tenant, maxSeries), (metric) => {
        const example = `the first is of the metric ${metric.slice(0, 200)}`;
        return `got ${series.size(tenant)} that are active, want at most ${maxSeries}; ${example}`;
      });
      const refused = validated.records - limited.records;
      if (refused > 0) {
        observer.limited(tenant, "series", refused);
        tellOfSeries(tenant, maxSeries);
      }
      return limited;
    },
  };
}
