import { CLOCK_TOLERANCE_MS } from "@sightline/model/agreed-clock";
import type { Clock } from "@sightline/model/time";

export interface HeldClockOptions {
  /** The time of day, milliseconds since the Unix epoch. */
  readonly clock: Clock;
  /** A clock that nobody sets, milliseconds. */
  readonly steadyMs: () => number;
}

/** A clock for work that cannot bear that time leaps, until it can be begun anew. */
export interface HeldClock {
  /** As the other clock shows, but never going back; once that is set it goes on as it was. */
  readonly clock: Clock;
  /** By how many milliseconds the other one was set; 0 while it was not. */
  stepMs(): number;
}

export function createHeldClock({ clock, steadyMs }: HeldClockOptions): HeldClock {
  /** What the clock showed when the steady one was at 0. */
  let originMs = clock() - steadyMs();
  let lastMs = Number.NEGATIVE_INFINITY;
  const stepMs = (): number => {
    const differenceMs = clock() - steadyMs() - originMs;
    return Math.abs(differenceMs) < CLOCK_TOLERANCE_MS ? 0 : differenceMs;
  };
  return {
    stepMs,
    clock() {
      if (stepMs() === 0) originMs = clock() - steadyMs();
      lastMs = Math.max(lastMs, Math.floor(originMs + steadyMs()));
      return lastMs;
    },
  };
}
