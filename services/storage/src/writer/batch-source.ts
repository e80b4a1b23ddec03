import { setImmediate as nextTurn } from "node:timers/promises";
import type { StoredMessage } from "@sightline/bus/message";
import type { BatchBounds, OrderedReader } from "@sightline/bus/ordered";
import { AppError } from "@sightline/errors/app-error";
import type { BatchTranscoder } from "./batch-transcoder.ts";
import type { Persist } from "./persist.ts";
import { appendMessage, type Rejected } from "./transcoding.ts";

/** How much is inserted at once, and how long is waited for it. */
export interface BatchLimits {
  /** A batch is full at this many records … */
  readonly maxRows: number;
  /** … or payload bytes. One message may go beyond. */
  readonly maxBytes: number;
  /** A batch waits this long for more after its first message … */
  readonly flushIntervalMs: number;
  /** … and so long after the batch before it, so that a trickle makes few inserts. */
  readonly insertIntervalMs: number;
}

/** Messages that are stored together. */
export interface Batch {
  readonly messages: readonly [StoredMessage, ...StoredMessage[]];
  /** Their records. Not to be reset or appended to until the batch is stored. */
  readonly transcoder: BatchTranscoder;
  readonly rejected: readonly Rejected[];
}

/** A batch, or why there will be none any more. */
export type NextBatch = { readonly batch: Batch } | { readonly ended: AppError };

export interface BatchSource {
  /**
   * The next batch. Never rejects. Calls must not overlap; the batch before may still be being stored meanwhile, but
   * the one before that must be done.
   */
  next(): Promise<NextBatch>;
  /** Messages that were given or are still on the bus, and that nobody has called stored. */
  pending(): number;
  /** So many of the messages given are in the database. */
  stored(messages: number): void;
  close(): Promise<void>;
}

export interface BatchSourceOptions {
  readonly limits: BatchLimits;
  /** Reads the lane from a sequence on. */
  openReader(startSeq: number): Promise<OrderedReader>;
  readonly startSeq: number;
  /** Used in turn: while one batch is stored the next is gathered. */
  readonly transcoders: readonly [BatchTranscoder, BatchTranscoder];
  readonly persist: Persist;
  readonly signal: AbortSignal;
}

/** How long one wait for a first message takes; then another one begins. */
const IDLE_WAIT_MS = 5000;
/** So many messages are taken between two looks at the number of records. */
const STEP_MESSAGES = 8;
/** After so many bytes others get their turn: queries are answered by the same process. */
const BYTES_PER_TURN = 2 << 20;

/** Reads a lane in order and cuts it into batches. */
export function createBatchSource(options: BatchSourceOptions): BatchSource {
  const { limits, transcoders, persist, signal } = options;
  let reader: OrderedReader | undefined;
  let nextSeq = options.startSeq;
  let turn = 0;
  let held = 0;

  /** Messages from the reader, which is made anew when it breaks. */
  const take = (bounds: Omit<BatchBounds, "signal">): Promise<StoredMessage[]> =>
    persist("read", signal, async () => {
      reader ??= await options.openReader(nextSeq);
      try {
        const messages = await reader.next({ ...bounds, signal });
        nextSeq = (messages.at(-1)?.seq ?? nextSeq - 1) + 1;
        held += messages.length;
        return messages;
      } catch (thrown) {
        if (!signal.aborted) {
          await reader.close();
          reader = undefined;
        }
        throw thrown;
      }
    });

  const first = async (): Promise<StoredMessage> => {
    for (;;) {
      const [message] = await take({ maxMessages: 1, maxBytes: limits.maxBytes, maxWaitMs: IDLE_WAIT_MS });
      if (message !== undefined) return message;
    }
  };

  const gather = async (transcoder: BatchTranscoder): Promise<Batch> => {
    const notBefore = performance.now() + limits.insertIntervalMs;
    const messages: [StoredMessage, ...StoredMessage[]] = [await first()];
    const deadline = Math.max(performance.now() + limits.flushIntervalMs, notBefore);
    const rejected: Rejected[] = [];
    let bytes = 0;
    let sinceTurn = 0;
    let step: readonly StoredMessage[] = messages;
    for (;;) {
      for (const message of step) {
        bytes += message.payload.length;
        sinceTurn += message.payload.length;
        const problem = appendMessage(transcoder, message);
        if (problem !== undefined) rejected.push(problem);
      }
      if (step !== messages) messages.push(...step);
      const waitMs = deadline - performance.now();
      if (bytes >= limits.maxBytes || transcoder.records() >= limits.maxRows || waitMs <= 0) break;
      if (sinceTurn >= BYTES_PER_TURN) {
        sinceTurn = 0;
        await nextTurn();
      }
      step = await take({ maxMessages: STEP_MESSAGES, maxBytes: limits.maxBytes - bytes, maxWaitMs: waitMs });
    }
    return { messages, transcoder, rejected };
  };

  return {
    async next() {
      const transcoder = transcoders[turn];
      turn = turn === 0 ? 1 : 0;
      try {
        transcoder?.reset();
        if (transcoder === undefined) throw new AppError("internal", "cannot gather a batch: no transcoder");
        return { batch: await gather(transcoder) };
      } catch (thrown) {
        return { ended: AppError.from(thrown) };
      }
    },
    pending: () => (reader?.pending() ?? 0) + held,
    stored: (messages) => {
      held -= messages;
    },
    close: async () => {
      await reader?.close();
    },
  };
}
