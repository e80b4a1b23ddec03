import { setTimeout as pause } from "node:timers/promises";

export interface EventuallyOptions {
  /** Default 60 000: a condition that holds is not waited for, and a machine that does much else is slow. */
  readonly timeoutMs?: number;
  /** Between two tries. Default 20. */
  readonly intervalMs?: number;
}

/**
 * Calls `fn` until it neither throws nor answers false, and answers its last result. When time runs out, throws what
 * `fn` last threw, or says that it went on answering false.
 */
export async function eventually<T>(fn: () => T | Promise<T>, options: EventuallyOptions = {}): Promise<T> {
  const timeoutMs = options.timeoutMs ?? 60_000;
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const outcome = await attempt(fn);
    if (outcome.ok) return outcome.value;
    if (performance.now() >= deadline) throw outcome.error ?? new Error(`condition not met within ${timeoutMs} ms`);
    await pause(options.intervalMs ?? 20);
  }
}

type Outcome<T> = { ok: true; value: T } | { ok: false; error?: unknown };

async function attempt<T>(fn: () => T | Promise<T>): Promise<Outcome<T>> {
  try {
    const value = await fn();
    return value === false ? { ok: false } : { ok: true, value };
  } catch (error) {
    return { ok: false, error };
  }
}
