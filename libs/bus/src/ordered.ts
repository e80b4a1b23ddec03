import { AckPolicy, type Consumer, type ConsumerInfo, DeliverPolicy, type JsMsg } from "@nats-io/jetstream";
import { nanos } from "@nats-io/transport-node";
import { AppError, unavailable } from "@sightline/errors/app-error";
import { parseRfc3339 } from "@sightline/model/rfc3339";
import { apiErrorCode, busError } from "./bus-error.ts";
import type { Bus } from "./connect.ts";
import { fetchAhead } from "./fetch-ahead.ts";
import { giveBack } from "./frames.ts";
import { readMessage, type StoredMessage } from "./message.ts";
import { STREAMS, type StreamKey } from "./subjects.ts";

export interface ReadFromOptions {
  readonly stream: StreamKey;
  /** As published, or with wildcards: `telemetry.traces.0`, `telemetry.traces.*`. */
  readonly subject: string;
  /** The first sequence wanted; if it is gone, reading starts at the oldest that is left. */
  readonly startSeq: number;
}

export interface BatchBounds {
  readonly maxMessages: number;
  /** Payload bytes; the first message of a batch is given whatever its size. */
  readonly maxBytes: number;
  /** How long to gather after the first message is there; and how long to wait for the first, milliseconds. */
  readonly maxWaitMs: number;
  readonly signal: AbortSignal;
}

/** Reads one subject, or all that a wildcard names, in the order of the stream. Calls to `next` must not overlap. */
export interface OrderedReader {
  /**
   * The next messages in order: those that came within the time, as many as the bounds allow; none when there were
   * none. Throws `cancelled` by the signal and `unavailable` when the subject cannot be read any more: open anew.
   */
  next(bounds: BatchBounds): Promise<StoredMessage[]>;
  /**
   * Says that nobody looks at the payloads of these messages any more, so that their memory is used for those to come.
   * To be called once for a message that `next` gave, or not at all, which is only slower.
   */
  done(messages: readonly StoredMessage[]): void;
  /** Messages of the subject behind the last one given, as far as the server said with it or at the last look. */
  pending(): number;
  /**
   * Asks the server how much is behind: nothing tells while nobody takes messages. Never rejects; what could not be
   * asked stays as it was.
   */
  look(): Promise<void>;
  /** Idempotent. */
  close(): Promise<void>;
}

/** The server forgets a consumer of which nobody asks anything for so long, milliseconds. */
const INACTIVE_MS = 60_000;
/** After so long a rest between two calls of `next` another one is made. */
const MAX_REST_MS = INACTIVE_MS / 2;
/** Asked for at once; half as much more may have been fetched ahead. */
const AHEAD_BYTES = 20 << 20;

/** Reads a subject from a sequence on, in order, each message once, across reconnects. Nothing is acknowledged. */
export async function readFrom(bus: Bus, options: ReadFromOptions): Promise<OrderedReader> {
  let opened: Opened | undefined = await open(bus, options);
  let nextSeq = options.startSeq;
  let restsSince = performance.now();
  let waiting: Promise<JsMsg | AppError> | undefined;
  let held: JsMsg | undefined;
  let pending = 0;
  /** Of the messages of `opened`, those that were taken. */
  let taken = 0;
  let closed = false;

  const endOpened = async (): Promise<void> => {
    const ending = opened;
    opened = undefined;
    waiting = undefined;
    taken = 0;
    await ending?.close();
  };

  /** The next message, or undefined when the time is over; the wait goes on in the next call. */
  const take = async (waitMs: number, signal: AbortSignal): Promise<JsMsg | undefined> => {
    if (performance.now() - restsSince > MAX_REST_MS) await endOpened();
    for (;;) {
      opened ??= await open(bus, { ...options, startSeq: nextSeq });
      if (closed) {
        await endOpened();
        throw new AppError("cancelled", `cannot read ${options.subject}: the reader was closed`);
      }
      waiting ??= opened.next().catch((thrown: unknown) => AppError.from(thrown));
      const message = await within(waiting, waitMs, signal);
      restsSince = performance.now();
      if (message === undefined) return undefined;
      waiting = undefined;
      if (!(message instanceof AppError)) {
        nextSeq = message.seq + 1;
        taken += 1;
        return message;
      }
      // What had given messages is made again at once: a server that was started anew knows no consumers.
      const gaveSome = taken > 0;
      await endOpened();
      if (!gaveSome) throw unavailable(`cannot read ${options.subject}: its reader has ended`, { cause: message });
    }
  };

  return {
    next: async ({ maxMessages, maxBytes, maxWaitMs, signal }) => {
      const batch: StoredMessage[] = [];
      let bytes = 0;
      const deadline = performance.now() + maxWaitMs;
      try {
        while (batch.length < maxMessages && bytes < maxBytes) {
          const message = held ?? (await take(Math.max(0, deadline - performance.now()), signal));
          held = undefined;
          if (message === undefined) break;
          if (batch.length > 0 && bytes + message.data.length > maxBytes) {
            held = message;
            break;
          }
          bytes += message.data.length;
          pending = message.info.pending;
          batch.push(stored(message));
        }
      } catch (thrown) {
        // What was taken is kept: the next call, if any, goes on behind it.
        if (batch.length === 0) throw busError(thrown, `read ${options.subject}`);
      }
      return batch;
    },
    done: (messages) => {
      for (const { payload } of messages) giveBack(payload);
    },
    pending: () => pending + (held === undefined ? 0 : 1),
    look: async () => {
      const info = await opened?.info().catch(() => undefined);
      // What the server has handed over and nobody has taken waits at the client.
      if (info !== undefined) pending = info.num_pending + Math.max(0, info.delivered.consumer_seq - taken);
    },
    close: async () => {
      if (closed) return;
      closed = true;
      await endOpened();
    },
  };
}

