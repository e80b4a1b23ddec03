import { AppError } from "@sightline/errors/app-error";
import { createTokenBucket, type TokenBucket } from "@sightline/model/token-bucket";

/** How many requests one source may send. */
const RATE = { perSecond: 20, burst: 200 };
const MAX_SOURCES = 10_000;

/** Counts a request of a source. Throws resource_exhausted, with the time to wait, when there are too many. */
export function createSourceRate(now: () => number): (sourceId: string) => void {
  const buckets = new Map<string, TokenBucket>();
  return (sourceId) => {
    const bucket = buckets.get(sourceId) ?? createTokenBucket(now);
    // The one that was asked for last is the last to be forgotten.
    buckets.delete(sourceId);
    buckets.set(sourceId, bucket);
    const [oldest] = buckets.keys();
    if (buckets.size > MAX_SOURCES && oldest !== undefined) buckets.delete(oldest);
    const waitMs = bucket.waitMs(1, RATE);
    if (waitMs > 0) {
      const message = `cannot take more now: got more than ${RATE.perSecond} requests a second from this source`;
      throw new AppError("resource_exhausted", message, { retryAfterMs: waitMs });
    }
    bucket.take(1, RATE);
  };
}
