/** Counters that all processes add to; `redis.incrementMany` of libs/redis fits. */
export interface SharedCounters {
  /** Adds to each counter and answers the sums, in order. Throws when it cannot be reached. */
  incrementMany(additions: readonly (readonly [key: string, by: number])[], ttlMs: number): Promise<number[]>;
}

export interface SharedUseOptions {
  readonly counters: SharedCounters;
  /** Told what others have used of a key since the last exchange. */
  readonly usedByOthers: (key: string, amount: number) => void;
  /** Milliseconds on a clock that does not go back. */
  readonly now: () => number;
  /** Keys at a time; what is used beyond is not shared. */
  readonly maxKeys: number;
}

/** Lets several processes use up one limit together. */
export interface SharedUse {
  /** Notes what this process has used, or given back when it is negative; costs nothing. */
  used(key: string, amount: number): void;
  /** Tells the others, and hears from them; to be called about once a second. Throws when that is not possible. */
  exchange(): Promise<void>;
}

const PREFIX = "ingest:use:1:";
const TTL_MS = 60_000;
/** Who has used nothing for longer than this begins anew: what others used meanwhile is long paid off. */
const STALE_MS = 3000;

/**
 * Every process has all of a limit and is charged for what it uses itself, at once, and for what the others use, a
 * moment later: together they use no more than the limit over a while. Without Redis each is left with the whole limit.
 */
export function createSharedUse({ counters, usedByOthers, now, maxKeys }: SharedUseOptions): SharedUse {
  const unsaid = new Map<string, number>();
  const heard = new Map<string, { sum: number; atMs: number }>();
  const forgetStale = (): void => {
    for (const [key, { atMs }] of heard) if (now() - atMs > STALE_MS) heard.delete(key);
  };
  return {
    used: (key, amount) => {
      const before = unsaid.get(key);
      if (before === undefined && unsaid.size >= maxKeys) return;
      unsaid.set(key, (before ?? 0) + amount);
    },
    exchange: async () => {
      forgetStale();
      const said = [...unsaid];
      unsaid.clear();
      if (said.length === 0) return;
      const sums = await counters.incrementMany(
        said.map(([key, amount]) => [PREFIX + key, amount]),
        TTL_MS,
      );
      for (const [at, [key, own]] of said.entries()) {
        const sum = sums[at] ?? 0;
        const before = heard.get(key);
        // A counter that is smaller than before began anew.
        const others = before === undefined ? 0 : sum - before.sum - own;
        if (others > 0) usedByOthers(key, others);
        heard.set(key, { sum, atMs: now() });
      }
    },
  };
}
