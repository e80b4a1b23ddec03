import type { Clock } from "@sightline/model/time";

export interface ClockStepsOptions {
  /** The time of day, milliseconds since the Unix epoch. */
  readonly clock: Clock;
  /** A clock that nobody sets, milliseconds. */
  readonly steadyMs: () => number;
}

/** Less than this is how two clocks drift apart. */
const minStepMs = 2000;

/** Finds out when the clock was set: by how many milliseconds since it was asked last, 0 when it was not. */
export function createClockSteps({ clock, steadyMs }: ClockStepsOptions): () => number {
  let differenceMs = clock() - steadyMs();
  return () => {
    const nowMs = clock() - steadyMs();
    const stepMs = nowMs - differenceMs;
    differenceMs = nowMs;
    return Math.abs(stepMs) < minStepMs ? 0 : stepMs;
  };
}
