import { AppError } from "@sightline/errors/app-error";
import type { BufferPool, PooledBuffer } from "./buffer-pool.ts";

/** The one message of a unary call. */
export interface ReceivedMessage {
  readonly bytes: Buffer;
  readonly compressed: boolean;
  /** Gives its memory back; only when nobody can look at it any more. */
  giveBack(): void;
}

export interface MessageReaderOptions {
  readonly maxBytes: number;
  readonly pool: BufferPool;
  /** Told how long the message will be before memory is taken for it; may throw to refuse it. */
  announced(bytes: number): void;
}

/** Puts the chunks of a call's one message together (gRPC over HTTP/2, Length-Prefixed-Message). */
export interface MessageReader {
  /** Throws an AppError when there is more than one message, or it is too long. */
  push(chunk: Buffer): void;
  /** After the last chunk. Throws an AppError when there is no whole message. */
  end(): ReceivedMessage;
}

/** Compressed flag and length. */
const HEAD_BYTES = 5;

export function createMessageReader({ maxBytes, pool, announced }: MessageReaderOptions): MessageReader {
  const head = Buffer.alloc(HEAD_BYTES);
  let headBytes = 0;
  let length = 0;
  let filled = 0;
  let whole: Buffer | undefined;
  let pooled: PooledBuffer | undefined;

  /** Reads what of the head is in a chunk; answers where the rest begins. */
  const readHead = (chunk: Buffer): number => {
    const taken = chunk.copy(head, headBytes, 0, HEAD_BYTES - headBytes);
    headBytes += taken;
    if (headBytes < HEAD_BYTES) return taken;
    length = head.readUInt32BE(1);
    if (length > maxBytes) {
      throw new AppError(
        "too_large",
        `cannot take the request: received message larger than max (${length} vs ${maxBytes})`,
      );
    }
    announced(length);
    return taken;
  };

  return {
    push: (chunk) => {
      const from = headBytes < HEAD_BYTES ? readHead(chunk) : 0;
      const more = chunk.length - from;
      if (more === 0) return;
      if (filled + more > length) throw protocolError("more than one message, want one");
      if (more === length) whole = chunk.subarray(from);
      else {
        pooled ??= pool.take(length);
        chunk.copy(pooled.bytes, filled, from);
      }
      filled += more;
    },
    end: () => {
      if (headBytes < HEAD_BYTES || filled < length) throw protocolError("no whole message, want one");
      const bytes = whole ?? pooled?.bytes ?? Buffer.alloc(0);
      return { bytes, compressed: head[0] === 1, giveBack: () => pooled?.giveBack() };
    },
  };
}

function protocolError(got: string): AppError {
  return new AppError("unimplemented", `cannot serve the call: got ${got}`);
}
