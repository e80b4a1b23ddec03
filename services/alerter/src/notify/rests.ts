import type { Clock } from "@sightline/model/time";

/** What is left alone for a while, since nothing could be done for it just now. */
export interface Rests<T> {
  /** From now on; anew where it rests already. */
  begin(key: string, what: T): void;
  /** What rests now. */
  now(): T[];
}

export interface RestsOptions {
  readonly clock: Clock;
  readonly restMs: number;
  /** Of more than these the longest resting has its turn early. */
  readonly maxRests: number;
}

/** Nothing rests at first. A clock that is set ends all rests. */
export function createRests<T>({ clock, restMs, maxRests }: RestsOptions): Rests<T> {
  const rests = new Map<string, { readonly what: T; readonly sinceMs: number }>();
  return {
    begin(key, what) {
      rests.delete(key);
      rests.set(key, { what, sinceMs: clock() });
      const [oldest] = rests.keys();
      if (rests.size > maxRests && oldest !== undefined) rests.delete(oldest);
    },
    now() {
      const nowMs = clock();
      for (const [key, { sinceMs }] of rests) if (Math.abs(nowMs - sinceMs) >= restMs) rests.delete(key);
      return [...rests.values()].map(({ what }) => what);
    },
  };
}
