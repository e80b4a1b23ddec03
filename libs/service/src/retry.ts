import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "@sightline/errors/app-error";

export interface RetryOptions {
  /** How often it is tried in all, the first time included. */
  readonly attempts: number;
  /** Upper bound of the first pause; doubles with each try. */
  readonly baseDelayMs: number;
  /** Upper bound of any pause, also of one that the error asks for. */
  readonly maxDelayMs: number;
  readonly signal: AbortSignal;
  /** Evenly distributed in [0, 1). Default: Math.random. */
  readonly random?: () => number;
  /** Default: an AppError that says it is retryable. */
  readonly shouldRetry?: (error: AppError) => boolean;
  /** Told before each pause. */
  readonly onRetry?: (error: AppError, attempt: number, delayMs: number) => void;
}

/**
 * Calls until it succeeds, with exponential pauses and full jitter (Brooker, "Exponential Backoff And Jitter", AWS
 * 2015). A pause is never shorter than the error's own `retryAfterMs`, up to the bound.
 *
 * @throws AppError the last error, or `cancelled` when the signal aborts during a pause
 */
export async function retry<T>(call: (attempt: number) => Promise<T>, options: RetryOptions): Promise<T> {
  const shouldRetry = options.shouldRetry ?? ((error) => error.retryable);
  for (let attempt = 1; ; attempt++) {
    try {
      return await call(attempt);
    } catch (thrown) {
      const error = AppError.from(thrown);
      if (attempt >= options.attempts || options.signal.aborted || !shouldRetry(error)) throw error;
      const delayMs = retryDelayMs(attempt, error.retryAfterMs ?? 0, options);
      options.onRetry?.(error, attempt, delayMs);
      try {
        await sleep(delayMs, undefined, { signal: options.signal });
      } catch (aborted) {
        throw new AppError("cancelled", "gave up retrying: stopping", { cause: aborted });
      }
    }
  }
}

/** The pause after the given failed attempt (from 1), in milliseconds. */
export function retryDelayMs(
  attempt: number,
  askedMs: number,
  { baseDelayMs, maxDelayMs, random = Math.random }: Pick<RetryOptions, "baseDelayMs" | "maxDelayMs" | "random">,
): number {
  const jittered = random() * Math.min(maxDelayMs, baseDelayMs * 2 ** (attempt - 1));
  return Math.min(maxDelayMs, Math.max(askedMs, jittered));
}
