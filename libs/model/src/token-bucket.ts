/** How much may come: over a while, and at once. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** What is left of a rate. The rate comes with each call, since it may change at any time. */
export interface TokenBucket {
  /**
   * How long until that much may come, milliseconds; 0: now. What is more than the burst may come when the bucket is
   * full, and the debt is paid off afterwards. Takes nothing.
   */
  waitMs(cost: number, rate: Rate): number;
  /** Takes that much, whether it is there or not; gives it back when it is negative. */
  take(cost: number, rate: Rate): void;
}

/** A full bucket. @param now milliseconds on a clock that does not go back */
export function createTokenBucket(now: () => number): TokenBucket {
  let tokens = Number.POSITIVE_INFINITY;
  let filledAtMs = now();
  const refill = ({ perSecond, burst }: Rate): void => {
    const nowMs = now();
    tokens = Math.min(burst, tokens + ((nowMs - filledAtMs) / 1000) * perSecond);
    filledAtMs = nowMs;
  };
  return {
    waitMs: (cost, rate) => {
      refill(rate);
      const missing = Math.min(cost, rate.burst) - tokens;
      return missing <= 0 ? 0 : Math.ceil((missing * 1000) / rate.perSecond);
    },
    take: (cost, rate) => {
      refill(rate);
      // A debt of more than a burst would shut a tenant out for longer than any burst of its own could.
      tokens = Math.max(tokens - cost, -Math.max(cost, rate.burst));
    },
  };
}
