import { AppError } from "@sightline/errors/app-error";
import type { Vector } from "@sightline/rules/evaluate/queries";

export interface QueryBudgetOptions {
  readonly ask: (text: string, atMs: number, signal: AbortSignal) => Promise<Vector>;
  /** How long may be asked at a stretch, milliseconds. */
  readonly maxMs: number;
  /** Which part of the time that passes may be spent. */
  readonly share: number;
  /** A clock that nobody sets, milliseconds. */
  readonly steadyMs: () => number;
}

/**
 * Asks for as long as there is time for it: where others wait behind what is asked. Without time left it rejects with
 * `deadline_exceeded` at once.
 */
export function createQueryBudget(options: QueryBudgetOptions): (text: string, atMs: number) => Promise<Vector> {
  const { ask, maxMs, share, steadyMs } = options;
  let leftMs = maxMs;
  let countedMs = steadyMs();

  return async (text, atMs) => {
    const beganMs = steadyMs();
    leftMs = Math.min(maxMs, leftMs + share * (beganMs - countedMs));
    countedMs = beganMs;
    const want = `want at most ${maxMs} ms at a stretch and ${share * 100} % of all time`;
    const tooLate = new AppError("deadline_exceeded", `cannot ask: queries of texts have taken too long, ${want}`);
    if (leftMs <= 0) throw tooLate;
    const over = new AbortController();
    const timer = setTimeout(() => over.abort(tooLate), leftMs);
    try {
      return await ask(text, atMs, over.signal);
    } finally {
      clearTimeout(timer);
      countedMs = steadyMs();
      leftMs -= countedMs - beganMs;
    }
  };
}
