/** A clock that moves only when told to. Call it for the time, milliseconds since the Unix epoch. */
export interface TestClock {
  (): number;
  /** Moves on by so many milliseconds. */
  advance(ms: number): void;
  /** Sets the time; it may also go back, as real clocks do. */
  set(unixMs: number): void;
}

/** Starts at 2026-01-01T00:00:00Z unless told otherwise. */
export function testClock(startMs: number = Date.UTC(2026, 0, 1)): TestClock {
  let now = startMs;
  return Object.assign(() => now, {
    advance(ms: number) {
      now += ms;
    },
    set(unixMs: number) {
      now = unixMs;
    },
  });
}
