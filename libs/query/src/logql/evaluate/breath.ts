/** For how long a query may go through lines before others get their turn, in milliseconds. */
const breathMs = 20;

/** After how many lines it is time to look at the clock: of the most costly templates they take less than half a second. */
const linesPerLook = 16;

/**
 * What a query calls for every line, and waits for where it gets a promise: others have their turn then. Throws what the signal was aborted
 * with, so that a query that nobody waits for any more ends between two lines.
 */
export function createBreath(signal: AbortSignal): () => Promise<void> | undefined {
  let last = performance.now();
  let lines = 0;
  return () => {
    if (++lines % linesPerLook !== 0) return undefined;
    return performance.now() - last < breathMs ? undefined : breathe();
  };

  async function breathe(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    signal.throwIfAborted();
    last = performance.now();
  }
}
