/** What is waited for where it gives a promise: others have their turn then. */
export type Breathe = () => Promise<void> | undefined;

export interface BreathOptions {
  /** After how many calls it is time to look at the clock. Default 16: of the most costly templates they take less than half a second. */
  readonly callsPerLook?: number;
  /** For how long one may calculate before others get their turn, in milliseconds. Default 20. */
  readonly busyMs?: number;
}

/**
 * What long work calls for every line, or for every so many numbers. Throws what the signal was aborted with, so that work that nobody
 * waits for any more ends between two of them.
 */
export function createBreath(signal: AbortSignal, { callsPerLook = 16, busyMs = 20 }: BreathOptions = {}): Breathe {
  let last = performance.now();
  let calls = 0;
  return () => {
    if (++calls % callsPerLook !== 0) return undefined;
    return performance.now() - last < busyMs ? undefined : breathe();
  };

  async function breathe(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    signal.throwIfAborted();
    last = performance.now();
  }
}
