import type { Clock } from "./time.ts";

/** What another clock showed. */
export interface ClockReading {
  /** Milliseconds since the Unix epoch. */
  readonly unixMs: number;
  /** When that was by the steady clock, milliseconds. */
  readonly steadyMs: number;
}

export interface AgreedClockOptions {
  /** The time of day on this machine, milliseconds since the Unix epoch: somebody may set it, or it may be wrong. */
  readonly wall: Clock;
  /** A clock that nobody sets, milliseconds. */
  readonly steadyMs: () => number;
}

/** A time of day that one wrong clock of three does not change. */
export interface AgreedClock {
  /** The time, whole milliseconds since the Unix epoch. It goes on steadily between two calls of `agree`. */
  readonly clock: Clock;
  /** Compares this machine's time with what other clocks have just shown. To be called again and again. */
  agree(others: readonly ClockReading[]): void;
}

/** More than this is neither drift nor a slow answer: somebody has set a clock, or it is wrong. */
export const CLOCK_TOLERANCE_MS = 2000;

/**
 * Tells the time that most of several clocks show: the median of three, and of two that differ the one that goes on as before. This machine's own
 * counts, to the millisecond, as long as it is near that. It begins as the own one.
 */
export function createAgreedClock({ wall, steadyMs }: AgreedClockOptions): AgreedClock {
  /** What a clock showed when the steady one was at 0. */
  let originMs = wall() - steadyMs();
  return {
    clock: () => Math.floor(originMs + steadyMs()),
    agree(others) {
      const ownMs = wall() - steadyMs();
      const agreedMs = agreedOf([ownMs, ...others.map((other) => other.unixMs - other.steadyMs)], originMs);
      originMs = Math.abs(ownMs - agreedMs) < CLOCK_TOLERANCE_MS ? ownMs : agreedMs;
    },
  };
}

function agreedOf(origins: readonly number[], beforeMs: number): number {
  const nearest = (wantedMs: number) =>
    origins.reduce((best, one) => (Math.abs(one - wantedMs) < Math.abs(best - wantedMs) ? one : best));
  if (origins.length < 3) return nearest(beforeMs);
  return origins.toSorted((a, b) => a - b)[Math.floor(origins.length / 2)] ?? beforeMs;
}
