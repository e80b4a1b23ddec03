import { AppError } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";

export interface ThrottleOptions {
  /** Failures within the window after which no more attempts are taken. */
  readonly maxFailures: number;
  readonly windowMs: number;
  /** Keys remembered; the oldest go first. */
  readonly maxKeys: number;
  readonly clock: Clock;
}

/** Slows down guessing: per key, only so many failures in a while. */
export interface Throttle {
  /** Throws `resource_exhausted` with the time to wait when the key has failed too often. */
  admit(key: string): void;
  failed(key: string): void;
  succeeded(key: string): void;
}

export function createThrottle({ maxFailures, windowMs, maxKeys, clock }: ThrottleOptions): Throttle {
  const failures = new Map<string, { count: number; untilMs: number }>();
  const current = (key: string) => {
    const entry = failures.get(key);
    return entry !== undefined && clock() < entry.untilMs ? entry : undefined;
  };
  return {
    admit: (key) => {
      const entry = current(key);
      if (entry === undefined || entry.count < maxFailures) return;
      const retryAfterMs = entry.untilMs - clock();
      throw new AppError("resource_exhausted", "cannot log in: too many failed attempts, wait a while", {
        retryAfterMs,
      });
    },
    failed: (key) => {
      const count = (current(key)?.count ?? 0) + 1;
      failures.delete(key);
      failures.set(key, { count, untilMs: clock() + windowMs });
      const [oldest] = failures.keys();
      if (failures.size > maxKeys && oldest !== undefined) failures.delete(oldest);
    },
    succeeded: (key) => {
      failures.delete(key);
    },
  };
}
