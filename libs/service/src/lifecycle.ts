import type { Logger } from "./logger.ts";

/** What was acquired, and how it is given back. */
export interface Lifecycle {
  /**
   * Remembers how to give something back. Called right after acquiring it; the last one pushed is closed first. After
   * `stop` has begun the closer runs at once, so that a start overtaken by a stop leaves nothing behind.
   */
  push(name: string, close: () => void | Promise<void>): void;
  /**
   * Closes everything, last first, also when some of it fails. Safe to call twice: both calls end together.
   *
   * @throws AggregateError of what failed or was not done in time
   */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

interface LifecycleOptions {
  readonly log: Logger;
  /** What all closers together may take. One closer gets at most half of what is left, so that none starves the rest. */
  readonly timeoutMs: number;
}

interface Closer {
  readonly name: string;
  readonly close: () => void | Promise<void>;
}

export function createLifecycle({ log, timeoutMs }: LifecycleOptions): Lifecycle {
  const closers: Closer[] = [];
  let stopping: Promise<void> | undefined;
  let deadline = Number.POSITIVE_INFINITY;

  async function closeOne({ name, close }: Closer): Promise<unknown> {
    const leftMs = Math.max(0, deadline - performance.now());
    try {
      await within(Promise.resolve(close()), Math.max(10, leftMs / 2));
      return undefined;
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      log.warn({ name, err: cause }, "could not stop in order");
      return new Error(`cannot stop ${name}: ${reason}`, { cause });
    }
  }

  async function closeAll(): Promise<void> {
    deadline = performance.now() + timeoutMs;
    const errors: unknown[] = [];
    for (let closer = closers.pop(); closer !== undefined; closer = closers.pop()) {
      const error = await closeOne(closer);
      if (error !== undefined) errors.push(error);
    }
    if (errors.length > 0) throw new AggregateError(errors, errors.map(String).join("; "));
  }

  const lifecycle: Lifecycle = {
    push(name, close) {
      // closeOne reports what fails and never rejects.
      if (stopping !== undefined) void closeOne({ name, close });
      else closers.push({ name, close });
    },
    stop() {
      stopping ??= closeAll();
      return stopping;
    },
    [Symbol.asyncDispose]: () => lifecycle.stop(),
  };
  return lifecycle;
}

/**
 * The promise's outcome, or an error once the time is over; what it was doing goes on unwatched.
 *
 * @param late the error; default: "not done within <ms> ms"
 */
export async function within<T>(work: Promise<T>, timeoutMs: number, late = () => notDone(timeoutMs)): Promise<T> {
  const { promise: timeout, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(late()), timeoutMs);
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

function notDone(timeoutMs: number): Error {
  return new Error(`not done within ${Math.round(timeoutMs)} ms`);
}
