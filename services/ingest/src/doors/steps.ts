import { setImmediate } from "node:timers/promises";

/** Work that is done step by step, so that others may have their turn between two of them. */
export type Steps<T> = Generator<undefined, T, undefined>;

/** Takes it to its end, one step in each turn of the event loop. */
export async function finish<T>(steps: Steps<T>): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await setImmediate();
  }
}

/** Takes it to its end at once: for tests and benches. */
export function finishAtOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
