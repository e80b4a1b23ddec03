import { createTokenBucket, type TokenBucket } from "@sightline/model/token-bucket";

export interface PointAllowanceOptions {
  /** So many points a second of each tenant are looked at. */
  readonly pointsPerSecond: number;
  /** So many tenants are told apart; whoever was not heard of for longest begins anew. */
  readonly maxTenants: number;
  /** Milliseconds on a clock that does not go back. */
  readonly now: () => number;
}

/** Whether a tenant's message of so many points is looked at. */
export type PointAllowance = (tenant: string, points: number) => boolean;

/**
 * Bounds what watching costs: a baseline takes a value of each series now and then, and of series that send several times a
 * second most messages hold nothing for it. Beyond the bound whole messages are left out, so that one tenant's flood
 * neither fills a core nor delays the others.
 */
export function createPointAllowance({ pointsPerSecond, maxTenants, now }: PointAllowanceOptions): PointAllowance {
  const rate = { perSecond: pointsPerSecond, burst: pointsPerSecond };
  const buckets = new Map<string, TokenBucket>();
  const bucketOf = (tenant: string): TokenBucket => {
    const bucket = buckets.get(tenant) ?? createTokenBucket(now);
    buckets.delete(tenant);
    buckets.set(tenant, bucket);
    const [oldest] = buckets.keys();
    if (buckets.size > maxTenants && oldest !== undefined) buckets.delete(oldest);
    return bucket;
  };
  return (tenant, points) => {
    const bucket = bucketOf(tenant);
    if (bucket.waitMs(points, rate) > 0) return false;
    bucket.take(points, rate);
    return true;
  };
}
