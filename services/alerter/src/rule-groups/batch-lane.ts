import { AppError, unavailable } from "@sightline/errors/app-error";

/** Something that is asked, and who waits for its answer. */
export interface Asked<Question, Answer> {
  readonly question: Question;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: AppError) => void;
}

/** Gathers what is asked and sends it, some at a time. */
export interface BatchLane<Question, Answer> {
  /** Rejects with what `send` rejects it with; with the signal's reason when that aborts first. */
  ask(question: Question, signal: AbortSignal): Promise<Answer>;
}

export interface BatchLaneOptions<Question, Answer> {
  /** How long a question waits for others, where calls may be made at once. */
  readonly gatherMs: number;
  /** How many questions a call has … */
  readonly maxQuestions: number;
  /** … and how much of them. */
  readonly maxSize: number;
  readonly sizeOf: (question: Question) => number;
  /** How many calls are under way at a time; what comes meanwhile waits for one of them to end. */
  readonly maxCalls: number;
  readonly maxWaiting: number;
  /**
   * Answers all of them, or has others do so. Never rejects itself. The call is over when it resolves; the signal aborts when nobody waits
   * for any of them any more.
   */
  readonly send: (batch: readonly Asked<Question, Answer>[], signal: AbortSignal) => Promise<void>;
  /** Told when nothing waits and nothing is under way. */
  readonly idle: () => void;
}

interface Entry<Question, Answer> extends Asked<Question, Answer> {
  readonly signal: AbortSignal;
  readonly settled: Promise<unknown>;
}

export function createBatchLane<Question, Answer>(
  options: BatchLaneOptions<Question, Answer>,
): BatchLane<Question, Answer> {
  const { gatherMs, maxQuestions, maxSize, sizeOf, maxCalls, maxWaiting, send, idle } = options;
  let waiting: Entry<Question, Answer>[] = [];
  let calls = 0;
  let timer: NodeJS.Timeout | undefined;

  function nextBatch(): Entry<Question, Answer>[] {
    let count = 0;
    let size = 0;
    for (const { question } of waiting) {
      size += sizeOf(question);
      if (count > 0 && (count === maxQuestions || size > maxSize)) break;
      count++;
    }
    const batch = waiting.slice(0, count);
    waiting = waiting.slice(count);
    return batch.filter(({ signal }) => !signal.aborted);
  }

  function sendWaiting(): void {
    clearTimeout(timer);
    timer = undefined;
    while (waiting.length > 0 && calls < maxCalls) {
      const batch = nextBatch();
      if (batch.length === 0) continue;
      calls++;
      void sendOne(batch).then(() => {
        calls--;
        sendWaiting();
      });
    }
    if (waiting.length === 0 && calls === 0) idle();
  }

  async function sendOne(batch: readonly Entry<Question, Answer>[]): Promise<void> {
    const ended = new AbortController();
    void Promise.allSettled(batch.map(({ settled }) => settled)).then(() => ended.abort());
    await send(batch, ended.signal);
  }

  return {
    ask(question, signal) {
      if (signal.aborted) return Promise.reject(AppError.from(signal.reason));
      if (waiting.length >= maxWaiting) {
        return Promise.reject(unavailable(`cannot ask: got ${waiting.length} that wait, want at most ${maxWaiting}`));
      }
      const { promise, resolve, reject } = Promise.withResolvers<Answer>();
      const onAbort = () => reject(AppError.from(signal.reason));
      signal.addEventListener("abort", onAbort, { once: true });
      const settled = promise.then(
        () => signal.removeEventListener("abort", onAbort),
        () => signal.removeEventListener("abort", onAbort),
      );
      waiting.push({ question, resolve, reject, signal, settled });
      timer ??= setTimeout(sendWaiting, gatherMs);
      return promise;
    },
  };
}
