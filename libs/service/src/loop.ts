import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "./logger.ts";

export interface EveryOptions {
  readonly name: string;
  readonly log: Logger;
  /** Ends the loop and is handed to each run. */
  readonly signal?: AbortSignal;
  /** Counts failed runs. */
  readonly failures?: { inc(): void };
  /** Whether the first run is at once rather than after one interval. Default true. */
  readonly immediately?: boolean;
}

/**
 * Runs a job again and again. Runs never overlap: a run that takes longer than the interval delays the next one. A
 * run that fails is logged and counted, and the next comes all the same. The timer does not keep the process alive.
 *
 * @returns ends the loop, and resolves once the run under way is done
 */
export function every(
  intervalMs: number,
  job: (signal: AbortSignal) => void | Promise<void>,
  options: EveryOptions,
): () => Promise<void> {
  const { name, log, failures, immediately = true } = options;
  const ended = new AbortController();
  const signal = options.signal === undefined ? ended.signal : AbortSignal.any([options.signal, ended.signal]);

  async function runOnce(): Promise<void> {
    try {
      await job(signal);
    } catch (err) {
      if (signal.aborted) return;
      failures?.inc();
      log.warn({ name, err }, "a periodic job failed");
    }
  }

  async function loop(): Promise<void> {
    let due = performance.now() + (immediately ? 0 : intervalMs);
    while (!signal.aborted) {
      const waitMs = due - performance.now();
      if (waitMs > 0) await sleep(waitMs, undefined, { signal, ref: false }).catch(ignoreAbort);
      if (signal.aborted) return;
      await runOnce();
      due = Math.max(due + intervalMs, performance.now());
    }
  }

  const running = loop();
  return async () => {
    ended.abort();
    await running;
  };
}

function ignoreAbort(error: unknown): void {
  if (!(error instanceof Error && error.name === "AbortError")) throw error;
}
