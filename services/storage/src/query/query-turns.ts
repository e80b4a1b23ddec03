import { AppError } from "@sightline/errors/app-error";

/** How many queries are answered at a time, and how many may wait. */
export interface TurnLimits {
  readonly maxConcurrent: number;
  /** … of one tenant, asked by one service: what is left is always there for the others. */
  readonly maxConcurrentPerTenant: number;
  readonly maxWaitingPerTenant: number;
  readonly maxWaitMs: number;
}

/** Who was not let in. */
export type RefusedTurn = "too_many_waiting" | "waited_too_long";

/** Lets queries in by turns, so that one tenant's many or heavy ones do not hold up another's. */
export interface QueryTurns {
  /**
   * Waits for a turn, which ends when the function that it resolves with is called, once.
   *
   * @param tenant whose turn it is, with the service that asks where that has turns of its own
   * @throws AppError resource_exhausted with a retry hint, cancelled
   */
  take(tenant: string, signal: AbortSignal): Promise<() => void>;
  running(): number;
  waiting(): number;
}

export interface QueryTurnsOptions {
  readonly limits: TurnLimits;
  readonly refused: (reason: RefusedTurn) => void;
}

interface Waiter {
  letIn(): void;
}

interface Line {
  running: number;
  readonly waiting: Set<Waiter>;
}

const RETRY_AFTER_MS = 1000;

/**
 * The next turn goes to the tenant that has the fewest queries running, among equals to the one that was let in longest ago; of one
 * tenant first comes first.
 */
export function createQueryTurns({ limits, refused }: QueryTurnsOptions): QueryTurns {
  // Of the tenants that have queries; one that is let in goes to the end.
  const lines = new Map<string, Line>();
  let running = 0;

  const mayRun = (line: Line) => running < limits.maxConcurrent && line.running < limits.maxConcurrentPerTenant;

  function begin(tenant: string, line: Line): () => void {
    running++;
    line.running++;
    lines.delete(tenant);
    lines.set(tenant, line);
    return () => {
      running--;
      line.running--;
      forgetIdle(tenant, line);
      letNextIn();
    };
  }

  function forgetIdle(tenant: string, line: Line): void {
    if (line.running === 0 && line.waiting.size === 0) lines.delete(tenant);
  }

  function letNextIn(): void {
    let next: Line | undefined;
    for (const line of lines.values()) {
      if (line.waiting.size > 0 && mayRun(line) && line.running < (next?.running ?? Number.POSITIVE_INFINITY))
        next = line;
    }
    const [waiter] = next?.waiting ?? [];
    waiter?.letIn();
  }

  function wait(tenant: string, line: Line, signal: AbortSignal): Promise<() => void> {
    const { promise, resolve, reject } = Promise.withResolvers<() => void>();
    const leave = () => {
      line.waiting.delete(waiter);
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    };
    const giveUp = (error: AppError) => {
      leave();
      forgetIdle(tenant, line);
      reject(error);
    };
    const onAbort = () => giveUp(AppError.from(signal.reason));
    const timer = setTimeout(() => {
      refused("waited_too_long");
      giveUp(tooMany(line, `want fewer at a time: it waited ${limits.maxWaitMs} ms for its turn`));
    }, limits.maxWaitMs);
    const waiter: Waiter = {
      letIn: () => {
        leave();
        resolve(begin(tenant, line));
      },
    };
    signal.addEventListener("abort", onAbort, { once: true });
    line.waiting.add(waiter);
    return promise;
  }

  return {
    async take(tenant, signal) {
      if (signal.aborted) throw AppError.from(signal.reason);
      const line = lines.get(tenant) ?? { running: 0, waiting: new Set<Waiter>() };
      lines.set(tenant, line);
      if (line.waiting.size === 0 && mayRun(line)) return begin(tenant, line);
      if (line.waiting.size < limits.maxWaitingPerTenant) return wait(tenant, line, signal);
      refused("too_many_waiting");
      throw tooMany(line, `want at most ${limits.maxWaitingPerTenant} that wait`);
    },
    running: () => running,
    waiting: () => lines.values().reduce((sum, line) => sum + line.waiting.size, 0),
  };
}

function tooMany({ running, waiting }: Line, want: string): AppError {
  const message = `cannot run the query: got ${running} queries that run and ${waiting.size} that wait, ${want}`;
  return new AppError("resource_exhausted", message, { retryable: true, retryAfterMs: RETRY_AFTER_MS });
}
