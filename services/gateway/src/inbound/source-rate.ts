import { AppError } from "@sightline/errors/app-error";
import { createTokenBucket, type Rate, type TokenBucket } from "@sightline/model/token-bucket";

/** Something of which a source may send only so much. */
export interface SourceRate extends Rate {
  readonly what: string;
}

/** How much one source may send: requests, which cost before anything is known of them, and the alerts and events that they mean. */
export const SOURCE_RATES = {
  requests: { perSecond: 20, burst: 200, what: "requests" },
  records: { perSecond: 500, burst: 10_000, what: "alerts and events" },
} as const satisfies Record<string, SourceRate>;

const MAX_SOURCES = 10_000;

/** Counts what a source sends. Throws resource_exhausted, with the time to wait, when it is too much; that is not counted. */
export function createSourceRate(now: () => number, rate: SourceRate): (sourceId: string, cost?: number) => void {
  const buckets = new Map<string, TokenBucket>();
  return (sourceId, cost = 1) => {
    const bucket = buckets.get(sourceId) ?? createTokenBucket(now);
    // The one that was asked for last is the last to be forgotten.
    buckets.delete(sourceId);
    buckets.set(sourceId, bucket);
    const [oldest] = buckets.keys();
    if (buckets.size > MAX_SOURCES && oldest !== undefined) buckets.delete(oldest);
    const waitMs = bucket.waitMs(cost, rate);
    if (waitMs > 0) {
      const message = `cannot take more now: got more than ${rate.perSecond} ${rate.what} a second from this source`;
      throw new AppError("resource_exhausted", message, { retryAfterMs: waitMs });
    }
    bucket.take(cost, rate);
  };
}
