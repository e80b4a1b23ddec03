import { setImmediate as nextTurn } from "node:timers/promises";
import type { StoredMessage } from "@sightline/bus/message";
import type { BatchBounds, OrderedReader } from "@sightline/bus/ordered";
import { AppError } from "@sightline/errors/app-error";
import { type Batch, openBatch } from "./batch.ts";
import type { BatchTranscoder } from "./batch-transcoder.ts";
import type { Persist } from "./persist.ts";

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

/** A batch, or why there will be none any more. */
export type NextBatch = { readonly batch: Batch } | { readonly ended: AppError };

export interface BatchSource {
  /**
   * The next batch. Never rejects. Calls must not overlap; the batch before may still be being stored meanwhile, which
   * `isStoring` tells, but the one before that must be done.
   */
  next(isStoring: () => boolean): Promise<NextBatch>;
  /** Messages that were given or are still on the bus, and that nobody has called stored. */
  pending(): number;
  /** Asks the bus how much is on it, for `pending` to know while nothing is read. Never rejects. */
  look(): Promise<void>;
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
/** So many rows are worth an insert of their own: they do not wait for the interval between two. */
const AMPLE_ROWS = 20_000;
/** While the batch before is still being stored a batch grows, as long as the next message is so close. */
const OVERTIME_MS = 10;

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

  /** The first message, whenever it comes. */
  const first = async (): Promise<readonly StoredMessage[]> => {
    for (;;) {
      const messages = await take({ maxMessages: 1, maxBytes: limits.maxBytes, maxWaitMs: IDLE_WAIT_MS });
      if (messages.length > 0) return messages;
    }
  };

  const gather = async (transcoder: BatchTranscoder, isStoring: () => boolean): Promise<Batch | undefined> => {
    const notBefore = performance.now() + limits.insertIntervalMs;
    const batch = openBatch(transcoder);
    const add = (messages: readonly StoredMessage[]) => {
      for (const message of messages) batch.add(message);
      reader?.done(messages);
    };
    add(await first());
    const filled = performance.now() + limits.flushIntervalMs;
    let turnAt = BYTES_PER_TURN;
    for (;;) {
      if (batch.bytes() >= limits.maxBytes || transcoder.records() >= limits.maxRows) break;
      const deadline = transcoder.records() < AMPLE_ROWS ? Math.max(filled, notBefore) : filled;
      const waitMs = deadline - performance.now();
      if (waitMs <= 0 && !isStoring()) break;
      if (batch.bytes() >= turnAt) {
        turnAt = batch.bytes() + BYTES_PER_TURN;
        await nextTurn();
      }
      const maxBytes = limits.maxBytes - batch.bytes();
      const messages = await take({ maxMessages: STEP_MESSAGES, maxBytes, maxWaitMs: Math.max(waitMs, OVERTIME_MS) });
      // What is late comes with the next batch.
      if (messages.length === 0 && waitMs <= OVERTIME_MS) break;
      add(messages);
    }
    return batch.close();
  };

  return {
    async next(isStoring) {
      const transcoder = transcoders[turn];
      turn = turn === 0 ? 1 : 0;
      try {
        transcoder?.reset();
        if (transcoder === undefined) throw new AppError("internal", "cannot gather a batch: no transcoder");
        const batch = await gather(transcoder, isStoring);
        if (batch === undefined) throw new AppError("internal", "cannot gather a batch: got no message");
        return { batch };
      } catch (thrown) {
        return { ended: AppError.from(thrown) };
      }
    },
    pending: () => (reader?.pending() ?? 0) + held,
    look: async () => {
      await reader?.look();
    },
    stored: (messages) => {
      held -= messages;
    },
    close: async () => {
      await reader?.close();
    },
  };
}
