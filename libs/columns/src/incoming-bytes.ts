import { unavailable } from "@sightline/errors/app-error";

/** Bytes that come in pieces, read in order. Every call throws AppError `unavailable` when they end too early. */
export interface IncomingBytes {
  /** Whether there is another byte. */
  more(): Promise<boolean>;
  /** So many bytes, in memory of their own. */
  take(count: number): Promise<ArrayBuffer>;
  /** A length as ClickHouse writes it: seven bits a byte, the least first. */
  length(): Promise<number>;
  /** So many strings, each behind its length. */
  texts(count: number): Promise<string[]>;
  /** Whether the next bytes are these. */
  startsWith(text: string): Promise<boolean>;
  /** What is left as text, to that many bytes. */
  rest(maxBytes: number): Promise<string>;
  /** No more is read: whatever the pieces come from ends. */
  close(): Promise<void>;
}

/** A length has nine bytes at most. */
const LENGTH_BYTES = 9;
const NOTHING: Buffer = Buffer.alloc(0);

export function incomingBytes(pieces: AsyncIterable<Uint8Array>): IncomingBytes {
  const iterator = pieces[Symbol.asyncIterator]();
  let buffer = NOTHING;
  let at = 0;
  let ended = false;

  const next = async (): Promise<Buffer | undefined> => {
    const { done, value } = await iterator.next();
    if (done === true) ended = true;
    return done === true ? undefined : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  };

  /** Has so many bytes in one piece, or all there are when these are fewer. */
  const gather = async (count: number): Promise<void> => {
    // Mostly nothing is left of the piece before, and the next one is taken as it is.
    const parts = at < buffer.length ? [buffer.subarray(at)] : [];
    let bytes = buffer.length - at;
    while (bytes < count && !ended) {
      const piece = await next();
      if (piece === undefined) break;
      parts.push(piece);
      bytes += piece.length;
    }
    const [only = NOTHING] = parts;
    buffer = parts.length > 1 ? Buffer.concat(parts, bytes) : only;
    at = 0;
  };

  const need = (count: number): void => {
    if (buffer.length - at < count) {
      throw unavailable(
        `cannot read the answer of the database: it ended ${count - (buffer.length - at)} bytes too early`,
      );
    }
  };

  const lengthHere = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      need(1);
      const byte = buffer[at++] ?? 0;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  };

  return {
    more: async () => {
      if (at === buffer.length) await gather(1);
      return at < buffer.length;
    },
    take: async (count) => {
      const bytes = Buffer.allocUnsafeSlow(count);
      for (let filled = 0; filled < count; ) {
        if (at === buffer.length) await gather(1);
        need(1);
        const part = buffer.subarray(at, at + count - filled);
        bytes.set(part, filled);
        filled += part.length;
        at += part.length;
      }
      return bytes.buffer;
    },
    length: async () => {
      if (buffer.length - at < LENGTH_BYTES) await gather(LENGTH_BYTES);
      return lengthHere();
    },
    texts: async (count) => {
      const texts = new Array<string>(count);
      for (let row = 0; row < count; row++) {
        if (buffer.length - at < LENGTH_BYTES) await gather(LENGTH_BYTES);
        const bytes = lengthHere();
        if (buffer.length - at < bytes) await gather(bytes);
        need(bytes);
        texts[row] = buffer.toString("utf8", at, at + bytes);
        at += bytes;
      }
      return texts;
    },
    startsWith: async (text) => {
      // Nearly always the first byte says no.
      if (buffer[at] !== text.charCodeAt(0)) return false;
      if (buffer.length - at < text.length) await gather(text.length);
      return buffer.toString("latin1", at, at + text.length) === text;
    },
    rest: async (maxBytes) => {
      await gather(maxBytes);
      return buffer.toString("utf8", at, at + maxBytes);
    },
    close: async () => {
      await iterator.return?.();
    },
  };
}
