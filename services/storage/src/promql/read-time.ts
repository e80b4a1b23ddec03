import { AppError } from "@sightline/errors/app-error";

/** The time that an expression may take, which begins when something is read for it: to wait for others costs it nothing. */
export interface ReadTime {
  /** Aborts when the time is over, or the call. */
  readonly signal: AbortSignal;
  /** Something is read from here on. The first time counts. */
  begin(): void;
  /** Nothing is wanted any more. */
  end(): void;
  /** Whether it was the time of this expression that was over, not the call. */
  isOver(): boolean;
}

/**
 * Makes the times of the expressions of a call.
 *
 * @param timeoutMs of each; 0 where there is no end but the call's
 * @param call aborts all of them
 */
export function createReadTimes(timeoutMs: number, call: AbortSignal): () => ReadTime {
  const ends = new Set<AbortController>();
  const endAll = () => {
    for (const end of ends) end.abort(call.reason);
  };
  call.addEventListener("abort", endAll, { once: true });
  return () => {
    const end = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    let isOver = false;
    ends.add(end);
    if (call.aborted) end.abort(call.reason);
    return {
      signal: end.signal,
      begin() {
        if (timeoutMs === 0 || end.signal.aborted) return;
        timer ??= setTimeout(() => {
          isOver = true;
          end.abort(new AppError("deadline_exceeded", "query timed out in expression evaluation"));
        }, timeoutMs);
      },
      end() {
        clearTimeout(timer);
        ends.delete(end);
      },
      isOver: () => isOver,
    };
  };
}
