import { AppError } from "@sightline/errors/app-error";

/** For how long a request may calculate before others get their turn, in milliseconds. */
const BREATH_MS = 20;

/** After how many things it is time to look at the clock. */
const THINGS_PER_LOOK = 16;

/** To be called for each of many things, and waited for where it gives a promise: others have their turn then. */
export type Breathe = () => Promise<void> | undefined;

/** Throws `cancelled` once the signal is aborted, so that what nobody waits for any more ends. */
export function createBreath(signal: AbortSignal): Breathe {
  let last = performance.now();
  let things = 0;
  return () => {
    things += 1;
    if (things % THINGS_PER_LOOK !== 0 || performance.now() - last < BREATH_MS) return undefined;
    return others();
  };

  async function others(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    if (signal.aborted) throw new AppError("cancelled", "the caller has gone");
    last = performance.now();
  }
}