/** A consumer of the server, and what comes of it. */
interface Opened {
  /** The next message. Throws when there will be none any more. */
  next(): Promise<JsMsg>;
  info(): Promise<ConsumerInfo>;
  close(): Promise<void>;
}

async function open(bus: Bus, options: ReadFromOptions): Promise<Opened> {
  const consumer = await consumerFrom(bus, options);
  const closing = new AbortController();
  const maxBytes = Math.max(AHEAD_BYTES, 2 * (bus.nats.info?.max_payload ?? 0));
  // What was on its way counts as delivered for the server, and the gap would show with the next message only.
  const lost = bus.lost();
  const ahead = fetchAhead(consumer, { maxBytes, signal: AbortSignal.any([closing.signal, lost]) });
  let given = 0;
  return {
    next: async () => {
      const message = await ahead.next();
      if (message === undefined) {
        if (lost.aborted) throw AppError.from(lost.reason);
        throw new AppError("cancelled", "cannot take a message: the reader was closed");
      }
      ahead.done(message);
      given += 1;
      const { deliverySequence } = message.info;
      if (deliverySequence === given) return message;
      throw unavailable(`cannot read on: got the consumer's message ${deliverySequence}, want ${given}`);
    },
    info: () => consumer.info(),
    close: async () => {
      closing.abort();
      await ahead.close();
      if (bus.isConnected()) await consumer.delete().catch(() => false);
    },
  };
}

/** A consumer that the server forgets by itself. Nothing is acknowledged: a message that was lost on the way shows as a gap. */
async function consumerFrom(bus: Bus, { stream, subject, startSeq }: ReadFromOptions): Promise<Consumer> {
  try {
    const info = await bus.manager.consumers.add(STREAMS[stream].name, {
      filter_subject: subject,
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: Math.max(1, startSeq),
      ack_policy: AckPolicy.None,
      max_deliver: 1,
      inactive_threshold: nanos(INACTIVE_MS),
      mem_storage: true,
      num_replicas: 1,
    });
    return bus.jetstream.consumers.getConsumerFromInfo(info);
  } catch (thrown) {
    throw busError(thrown, `read ${subject} from ${startSeq}`);
  }
}

function stored(message: JsMsg): StoredMessage {
  return readMessage({
    subject: message.subject,
    data: message.data,
    seq: message.seq,
    headers: message.headers,
    storedUnixNano: message.timestampNanos,
  });
}

function within<T>(work: Promise<T>, waitMs: number, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(AppError.from(signal.reason));
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      settle();
    };
    const onAbort = () => finish(() => reject(AppError.from(signal.reason)));
    const timer = setTimeout(() => finish(() => resolve(undefined)), waitMs);
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(
      (value) => finish(() => resolve(value)),
      (error) => finish(() => reject(error)),
    );
  });
}

export interface ReadRangeOptions {
  readonly stream: StreamKey;
  readonly subject: string;
  /** Inclusive. */
  readonly firstSeq: number;
  /** Inclusive. */
  readonly lastSeq: number;
  readonly signal: AbortSignal;
}

/**
 * Reads again exactly the messages of a subject, or of all that a wildcard names, whose sequences lie in a range, in
 * order. One request per message, to the stream's leader, so that what it answers is what is there. Throws
 * `unavailable` when the bus is.
 */
export async function readRange(bus: Bus, options: ReadRangeOptions): Promise<StoredMessage[]> {
  const { stream, subject, firstSeq, lastSeq, signal } = options;
  const found: StoredMessage[] = [];
  let seq = firstSeq;
  while (seq <= lastSeq) {
    signal.throwIfAborted();
    const message = await messageFrom(bus, { stream, subject, seq });
    if (message === undefined || message.seq > lastSeq) break;
    found.push(message);
    seq = message.seq + 1;
  }
  return found;
}

async function messageFrom(
  bus: Bus,
  at: { stream: StreamKey; subject: string; seq: number },
): Promise<StoredMessage | undefined> {
  try {
    // The client's type knows this query for direct reads only; the server knows it for both.
    const query = { seq: at.seq, next_by_subj: at.subject };
    const message = await bus.manager.streams.getMessage(STREAMS[at.stream].name, query);
    if (message === null) return undefined;
    return readMessage({
      subject: message.subject,
      data: message.data,
      seq: message.seq,
      headers: message.header,
      // `time` has no more than milliseconds: the same message must be the same when it is read again.
      storedUnixNano: parseRfc3339(message.timestamp) ?? 0n,
    });
  } catch (thrown) {
    if (apiErrorCode(thrown) === 10037) return undefined;
    throw busError(thrown, `read ${at.subject} at ${at.seq}`);
  }
}
