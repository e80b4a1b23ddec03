/** Messages of a stream, and how many could not be one. */
export interface Framed {
  readonly messages: readonly Buffer[];
  readonly tooLong: number;
}

/** Cuts a stream of bytes into syslog messages. */
export interface Frames {
  /** What the next bytes complete. */
  push(chunk: Buffer): Framed;
  /** What is left when the stream ends: a last line without its end. */
  end(): Framed;
}

const LINE_FEED = 0x0a;
const SPACE = 0x20;
const ZERO = 0x30;
const LESS_THAN = 0x3c;
/** A length of more digits is none. */
const MAX_DIGITS = 9;

/**
 * Both framings of RFC 6587, told apart message by message: one that begins with digits, a space and `<` has its length in
 * front, every other goes up to the line's end. A message beyond `maxBytes` is passed over.
 */
export function createFrames(maxBytes: number): Frames {
  let held: Buffer = Buffer.alloc(0);
  /** Bytes of a counted message that are still to be passed over. */
  let skip = 0;
  let skipLine = false;

  const readAll = (bytes: Buffer): Framed => {
    const messages: Buffer[] = [];
    let tooLong = 0;
    let at = 0;
    while (at < bytes.length) {
      if (skip > 0) {
        const passed = Math.min(skip, bytes.length - at);
        skip -= passed;
        at += passed;
        continue;
      }
      const counted = skipLine ? undefined : readLength(bytes, at);
      if (counted === "incomplete") break;
      if (counted !== undefined) {
        if (counted.length > maxBytes) {
          tooLong += 1;
          skip = counted.length;
          at = counted.start;
          continue;
        }
        const end = counted.start + counted.length;
        if (end > bytes.length) break;
        messages.push(bytes.subarray(counted.start, end));
        at = end;
        continue;
      }
      const found = bytes.indexOf(LINE_FEED, at);
      if (found === -1 && bytes.length - at <= maxBytes) break;
      if (skipLine) skipLine = found === -1;
      else if (found === -1) {
        tooLong += 1;
        skipLine = true;
      } else if (found - at > maxBytes) tooLong += 1;
      else if (found > at) messages.push(bytes.subarray(at, found));
      at = found === -1 ? bytes.length : found + 1;
    }
    held = bytes.subarray(at);
    return { messages, tooLong };
  };
  return {
    push: (chunk) => readAll(held.length === 0 ? chunk : Buffer.concat([held, chunk])),
    end: () => {
      const rest = held;
      held = Buffer.alloc(0);
      const isMessage = rest.length > 0 && !skipLine && typeof readLength(rest, 0) !== "object";
      return { messages: isMessage ? [rest] : [], tooLong: 0 };
    },
  };
}

type Length = { readonly length: number; readonly start: number };

/** The length in front of a message; undefined when it begins with something else. */
function readLength(bytes: Buffer, at: number): Length | "incomplete" | undefined {
  let length = 0;
  for (let digits = 0; digits <= MAX_DIGITS; digits++) {
    const byte = bytes[at + digits];
    if (byte === undefined) return "incomplete";
    if (byte === SPACE && digits > 0) {
      const first = bytes[at + digits + 1];
      if (first === undefined) return "incomplete";
      return first === LESS_THAN ? { length, start: at + digits + 1 } : undefined;
    }
    const digit = byte - ZERO;
    if (!(digit >= 0 && digit <= 9)) return undefined;
    length = length * 10 + digit;
  }
  return undefined;
}
