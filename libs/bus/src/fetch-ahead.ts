import type { Consumer, ConsumerMessages, JsMsg } from "@nats-io/jetstream";
import { giveBack } from "./frames.ts";
import { PULL_EXPIRES_MS } from "./pull.ts";

/** What the client asks for beside the bytes, whatever it is told. */
const MAX_MESSAGES = 100;
/** What a message takes beside its payload, about. */
const MESSAGE_BYTES = 1024;

export interface FetchAheadOptions {
  /** Fetched with one request; there may be half as many more, with what is being handled. At least two of the largest messages. */
  readonly maxBytes: number;
  /** How long the server waits for an acknowledgement. Undefined: of a consumer without acknowledgements. */
  readonly ackWaitMs?: number;
  readonly signal: AbortSignal;
}

/** Messages of a consumer, fetched while earlier ones are handled. */
export interface FetchedAhead {
  /** The next message. Undefined when the signal aborts. Throws what ended the fetching, after all that was fetched before. */
  next(): Promise<JsMsg | undefined>;
  /** A message that was taken was handled. Until then it takes room, and the server is told that somebody is at it. */
  done(message: JsMsg): void;
  /** Fetches no more, and gives back what nobody has taken: another process is offered it at once, or its memory used. */
  close(): Promise<void>;
}

/**
 * Fetches ahead of a handler that may take as long as it likes. Each request for messages is taken to its end at once, and
 * the next one made when there is room: the client's own `consume` asks and listens only while somebody takes messages from
 * it, so that after some seconds without it all comes too late, and twice.
 */
export function fetchAhead(consumer: Consumer, { maxBytes, ackWaitMs, signal }: FetchAheadOptions): FetchedAhead {
  const queue: JsMsg[] = [];
  /** In the queue and at hand. */
  let heldBytes = 0;
  const atHand = new Set<JsMsg>();
  let fetched: ConsumerMessages | undefined;
  let failure: { readonly thrown: unknown } | undefined;
  let changed = Promise.withResolvers<void>();
  const tell = (): void => {
    changed.resolve();
    changed = Promise.withResolvers<void>();
  };
  const onAbort = (): void => {
    fetched?.stop();
    tell();
  };
  signal.addEventListener("abort", onAbort, { once: true });
  // Whoever waits in the queue is worked on as far as the server is concerned.
  const sayWorking = (): void => {
    for (const message of [...atHand, ...queue]) message.working();
  };
  const beat = ackWaitMs === undefined ? undefined : setInterval(sayWorking, ackWaitMs / 3);

  const take = async (messages: ConsumerMessages): Promise<void> => {
    let taken = 0;
    for await (const message of messages) {
      queue.push(message);
      heldBytes += message.data.length + MESSAGE_BYTES;
      tell();
      // Older servers do not say that there is no more to come.
      taken += 1;
      if (taken === MAX_MESSAGES) break;
    }
  };
  const fetchAll = async (): Promise<void> => {
    while (!signal.aborted) {
      if (heldBytes > maxBytes / 2) {
        await changed.promise;
        continue;
      }
      fetched = await consumer.fetch({ max_bytes: maxBytes, expires: PULL_EXPIRES_MS });
      if (signal.aborted) fetched.stop();
      await take(fetched).catch(ignoreFilled);
    }
  };
  const fetching = fetchAll()
    .catch((thrown: unknown) => {
      failure = { thrown };
    })
    .finally(tell);

  return {
    next: async () => {
      while (queue.length === 0 && failure === undefined && !signal.aborted) await changed.promise;
      if (signal.aborted) return undefined;
      const message = queue.shift();
      if (message === undefined) throw failure?.thrown;
      atHand.add(message);
      return message;
    },
    done(message) {
      if (!atHand.delete(message)) return;
      heldBytes -= message.data.length + MESSAGE_BYTES;
      tell();
    },
    close: async () => {
      signal.removeEventListener("abort", onAbort);
      fetched?.stop();
      await fetching;
      clearInterval(beat);
      for (const message of queue.splice(0)) {
        if (ackWaitMs === undefined) giveBack(message.data);
        else message.nak();
      }
    },
  };
}

/**
 * How servers say that a request has all that fits into what it asked for (nats-server `consumer.go`; only newer ones
 * send the second): it ended as it should.
 */
const FILLED: ReadonlySet<unknown> = new Set(["message size exceeds maxbytes", "batch completed"]);

function ignoreFilled(thrown: unknown): void {
  if (thrown instanceof Error && FILLED.has(thrown.message)) return;
  throw thrown;
}
