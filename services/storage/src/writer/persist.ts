import type { AppError } from "@sightline/errors/app-error";
import { retry } from "@sightline/service/retry";

/** What is tried until it succeeds. */
export type Operation = "record" | "read" | "insert" | "dead-letter";

/**
 * Tries for as long as it takes: the bus or the database is away, full or read-only, and nothing is lost by waiting.
 * Gives up only when the signal aborts, or at an error that `isFinal`.
 */
export type Persist = <T>(
  operation: Operation,
  signal: AbortSignal,
  call: () => Promise<T>,
  isFinal?: (error: AppError) => boolean,
) => Promise<T>;

export interface PersistOptions {
  /** Ends all tries. */
  readonly signal: AbortSignal;
  readonly random: () => number;
  onRetry(operation: Operation, error: AppError, delayMs: number): void;
}

const BASE_DELAY_MS = 100;
const MAX_DELAY_MS = 10_000;

export function createPersist(options: PersistOptions): Persist {
  return (operation, signal, call, isFinal = () => false) =>
    retry(call, {
      attempts: Number.POSITIVE_INFINITY,
      baseDelayMs: BASE_DELAY_MS,
      maxDelayMs: MAX_DELAY_MS,
      signal: AbortSignal.any([options.signal, signal]),
      random: options.random,
      shouldRetry: (error) => error.code !== "cancelled" && !isFinal(error),
      onRetry: (error, _attempt, delayMs) => options.onRetry(operation, error, delayMs),
    });
}
