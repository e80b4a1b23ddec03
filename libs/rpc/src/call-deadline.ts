import { AppError } from "@sightline/errors/app-error";

/** What is asked of a call of any kind. */
export interface TimedCall {
  getDeadline(): Date | number;
  once(event: "cancelled", listener: () => void): unknown;
  off(event: "cancelled", listener: () => void): unknown;
}

export interface CallDeadline {
  readonly signal: AbortSignal;
  /** Rejects with the reason when the signal aborts. */
  readonly over: Promise<never>;
  release(): void;
}

/** The caller's deadline and its cancellation as one signal. */
export function callDeadline(call: TimedCall, maxDurationMs: number): CallDeadline {
  const controller = new AbortController();
  const { promise: over, reject } = Promise.withResolvers<never>();
  const end = (error: AppError) => {
    release();
    // Before the handler hears of it, so that its own way of giving up does not count.
    reject(error);
    controller.abort(error);
  };
  const leftMs = Math.min(Number(call.getDeadline()) - Date.now(), maxDurationMs);
  const timer = setTimeout(
    () => end(new AppError("deadline_exceeded", "cannot answer the call: its deadline is over")),
    Math.max(0, leftMs),
  );
  const onCancelled = () => end(new AppError("cancelled", "cannot answer the call: the caller gave up"));
  call.once("cancelled", onCancelled);
  function release(): void {
    clearTimeout(timer);
    call.off("cancelled", onCancelled);
  }
  return { signal: controller.signal, over, release };
}
