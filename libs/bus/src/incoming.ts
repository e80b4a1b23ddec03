import { createFrames } from "./frames.ts";

/** What a connection was sent, from the socket's reads to whoever iterates over it. */
export interface Incoming {
  /** Where the next bytes are to be put; see `Frames`. */
  space(): Uint8Array;
  /** So many bytes were put there. */
  filled(bytes: number): void;
  /** Takes bytes that came in a buffer of their own. */
  put(bytes: Uint8Array): void;
  /** The first complete messages, which stay to be read. Rejects when there will be none. */
  first(): Promise<Uint8Array>;
  /** Complete messages in order, until the end. To be called once. */
  read(): AsyncIterableIterator<Uint8Array>;
  /** There will be no first message. Without effect when it has come. */
  fail(error: Error): void;
  /** Nothing more will come; what has is still read. Idempotent. */
  end(): void;
}

export function createIncoming(): Incoming {
  const frames = createFrames();
  const first = Promise.withResolvers<Uint8Array>();
  // Nobody may be waiting for it.
  first.promise.catch(() => undefined);
  let waiting: Uint8Array[] = [];
  let wake: (() => void) | undefined;
  let ended = false;

  const filled = (bytes: number): void => {
    const messages = frames.filled(bytes);
    const [head] = messages;
    if (head === undefined) return;
    first.resolve(head);
    waiting.push(...messages);
    wake?.();
  };

  async function* read(): AsyncGenerator<Uint8Array, undefined> {
    for (;;) {
      const taken = waiting;
      waiting = [];
      yield* taken;
      if (waiting.length > 0) continue;
      if (ended) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }

  return {
    space: frames.space,
    filled,
    put(bytes) {
      for (let at = 0; at < bytes.length; ) {
        const space = frames.space();
        const part = bytes.subarray(at, at + space.length);
        space.set(part);
        at += part.length;
        filled(part.length);
      }
    },
    first: () => first.promise,
    read,
    fail: first.reject,
    end() {
      ended = true;
      wake?.();
    },
  };
}
