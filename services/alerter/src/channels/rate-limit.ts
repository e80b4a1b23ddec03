import type { RateLimit } from "./integration.ts";

export interface RateLimiterOptions {
  /** Receivers that are remembered; the one that was told longest ago is forgotten first. */
  readonly maxKeys: number;
  /** A clock that nobody sets, milliseconds: by one that is set back a receiver would be told nothing for as long. */
  readonly steadyMs: () => number;
}

/** Says when a receiver may be told something, by token buckets. */
export interface RateLimiter {
  /**
   * Takes one message out of all of a receiver's limits and returns 0, or takes nothing and returns in how many
   * milliseconds there will be one to take.
   */
  take(key: string, limits: readonly RateLimit[]): number;
  /** Gives back one message that was taken and not sent. */
  giveBack(key: string): void;
  /** The receiver itself said how long it wants to be left alone, milliseconds. */
  pause(key: string, forMs: number): void;
}

/** Fractions of tokens do not add up exactly. */
const roundingMs = 1e-6;

interface Buckets {
  readonly tokens: number[];
  atMs: number;
  pausedUntilMs: number;
}

export function createRateLimiter({ maxKeys, steadyMs }: RateLimiterOptions): RateLimiter {
  const byKey = new Map<string, Buckets>();

  function bucketsOf(key: string): Buckets {
    const buckets = byKey.get(key) ?? { tokens: [], atMs: steadyMs(), pausedUntilMs: 0 };
    // Behind the others: the first of the map is the one that was used longest ago.
    byKey.delete(key);
    byKey.set(key, buckets);
    const [oldest] = byKey.keys();
    if (byKey.size > maxKeys && oldest !== undefined) byKey.delete(oldest);
    return buckets;
  }

  return {
    take(key, limits) {
      const nowMs = steadyMs();
      const buckets = bucketsOf(key);
      if (nowMs < buckets.pausedUntilMs) return buckets.pausedUntilMs - nowMs;
      const passedMs = nowMs - buckets.atMs;
      buckets.atMs = nowMs;
      const waits = limits.map(({ count, perMs }, index) => {
        const tokens = Math.min((buckets.tokens[index] ?? count) + (passedMs * count) / perMs, count);
        buckets.tokens[index] = tokens;
        const waitMs = ((1 - tokens) * perMs) / count;
        return waitMs < roundingMs ? 0 : Math.ceil(waitMs - roundingMs);
      });
      const waitMs = Math.max(0, ...waits);
      if (waitMs === 0) for (const index of limits.keys()) buckets.tokens[index] = (buckets.tokens[index] ?? 0) - 1;
      return waitMs;
    },
    giveBack(key) {
      const { tokens } = bucketsOf(key);
      for (const [index, left] of tokens.entries()) tokens[index] = left + 1;
    },
    pause(key, forMs) {
      const buckets = bucketsOf(key);
      buckets.pausedUntilMs = Math.max(buckets.pausedUntilMs, steadyMs() + forMs);
    },
  };
}
