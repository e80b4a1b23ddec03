import { AppError } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";

export interface ThrottleOptions {
  /** Attempts within the window after which no more are taken. */
  readonly maxAttempts: number;
  readonly windowMs: number;
  /** Keys remembered; the oldest go first. */
  readonly maxKeys: number;
  readonly clock: Clock;
}

/** Slows down guessing: per key, only so many attempts in a while. */
export interface Throttle {
  /**
   * Counts an attempt before it is made, so that many at the same time are not all the first one. Throws
   * `resource_exhausted` with the time to wait when there were too many.
   */
  attempt(key: string): void;
  /** The last attempt does not count: it was good, or nobody could say. */
  takeBack(key: string): void;
  /** None of the attempts counts any more. */
  clear(key: string): void;
}

export function createThrottle({ maxAttempts, windowMs, maxKeys, clock }: ThrottleOptions): Throttle {
  const attempts = new Map<string, { count: number; untilMs: number }>();
  const current = (key: string) => {
    const entry = attempts.get(key);
    return entry !== undefined && clock() < entry.untilMs ? entry : undefined;
  };
  return {
    attempt: (key) => {
      const entry = current(key);
      if (entry !== undefined && entry.count >= maxAttempts) {
        throw new AppError("resource_exhausted", "cannot log in: too many failed attempts, wait a while", {
          retryAfterMs: entry.untilMs - clock(),
        });
      }
      attempts.delete(key);
      attempts.set(key, { count: (entry?.count ?? 0) + 1, untilMs: clock() + windowMs });
      const [oldest] = attempts.keys();
      if (attempts.size > maxKeys && oldest !== undefined) attempts.delete(oldest);
    },
    takeBack: (key) => {
      const entry = current(key);
      if (entry !== undefined) entry.count -= 1;
    },
    clear: (key) => {
      attempts.delete(key);
    },
  };
}
