/** For how long a query may go through lines before others get their turn, in milliseconds. */
const breathMs = 20;

/** After how many lines it is time to look at the clock: of the most costly templates they take less than half a second. */
const linesPerLook = 16;

/** What is waited for where it gives a promise: others have their turn then. */
export type Breathe = () => Promise<void> | undefined;

/**
 * What a query calls for every line, or for every so many numbers. Throws what the signal was aborted with, so that a query that nobody
 * waits for any more ends between two lines.
 *
 * @param callsPerLook after how many calls the clock is looked at
 */
export function createBreath(signal: AbortSignal, callsPerLook = linesPerLook): Breathe {
  let last = performance.now();
  let calls = 0;
  return () => {
    if (++calls % callsPerLook !== 0) return undefined;
    return performance.now() - last < breathMs ? undefined : breathe();
  };

  async function breathe(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    signal.throwIfAborted();
    last = performance.now();
  }
}
