import { AppError } from "@sightline/errors/app-error";
import type { Logger } from "@sightline/service/logger";

/** Wakes one loop before its time. */
export interface Bell {
  /** Wakes whoever waits, or else the next one to wait. */
  ring(): void;
  /** Resolves when the bell rings, the time is over or the signal aborts. */
  wait(timeoutMs: number, signal: AbortSignal): Promise<void>;
}

export function createBell(): Bell {
  let rung = false;
  let wake: (() => void) | undefined;
  return {
    ring() {
      if (wake === undefined) rung = true;
      else wake();
    },
    wait(timeoutMs, signal) {
      if (rung || signal.aborted) {
        rung = false;
        return Promise.resolve();
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      const done = () => resolve();
      const timer = setTimeout(done, timeoutMs);
      signal.addEventListener("abort", done);
      wake = done;
      return promise.finally(() => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        wake = undefined;
      });
    },
  };
}

export interface LoopOptions {
  readonly name: string;
  readonly bell: Bell;
  readonly intervalMs: number;
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly failures: { inc(): void };
}

/**
 * Runs a job now, whenever the bell rings and at the latest after each interval, until the signal aborts; never twice at
 * a time. A run that fails is logged and counted, and the next comes all the same.
 */
export async function runOnBell(job: () => Promise<void>, options: LoopOptions): Promise<void> {
  const { name, bell, intervalMs, signal, log, failures } = options;
  while (!signal.aborted) {
    const startedAt = performance.now();
    try {
      await job();
    } catch (thrown) {
      if (signal.aborted) return;
      failures.inc();
      const { code, message } = AppError.from(thrown);
      log.warn({ job: name, code, error: message }, "a periodic job failed");
    }
    await bell.wait(Math.max(0, intervalMs - (performance.now() - startedAt)), signal);
  }
}
